"""Which walk a device's agent serves: `lab/devices/snmp/agents.yaml` says by maker, model, role, platform, name."""

from __future__ import annotations

import functools
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from lab.platform import Entry
from lab.snmp import drawn, record
from lab.snmp.record import FOLDER, Row

TABLE = FOLDER / "agents.yaml"
WORDS = ("vendor", "model", "software", "role", "platform", "name")


class BadChoice(Exception):
    """The table of walks cannot be used."""


class Choice(NamedTuple):
    """A walk, by its name."""

    name: str
    """`ups/rfc1628`, or `drawn-48` for a switch that is drawn."""
    ports: int = 0
    besides: str = ""
    """What a drawn switch tells besides its ports: a walk, by its name."""

    def rows(self, device: str) -> list[Row]:
        """The walk itself."""
        if not self.ports:
            return _read(FOLDER / f"{self.name}.snmprec")
        ports = drawn.switch(device, ports=self.ports)
        # What is in both is told as it was drawn: the name of the device, its system.
        return [*_read(FOLDER / f"{self.besides}.snmprec"), *ports] if self.besides else ports


def of(entry: Entry) -> Choice | None:
    """The walk that fits an entry of the inventory; None when no line does."""
    for line in _table():
        if all(fnmatchcase(str(entry.get(word) or ""), str(line[word])) for word in WORDS if word in line):
            if ports := line.get("ports"):
                return Choice(f"drawn-{ports}", int(ports), str(line.get("walk", "")).removesuffix(".snmprec"))
            return Choice(str(line["walk"]).removesuffix(".snmprec"))
    return None


@functools.cache
def _table() -> list[dict[str, Any]]:
    lines = yaml.safe_load(TABLE.read_text(encoding="utf-8"))
    for number, line in enumerate(lines, 1):
        if unknown := sorted(set(line) - {*WORDS, "walk", "ports"}):
            raise BadChoice(f"{TABLE}: line {number} has the unknown word {unknown[0]}")
        if "walk" not in line and "ports" not in line:
            raise BadChoice(f"{TABLE}: line {number} needs a walk, or ports")
        if "walk" in line and not (FOLDER / line["walk"]).is_file():
            raise BadChoice(f"{TABLE}: line {number} names {line['walk']}, which is not there")
    return list(lines)


@functools.cache
def _read(file: Path) -> list[Row]:
    return record.read(file)
