"""How much is looked at. What is larger is no configuration, and could not be checked."""

from __future__ import annotations

from dcops.audit.tree import Unreadable

MOST_CHARACTERS = 32 * 1024 * 1024
MOST_LINES = 300_000
MOST_ELEMENTS = 400_000
DEEPEST = 200


def refuse_many_lines(text: str) -> None:
    """Raise Unreadable for a text of more lines than anybody configures."""
    if (number := text.count("\n")) > MOST_LINES:
        raise Unreadable(f"it has {number} lines, more than the {MOST_LINES} that are looked at")


def refuse_large(text: str) -> None:
    """Raise Unreadable for a text that nobody should parse."""
    if not text.strip():
        raise Unreadable("it is empty")
    if len(text) > MOST_CHARACTERS:
        raise Unreadable(f"it has {len(text)} characters, more than the {MOST_CHARACTERS} that are looked at")
    if "\x00" in text or "�" in text:
        raise Unreadable("it is binary, not text")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise Unreadable("it is binary, not text") from None
