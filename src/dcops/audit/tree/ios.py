"""A Cisco IOS configuration as lines. What banners, macros, certificates and comments hold is no command."""

from __future__ import annotations

import re
from collections.abc import Sequence

from dcops.audit.pattern import Book
from dcops.audit.tree import Unreadable
from dcops.audit.tree.lines import Builder, Line, Lines
from dcops.configtext.ios import Line as Row
from dcops.configtext.ios import Part, reach, text_of
from dcops.configtext.ios import read as parts_of

_CERTIFICATES = re.compile(r"crypto (?:pki|ca) certificate (?:chain|pool|map)?|crypto key pubkey-chain ")
_QUIT = "quit"
_HEXADECIMAL = re.compile(r"[0-9A-Fa-f]+(?: [0-9A-Fa-f]+)*")


def read(text: str, book: Book, *, whole: bool) -> Lines:
    """The commands of a configuration; raises Unreadable. A `whole` one begins and ends as a device writes it."""
    rows = parts_of(text)
    builder = Builder(book)
    kept: list[Line] = []
    at = 0
    certificates = False
    raw: Sequence[str] | None = None
    while at < len(rows):
        row = rows[at]
        if row.part is Part.UNCLOSED:
            raise Unreadable(f"it is cut off: the text after `{' '.join(row.text.split()[:2])}` never closes")
        if row.part is Part.TEXT:
            raw = raw or [each.text for each in rows]
            at = _banner(raw, at, builder)
            continue
        at += 1
        stripped = row.text.lstrip()
        if row.part is not Part.COMMAND or stripped[:1] in ("", "!"):
            continue
        if row.text[0] not in " \t":
            certificates = stripped.startswith("crypto ") and bool(_CERTIFICATES.match(stripped))
        elif certificates and (stripped.startswith(_QUIT) or _HEXADECIMAL.fullmatch(stripped.rstrip())):
            continue
        line = builder.add(at, row.text)
        if line is not None:
            kept.append(line)
    if whole:
        _refuse_foreign(kept, rows)
    return builder.built()


def _banner(rows: Sequence[str], at: int, builder: Builder) -> int:
    """Add the command that opens a text, without the text; gives the row after it."""
    _, _, stop = reach(rows, at)
    begins = text_of(rows[at])
    line = builder.add(at + 1, rows[at][:begins])
    if line is not None:
        line.body = [rows[at][begins:], *rows[at + 1 : stop]]
    return stop


def _refuse_foreign(lines: Sequence[Line], rows: Sequence[Row]) -> None:
    """Raise Unreadable unless this is one whole configuration of IOS or IOS XE."""
    texts = {line.text.split(" ", 1)[0] for line in lines if line.depth == 0}
    if not lines or not {"version", "hostname"} <= texts:
        named = next((row.text.strip() for row in rows if row.text.strip()), "")[:40]
        raise Unreadable(f"it is no configuration of IOS: no `version` and `hostname` at the left margin (`{named}` …)")
    if lines[-1].text != "end" or lines[-1].depth:
        raise Unreadable("it is cut off: its last line is not `end`")
