"""Hide secrets in the text files of a Linux server, and in any other text that it gives."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from dcops.diff.linux import rules, values
from dcops.diff.linux.names import SPEAKS_OF_SECRETS, is_secret
from dcops.diff.linux.rules import Rule
from dcops.diff.linux.values import Span
from dcops.diff.redact import Conceal

LONGEST = 16_384
"""Settings are shorter; patterns are kept from lines that would make them slow, and those are hidden whole."""

_ASSIGNMENT = re.compile(
    r"(?P<open>[\"'])?(?P<name>[A-Za-z_$][\w.\-]*(?:\[[\"']?[\w.\-]+[\"']?\])*)(?P<close>[\"'])?\s*(?P<sign>=>|::|:=|[+?]?=|:)\s*"
)
_FIRST = re.compile(r"\s*(?:[#;]+\s?|//\s*)?(?:-\s+)?(?:(?:export|set|declare(?:\s+-\w+)?|readonly|env|local)\s+)?\$?")
"""What may stand before the name of a setting that has its line to itself."""
_DIRECTIVE = re.compile(r"\s*(?P<comment>[#;]\s?)?(?P<name>[A-Za-z_][\w.\-]*)\s+(?=\S)")
_IN_THE_MIDDLE = re.compile(
    r"(?<![\w$/.=-])(?P<name>[\w-]*(?:password|passwd|passphrase|secret|psk|authtok))\s+(?=[^\s=:])", re.IGNORECASE
)
_PROSE = re.compile(
    r"(?:for|from|is|are|was|of|to|in|on|at|and|or|the|this|with|without|must|can|will|should|has|have|not|be|by|when"
    r"|if|as|authentication|change|changed|expired|required|program|chat|sync|level|server|backend|file|prompt|policy"
    r"|database)(?=[\s,.:;)]|$)"
)
"""What follows the word in a sentence, in small letters."""
_OWN_RULES = re.compile(r"(?:(?:ro|rw|trap|def)community6?|authcommunity|com2sec\w*|createuser)$", re.IGNORECASE)
_SECTION = re.compile(r"\s*\[(?P<name>[^\]]*)\]\s*$")
_BLOCK = re.compile(r"(?P<indent>\s*)(?:-\s+)?[\"']?(?P<name>[\w.\-]+)[\"']?\s*:\s*(?P<mark>[|>][-+\d]*)?\s*(?:#.*)?$")
_SUDOERS_WORDS = {"NOPASSWD", "PASSWD"}


def hidden(text: str, path: str, conceal: Conceal) -> tuple[str, int]:
    """The text with every secret concealed, and how many there were. `path` may be empty: some rules need it."""
    spans = _merged(sorted(_spans(text, path)))
    parts = []
    done = 0
    for start, stop in spans:
        parts += [text[done:start], conceal(text[start:stop])]
        done = stop
    return "".join([*parts, text[done:]]), len(spans)


def _spans(text: str, path: str) -> Iterator[Span]:
    if "-----BEGIN " in text:
        yield from (match.span("secret") for match in rules.BLOCKS.finditer(text) if match["secret"].strip())
    here = tuple(rule for rule in rules.FILES if rule.files and rule.files.search(path))
    whole = bool(rules.WHOLE.search(path))
    block = _Block()
    secret_section = False
    place = 0
    for line in text.split("\n"):
        if section := _SECTION.match(line):
            secret_section = "secret" in section["name"].lower()
        if line.strip():
            found: Iterable[Span]
            if len(line) > LONGEST:
                found = [(0, len(line))]
            elif (whole and not line.lstrip().startswith("#")) or block.holds(line):
                found = [(len(line) - len(line.lstrip()), len(line.rstrip()))]
            else:
                found = _in_line(line, path, here, secret_section=secret_section)
            yield from ((place + start, place + stop) for start, stop in found if start < stop)
        place += len(line) + 1


class _Block:
    """Remembers that a YAML key was opened whose text stands on the lines below it."""

    def __init__(self) -> None:
        self._indent: int | None = None
        self._items_only = False

    def holds(self, line: str) -> bool:
        """Whether this line belongs to a secret of several lines; looks for the start of one."""
        indent = len(line) - len(line.lstrip())
        if self._indent is not None:
            is_item = line.lstrip().startswith("- ")
            if indent > self._indent or (is_item and indent == self._indent):
                return is_item and ": " not in line if self._items_only else True
            self._indent = None
        match = _BLOCK.fullmatch(line)
        if match and (is_secret(match["name"]) or match["name"] == "chpasswd"):
            self._indent = len(match["indent"])
            self._items_only = match["mark"] is None and match["name"] != "chpasswd"
        return False


def _in_line(line: str, path: str, here: Sequence[Rule], *, secret_section: bool) -> Iterator[Span]:
    lowered = line.lower()
    if not rules.KEYS_OF_PEOPLE.search(path):
        yield from _matches((*rules.SHAPES, *rules.COMMANDS, *rules.DIRECTIVES, *here), line, lowered)
    if rules.NO_SETTINGS.search(path):
        return
    if secret_section:
        yield from _assigned(line, every=True)
    elif SPEAKS_OF_SECRETS.search(line):
        yield from _assigned(line, every=False)
        if not rules.PAM.search(path) and not rules.KEYS_OF_PEOPLE.search(path):
            yield from _directive(line)


def _matches(table: Iterable[Rule], line: str, lowered: str) -> Iterator[Span]:
    for rule in table:
        if rule.needle not in lowered:
            continue
        for match in rule.pattern.finditer(line):
            given = match.groupdict()
            if "name" in given and not is_secret(given["name"]):
                continue
            yield from (match.span(group) for group in rules.GROUPS if given.get(group))


def _assigned(line: str, *, every: bool) -> Iterator[Span]:
    """Values of `name = value`, `name: value`, `"name": "value"` whose name is that of a secret."""
    first = _FIRST.match(line)
    begins = first.end() if first else 0
    place = 0
    while match := _ASSIGNMENT.search(line, place):
        name, mark = match["name"], match["open"]
        # A quote that closes before the sign was the name's own.
        surrounded = mark is not None and match["close"] != mark
        start = match.end()
        place = match.end("sign")
        if name in _SUDOERS_WORDS or not (every or is_secret(name)):
            continue
        if surrounded and mark is not None:
            span = values.up_to_quote(line, start, mark)
        elif match.start("name") <= begins + 1:
            span = values.rest(line, start)
        else:
            span = values.word(line, start)
        if not values.is_nothing(line[slice(*span)]):
            yield span
            place = max(place, span[1])


def _directive(line: str) -> Iterator[Span]:
    """Values of `name value`, where the name is that of a secret."""
    match = _DIRECTIVE.match(line)
    if match and is_secret(match["name"]) and not _OWN_RULES.match(match["name"]):
        span = values.rest(line, match.end())
        value = line[slice(*span)]
        is_sentence = bool(match["comment"]) and (" " in value.strip() or bool(_PROSE.match(value)))
        # `passwd program = …` is a setting of two words.
        is_setting = bool(re.match(r"\S+\s+=(?:\s|$)", value))
        if value[:1] not in "=:" and not (values.is_nothing(value) or is_sentence or is_setting):
            yield span
            return
    if line.lstrip()[:1] in ("#", ";"):
        return
    for found in _IN_THE_MIDDLE.finditer(line):
        span = values.word(line, found.end())
        value = line[slice(*span)]
        if not is_secret(found["name"]) or _PROSE.match(value) or values.is_nothing(value):
            continue
        if not re.match(r"\s*[=:](?:\s|$)", line[span[1] :]):
            yield span


def _merged(spans: Sequence[Span]) -> list[Span]:
    merged: list[Span] = []
    for start, stop in spans:
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(stop, merged[-1][1]))
        else:
            merged.append((start, stop))
    return merged
