"""A PAN-OS configuration as text: entries in the device's order, as the order of rules matters."""

from __future__ import annotations

from itertools import chain

from dcops.diff.panos.secrets import Hider
from dcops.diff.readable import Readable
from dcops.diff.redact import Conceal
from dcops.diff.visible import visible
from dcops.diff.xml import canonical
from dcops.diff.xml.document import Parsed

NOISE = frozenset({"admin", "dirtyid", "loc", "src", "time"})
"""Attributes of saved and candidate copies: who touched an element when, and where it was pushed from."""


def write(parsed: Parsed, conceal: Conceal) -> Readable:
    """Write the document in its canonical form, noise ignored and secrets hidden."""
    hider = Hider(conceal)
    text = canonical.write(parsed, hider, NOISE)
    return Readable(text, _facts(parsed), hider.count)


def _facts(parsed: Parsed) -> dict[str, str]:
    """Version, URL database, and who changed what last, where the document says so."""
    root = parsed.root
    found = {name: visible(str(root.get(name))) for name in ("version", "urldb") if root.get(name)}
    dated = chain((root,), root.iterfind(".//*[@time]"))
    at, by = max(
        ((str(element.get("time") or ""), str(element.get("admin") or "")) for element in dated),
        key=lambda change: change[0],
    )
    if at:
        found["last_changed_at"] = visible(at)
    if by:
        found["last_changed_by"] = visible(by)
    if parsed.illegal:
        found["illegal_characters"] = str(parsed.illegal)
    return found
