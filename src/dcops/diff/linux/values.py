"""Where the value of a setting begins and ends in its line."""

from __future__ import annotations

import re

Span = tuple[int, int]

_QUOTES = "\"'`"
_NOTHING = re.compile(
    r"(?:yes|no|true|false|on|off|none|null|nil|\{|\[|\(|\||>|"
    r"\$\{\w+\}|\{\{[^{}]*\}\}|<secret:[0-9a-f]{12}>)?[;,]?",
    re.IGNORECASE,
)
"""Words that are no secret, and places where another program puts one."""
_NEXT_OPTION = re.compile(
    r",(?=[A-Za-z_][\w.-]*=|(?:ro|rw|auto|noauto|nofail|_netdev|users?|nouser|noexec|exec|nosuid|nodev|soft|hard|defaults"
    r"|noperm|serverino|noserverino|mfsymlinks|seal|relatime|noatime)(?:[,\s\"]|$))"
)
"""The comma between two mount options: a comma inside a password is rarely followed by one."""
_NEXT_PAIR = re.compile(r";(?=\s*(?:[A-Za-z_][\w .-]*=|$))")
_WORD = re.compile(r"[^\s\"]+")


def rest(line: str, start: int) -> Span:
    """Everything up to the end of the line; what stands in quotes without them."""
    if line[start : start + 1] in _QUOTES and start < len(line):
        return quoted(line, start)
    return start, len(line.rstrip())


def word(line: str, start: int) -> Span:
    """One word, or what stands in quotes."""
    if line[start : start + 1] in _QUOTES and start < len(line):
        return quoted(line, start)
    match = _WORD.match(line, start)
    stop = match.end() if match else start
    for border in (_NEXT_OPTION, _NEXT_PAIR):
        if cut := border.search(line, start, len(line)):
            stop = min(stop, cut.start())
    return start, max(start, stop)


def quoted(line: str, start: int) -> Span:
    """What stands in the quotes that open here; without an end, the rest of the line.

    What sticks to the closing quote belongs to it: a shell joins `'a'"b"`.
    """
    mark = line[start]
    place = start + 1
    while place < len(line) and line[place] != mark:
        place += 2 if line[place] == "\\" else 1
    if place >= len(line):
        return start + 1, len(line.rstrip())
    after = line[place + 1 : place + 2]
    if after and after in _QUOTES and mark != "`":
        return start + 1, quoted(line, place + 1)[1]
    return start + 1, place


def up_to_quote(line: str, start: int, mark: str) -> Span:
    """What follows up to the end of the quotes in which it stands already."""
    stop = line.find(mark, start)
    return start, len(line.rstrip()) if stop < 0 else stop


def is_nothing(value: str) -> bool:
    """Whether a value can be left as it is."""
    return bool(_NOTHING.fullmatch(value.strip()))
