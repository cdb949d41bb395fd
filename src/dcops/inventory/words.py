"""How a word of the inventory is judged, shown and corrected."""

from __future__ import annotations

import re
from collections.abc import Collection
from difflib import get_close_matches

from dcops.inventory.secrecy import looks_secret

LONGEST_NAME = 63
LONGEST_SHOWN = 60
# Comparing a word with every name of a large inventory costs milliseconds; beyond this only likely ones are.
MANY = 500

_NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]|\.(?!\.))*")
_RACK_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]|\.(?!\.))*")


def name_problem(text: str, *, capitals: bool = False) -> str | None:
    """Why the text cannot be a name, or None when it can."""
    if not text:
        return "is empty"
    if len(text) > LONGEST_NAME:
        return f"has {len(text)} characters, a name has at most {LONGEST_NAME}"
    if not (_RACK_NAME if capitals else _NAME).fullmatch(text):
        letters = "letters" if capitals else "small letters"
        return f"is no name: {letters}, digits, '-' and single '.' only, a letter or digit first"
    return None


def suggested_name(text: str, *, capitals: bool = False) -> str | None:
    """A good name that is near the bad one."""
    shorter = re.sub(r"[^A-Za-z0-9.-]+", "-", text if capitals else text.lower())
    shorter = re.sub(r"\.{2,}", ".", shorter).strip("-.")[:LONGEST_NAME]
    return shorter if shorter and not name_problem(shorter, capitals=capitals) else None


def shown(value: object) -> str:
    """A value as a message may quote it: short, harmless to a terminal, never a secret."""
    text = str(value)
    if looks_secret(text):
        return "(hidden)"
    if len(text) > LONGEST_SHOWN:
        text = text[:LONGEST_SHOWN] + "…"
    return repr(text)


def nearest(word: str, known: Collection[str]) -> str | None:
    """The known word that was probably meant."""
    candidates = {name.lower(): name for name in known}
    lower = word.lower()
    if lower in candidates:
        return candidates[lower]
    if len(candidates) > MANY:
        likely = [name for name in candidates if abs(len(name) - len(lower)) <= 2 and name[:2] == lower[:2]]
    else:
        likely = list(candidates)
    found = get_close_matches(lower[: LONGEST_NAME + 1], likely[: 4 * MANY], 1)
    return candidates[found[0]] if found else None


def did_you_mean(word: str, known: Collection[str]) -> str:
    """The hint of a mistake: the nearest word, else the words there are when they are few."""
    near = nearest(word, known)
    if near:
        return f"did you mean {near}?"
    return f"there are: {', '.join(sorted(known))}" if 0 < len(known) <= 12 else ""
