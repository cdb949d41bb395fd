"""The BGP neighbours of a Cisco router: what holds for each, wherever it is written.

A setting can stand with the neighbour, its group, a template or a template's template; before all address families
or inside of one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from dcops.audit.tree.lines import Line, Lines

_ROUTER = re.compile(r"router bgp (\S+)$")
_FAMILY = re.compile(r"address-family (?P<name>ipv[46])(?: unicast)?(?: vrf (?P<vrf>\S+))?$")
_NEIGHBOUR = re.compile(r"neighbor (\S+) (.+)$")
_TEMPLATE = re.compile(r"template (peer-session|peer-policy) (\S+)$")
_INHERITED = re.compile(r"inherit (peer-session|peer-policy) (\S+)")
_LISTEN = re.compile(r"bgp listen range \S+ peer-group (\S+)")
DEFAULT_FAMILY = "ipv4"
_DEEPEST_TEMPLATE = 8


@dataclass(frozen=True, slots=True)
class Neighbour:
    """One neighbour in another network."""

    name: str
    line: int
    router: str
    """The line of its router process."""
    session: tuple[str, ...]
    """What is set for the session, without `neighbor NAME`."""
    families: Mapping[str, tuple[str, ...]]
    """By the address family in which it exchanges prefixes: what is set there."""

    def said(self, setting: str, family: str = "") -> str:
        """A setting as a person would look for it."""
        where = f"address-family {family}: " if family and family != DEFAULT_FAMILY else ""
        return f"{self.router}: {where}neighbor {self.name} {setting}"


@dataclass(slots=True)
class _Settings:
    """What stands in one place for one name."""

    first: int = 0
    texts: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Process:
    line: str
    number: str
    vrf: str = ""
    own: dict[str, dict[str, _Settings]] = field(default_factory=dict)
    """By family (empty: before all of them), by name."""
    templates: dict[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    listening: set[str] = field(default_factory=set)
    friends: set[str] = field(default_factory=set)
    """Networks of the same confederation."""
    active_by_default: bool = True


def outside(lines: Lines) -> Iterator[Neighbour]:
    """Every neighbour in another network, unless it is shut down."""
    for line in lines.top.lines:
        if (match := _ROUTER.match(line.text)) is not None:
            for process in _processes(line, match[1]):
                yield from _neighbours(process)


def _processes(router: Line, number: str) -> Iterator[_Process]:
    """The process itself, and one for each VRF: names of neighbours mean something else there."""
    main = _Process(router.text, number)
    by_vrf: dict[str, _Process] = {}
    for line in router.children:
        family = _FAMILY.match(line.text)
        if family is None:
            _put(main, "", line)
            continue
        vrf = family["vrf"] or ""
        process = main
        if vrf:
            process = by_vrf.setdefault(vrf, _Process(router.text, number, vrf, active_by_default=False))
        for child in line.children:
            _put(process, family["name"], child)
    for process in by_vrf.values():
        process.templates = main.templates
        process.friends = main.friends
    yield from (main, *by_vrf.values())


def _put(process: _Process, family: str, line: Line) -> None:
    if (neighbour := _NEIGHBOUR.match(line.text)) is not None:
        settings = process.own.setdefault(family, {}).setdefault(neighbour[1], _Settings(line.number))
        settings.texts.append(neighbour[2])
    elif line.text.startswith("no neighbor ") and line.text.endswith(" activate"):
        name = line.text.split()[2]
        process.own.setdefault(family, {}).setdefault(name, _Settings(line.number)).texts.append("no activate")
    elif (template := _TEMPLATE.match(line.text)) is not None:
        process.templates[template[1], template[2]] = tuple(child.text for child in line.children)
    elif (listen := _LISTEN.match(line.text)) is not None:
        process.listening.add(listen[1])
    elif line.text == "no bgp default ipv4-unicast":
        process.active_by_default = False
    elif line.text.startswith("bgp confederation peers "):
        process.friends.update(line.text.split()[3:])


def _neighbours(process: _Process) -> Iterator[Neighbour]:
    names: dict[str, int] = {}
    for settings in process.own.values():
        for name, one in settings.items():
            names.setdefault(name, one.first)
    for name, line in names.items():
        session = tuple(_effective(process, name, ("", *_families_of(process)) if process.vrf else ("",)))
        group = _is_group(process, name) and name not in process.listening
        other = next((text.split()[1] for text in session if text.startswith("remote-as ")), "")
        if group or not other or other in {process.number, *process.friends} or "shutdown" in session:
            continue
        label = f"{name} (vrf {process.vrf})" if process.vrf else name
        yield Neighbour(label, line, process.line, session, dict(_active(process, name, session)))


def _is_group(process: _Process, name: str) -> bool:
    return any("peer-group" in settings[name].texts for settings in process.own.values() if name in settings)


def _families_of(process: _Process) -> tuple[str, ...]:
    return tuple(sorted(family for family in process.own if family))


def _active(process: _Process, name: str, session: Sequence[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    for family in sorted({DEFAULT_FAMILY, *_families_of(process)}):
        texts = tuple(_effective(process, name, (family,)))
        default = family == DEFAULT_FAMILY and process.active_by_default and ":" not in name
        of_vrf = bool(process.vrf) and name in process.own.get(family, {})
        if "no activate" in texts or not ("activate" in texts or default or of_vrf):
            continue
        # Before the address families were invented, their settings stood with the session.
        yield family, (*texts, *session) if family == DEFAULT_FAMILY else texts


def _effective(process: _Process, name: str, families: Sequence[str]) -> Iterator[str]:
    """What holds for a name in some places: its own, its group's, and that of every template of both."""
    for each in (name, *_groups(process, name)):
        for family in families:
            settings = process.own.get(family, {}).get(each)
            for text in settings.texts if settings is not None else ():
                yield text
                yield from _inherited(process, text, _DEEPEST_TEMPLATE)


def _groups(process: _Process, name: str) -> Iterator[str]:
    for settings in process.own.values():
        for text in settings[name].texts if name in settings else ():
            if text.startswith("peer-group "):
                yield text.split()[1]


def _inherited(process: _Process, text: str, depth: int) -> Iterator[str]:
    match = _INHERITED.match(text)
    if match is None or not depth:
        return
    for each in process.templates.get((match[1], match[2]), ()):
        yield each
        yield from _inherited(process, each, depth - 1)
