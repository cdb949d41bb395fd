"""A Cisco configuration as a tree of lines, and how a configuration line changes it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

BANNER = re.compile(r"banner \S+ (\^C|\S)")

# Commands that a section holds once: a new line takes the place of the old one with the same first words.
SINGLE = re.compile(
    r"""(?x)
    hostname | description | version | bandwidth(?!\ percent) | mtu | speed | duplex | encapsulation | delay
    | ip\ address(?!.*secondary) | ip\ domain\ name | ip\ access-group(?=\ \S+\ in$) | ip\ access-group(?=\ \S+\ out$)
    | switchport\ mode | switchport\ access\ vlan | switchport\ voice\ vlan
    | switchport\ trunk\ (?:native|allowed)\ vlan | spanning-tree\ mode | vtp\ (?:domain|mode|version)
    | enable\ secret | enable\ password | username\ \S+ | clock\ timezone | ntp\ clock-period
    | ntp\ authentication-key\ \d+ | banner\ \S+ | exec-timeout | name | router-id | bgp\ router-id
    | service-policy\ (?:input|output) | standby\ \d+\ (?:ip|priority|authentication|timers)
    | neighbor\ \S+\ (?:remote-as|description|password|update-source) | snmp-server\ (?:location|contact|chassis-id)
    | logging\ (?:buffered|trap|source-interface|facility) | archive | maximum | path
    """
)

# Settings that are on unless the configuration says `no`.
DEFAULT_ON = re.compile(r"(?:ip http (?:server|secure-server)|ip domain[ -]lookup|cdp run|ip redirects|ip proxy-arp)$")


class Line:
    """One configuration line and the lines of its section. A banner or a certificate body is one line."""

    __slots__ = ("children", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.children: list[Line] = []


class Configuration:
    """A whole configuration. Lines keep the indentation that they came with."""

    def __init__(self, text: str) -> None:
        self._lines = _tree(text.splitlines())

    def __iter__(self) -> Iterator[Line]:
        return iter(self._lines)

    def render(self) -> str:
        """The configuration as text, each line ended."""
        parts: list[str] = []
        _render(self._lines, parts)
        return "".join(parts)

    def value(self, command: str) -> str | None:
        """What follows the first top-level line that starts with these words."""
        for line in self._lines:
            if line.text.startswith(command + " "):
                return line.text[len(command) + 1 :]
        return None

    def has(self, command: str) -> bool:
        """A top-level line reads exactly so."""
        return any(line.text == command for line in self._lines)

    def sections(self, command: str) -> Iterator[Line]:
        """The top-level lines that start with these words."""
        return (line for line in self._lines if line.text.startswith(command + " "))

    def merge(self, lines: Iterable[str]) -> None:
        """Take lines as the `(config)#` prompt does; indented ones belong to the section above them."""
        _merge(self._lines, _tree([line for line in lines if line.strip() not in ("", "!", "end")]), top=True)


def _tree(lines: list[str]) -> list[Line]:
    root: list[Line] = []
    open_sections: list[tuple[int, list[Line]]] = [(-1, root)]
    rest = iter(lines)
    for text in rest:
        full = _with_banner(text, rest) if text.startswith("banner ") else text
        indent = len(text) - len(text.lstrip())
        while open_sections[-1][0] >= indent:
            open_sections.pop()
        line = Line(full)
        open_sections[-1][1].append(line)
        open_sections.append((indent, line.children))
    return root


def _with_banner(text: str, rest: Iterator[str]) -> str:
    match = BANNER.match(text)
    if match is None or match[1] in text[match.end() :]:
        return text
    body = [text]
    for line in rest:
        body.append(line)
        if match[1] in line:
            break
    return "\n".join(body)


def _render(lines: list[Line], parts: list[str]) -> None:
    for line in lines:
        parts.append(line.text)
        parts.append("\n")
        if line.children:
            _render(line.children, parts)


def _merge(own: list[Line], new: list[Line], *, top: bool) -> None:
    by_text = {line.text.strip(): line for line in own}
    added: list[Line] = []
    for line in new:
        words = line.text.strip()
        if words.startswith("no "):
            _remove(own, by_text, words.removeprefix("no "), line)
            continue
        negated = by_text.pop(f"no {words}", None)
        if negated is not None:
            own.remove(negated)
        known = by_text.get(words)
        if known is None and DEFAULT_ON.match(words):
            # On by default: the configuration shows it only while it is off.
            continue
        if known is None:
            known = _replaced(own, by_text, words, line)
        if known is None:
            known = Line(line.text)
            by_text[words] = known
            added.append(known)
        if line.children:
            _merge(known.children, line.children, top=False)
    _insert(own, added, top=top)


def _replaced(own: list[Line], by_text: dict[str, Line], words: str, line: Line) -> Line | None:
    """The line whose place this one takes, already rewritten."""
    match = SINGLE.match(words)
    if match is None or (match.end() < len(words) and words[match.end()] != " "):
        return None
    suffix = words[words.rindex(" ") :] if match[0] == "ip access-group" else ""
    for old in own:
        text = old.text.strip()
        same = SINGLE.match(text)
        if same and same[0] == match[0] and text.endswith(suffix):
            by_text.pop(text, None)
            old.text = line.text
            by_text[words] = old
            return old
    return None


def _remove(own: list[Line], by_text: dict[str, Line], words: str, line: Line) -> None:
    gone = [old for old in own if old.text.strip() == words or old.text.strip().startswith(words + " ")]
    for old in gone:
        by_text.pop(old.text.strip(), None)
        own.remove(old)
    if DEFAULT_ON.match(words) and f"no {words}" not in by_text:
        stays = Line(line.text)
        by_text[f"no {words}"] = stays
        _insert(own, [stays], top=not line.text.startswith(" "))


def _insert(own: list[Line], added: list[Line], *, top: bool) -> None:
    """Put new lines behind their kin: the last line that begins with the same word, else at the end."""
    if not added:
        return
    last: dict[str, int] = {}
    for place, line in enumerate(own):
        last[_kin(line.text)] = place
    end = next((place for place, line in enumerate(own) if line.text == "end"), len(own)) if top else len(own)
    behind: dict[int, list[Line]] = {}
    for line in added:
        place = last.get(_kin(line.text), -1)
        where = place + 1 if 0 <= place < end else end
        # A section shows its description first.
        behind.setdefault(0 if not top and _kin(line.text) == "description" else where, []).append(line)
    for place in sorted(behind, reverse=True):
        own[place:place] = behind[place]


def _kin(text: str) -> str:
    words = text.split(maxsplit=1)
    return words[0].removeprefix("!") if words else ""
