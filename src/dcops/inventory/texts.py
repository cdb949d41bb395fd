"""Looks at every text of a file before its meaning: no secrets, nothing that upsets a terminal."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dcops.inventory.entry import Path
from dcops.inventory.secrecy import looks_secret, secret_key

# Control characters and the Unicode signs that reorder text on a screen. Free texts may have several lines.
_HARMFUL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_HARMFUL_IN_LINE = re.compile(f"[\n\t]|{_HARMFUL.pattern}")
MANY_LINES = frozenset({"notes", "purpose", "reason"})

LOOKS_LIKE = "holds what looks like a secret"
WHAT_TO_DO = "take it out, give it to a credential provider and name the credential here; then change it"
CONTROL_HINT = "remove it, or write out what is meant"


def findings(value: object, path: Path = (), key: str = "") -> Iterator[tuple[Path, str, str]]:
    """Path, message and hint of every text that an inventory may not hold."""
    if isinstance(value, str):
        if (value and secret_key(key)) or looks_secret(value):
            yield path, LOOKS_LIKE, WHAT_TO_DO
        elif not value.isprintable():
            harmful = (_HARMFUL if key in MANY_LINES else _HARMFUL_IN_LINE).search(value)
            if harmful:
                yield path, f"holds a control character, U+{ord(harmful[0]):04X}", CONTROL_HINT
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from findings(inner, (*path, name), name)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from findings(inner, (*path, index), key)
    elif key and isinstance(value, int | float) and not isinstance(value, bool) and secret_key(key):
        yield path, LOOKS_LIKE, WHAT_TO_DO
