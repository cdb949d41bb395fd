r"""Text from a device that cannot move a cursor, reverse a line or pose as one of our tokens.

What a terminal or browser would act on is written out: bytes that are no UTF-8 and ASCII control characters
as `\x1b`, other control and format characters (bidirectional marks, zero-width characters) as `\u202e`.
A backslash that already looks like such an escape becomes `\x5c`, so that two different texts never look alike.
"""

from __future__ import annotations

import re
import unicodedata

_SUSPECT = re.compile(r"[^\t\n\x20-\x7e]|\\[xuU]|<secret[:>]|&lt;secret")
_LOOKS_ESCAPED = re.compile(r"\\(?=x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8})")
_LOOKS_CONCEALED = re.compile(r"<(?=secret[:>])|&(?=lt;secret(?::|&gt;))")
_UNPRINTED = re.compile(r"[^\t\n\x20-\x7e]")
_ACTS = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})


def decoded(content: bytes) -> str:
    """Bytes as text; a byte that is no UTF-8 stays recognisable and is shown by `visible`."""
    return content.decode("utf-8", "surrogateescape")


def acts(text: str) -> bool:
    """Whether `visible` would change anything in the text."""
    # One after the other: each of these searches is ten times faster than the pattern for all of them.
    return (
        _UNPRINTED.search(text) is not None
        or "<secret" in text
        or "&lt;secret" in text
        or ("\\" in text and _SUSPECT.search(text) is not None)
    )


def visible(text: str, *, escaped: bool = False) -> str:
    """Write out everything that would act on the reader's screen or look like a token of ours.

    Backslashes stay as they are in a text of which a part has been `escaped` before.
    """
    if not _SUSPECT.search(text):
        return text
    if not escaped:
        text = _LOOKS_ESCAPED.sub(r"\\x5c", text)
    text = _LOOKS_CONCEALED.sub(lambda match: f"\\x{ord(match[0]):02x}", text)
    return _UNPRINTED.sub(lambda match: _escape(match[0]), text)


def quoted(text: str, longest: int = 160, *, escaped: bool = False) -> str:
    """One line of a device's own words, fit to stand in a message."""
    line = " ".join(visible(text, escaped=escaped).split())
    return f"`{line[: longest - 1]}…`" if len(line) > longest else f"`{line}`"


def _escape(character: str) -> str:
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:  # a byte kept by `surrogateescape`
        return f"\\x{code - 0xDC00:02x}"
    if unicodedata.category(character) not in _ACTS:
        return character
    if code < 0x80:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
