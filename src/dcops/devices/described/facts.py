"""What a description finds in the answers of a device: NAPALM's facts, and its neighbours."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from dcops.errors import DeviceError, ErrorKind
from dcops.model.platform import FactCommand, Neighbours

_UNITS = {"y": 365 * 86400, "w": 7 * 86400, "d": 86400, "h": 3600, "m": 60, "s": 1}
_PART = re.compile(r"(\d+)\s*(y|w|d|h|m|s)[a-z]*(?:\(s\))?", re.IGNORECASE)
_CLOCK = re.compile(r"\b(\d+):(\d\d)(?::(\d\d))?\b")


def gathered(commands: Iterable[FactCommand], ask: Callable[[str], str]) -> dict[str, Any]:
    """The facts by NAPALM's names; what an answer does not hold is not there."""
    found: dict[str, Any] = {}
    for command in commands:
        answer = ask(command.command)
        for name, pattern in command.patterns.items():
            if name == "interface_list":
                found.setdefault(name, list(dict.fromkeys(match[1] for match in pattern.finditer(answer))))
            elif (match := pattern.search(answer)) and match[1] and name not in found:
                found[name] = uptime_seconds(match[1]) if name == "uptime" else match[1].strip()
    return {name: value for name, value in found.items() if value != []}


def uptime_seconds(text: str) -> float:
    """Seconds from `3 weeks, 2 days`, `1w2d03:04:05`, `10 days, 22:09`; -1 when the device says it otherwise."""
    clock = _CLOCK.search(text)
    words = _CLOCK.sub(" ", text)
    parts = _PART.findall(words)
    if not parts and clock is None:
        return -1.0
    seconds = sum(int(number) * _UNITS[unit.lower()] for number, unit in parts)
    if clock:
        hours, minutes, rest = (int(part or 0) for part in clock.groups())
        seconds += hours * 3600 + minutes * 60 + rest
    return float(seconds)


def neighbours(described: Neighbours, answer: str) -> dict[str, list[dict[str, str]]]:
    """NAPALM's table of LLDP neighbours: our interface, and who is seen there."""
    from ntc_templates.parse import ParsingException, parse_output

    table: dict[str, list[dict[str, str]]] = {}
    try:
        rows = parse_output(platform=described.template, command=described.command, data=answer)
    except ParsingException:
        raise DeviceError(
            ErrorKind.INVALID,
            f"its answer to {described.command} does not fit the template of {described.template}",
            next_step="Name another template under `neighbours`, or leave that out",
        ) from None
    for row in rows:
        local = str(row.get(described.local, "")).strip()
        entry = {"hostname": str(row.get(described.name, "")), "port": str(row.get(described.port, ""))}
        if local:
            table.setdefault(local, []).append(entry)
    return table
