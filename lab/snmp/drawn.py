"""A switch that nobody recorded: the tables of a real one, for any number of ports, drawn from its name."""

from __future__ import annotations

import random
from collections.abc import Iterator

from lab.snmp import oid
from lab.snmp.ber import INTEGER, OBJECT_IDENTIFIER, OCTET_STRING
from lab.snmp.oid import Numbers
from lab.snmp.record import Row
from lab.snmp.value import COUNTER32, COUNTER64, GAUGE32, TIME_TICKS, encoded

Value = str | int | bytes
Columns = dict[int, tuple[int, Value]]
"""Number of a column to the type and value of one row."""

SYSTEM = oid.numbers("1.3.6.1.2.1.1")
INTERFACES = oid.numbers("1.3.6.1.2.1.2")
IF_TABLE = oid.numbers("1.3.6.1.2.1.2.2.1")
IFX_TABLE = oid.numbers("1.3.6.1.2.1.31.1.1.1")
SENSORS = oid.numbers("1.3.6.1.2.1.99.1.1.1")
PHYSICAL = oid.numbers("1.3.6.1.2.1.47.1.1.1.1")
GENERIC = "1.3.6.1.4.1.32473.1.1"

FIRST_INDEX = 10101
"""Two bytes long in BER, as those of many switches are."""
UPTIME_TICKS = 41 * 86400 * 100
ETHERNET, UP, DOWN = 6, 1, 2
CELSIUS, UNITS, OK = 8, 9, 1
GIGABIT = 1_000_000_000


def switch(name: str, *, ports: int = 48, prefix: str = "GigabitEthernet1/0/", short: str = "Gi1/0/") -> list[Row]:
    """The walk of a switch: system, both tables of interfaces, sensors of the chassis."""
    draw = random.Random(f"switch {name}")
    return sorted(_rows(name, draw, ports, prefix, short))


def _rows(name: str, draw: random.Random, ports: int, prefix: str, short: str) -> Iterator[Row]:
    yield from _system(name, ports)
    for number in range(1, ports + 1):
        index = FIRST_INDEX + number - 1
        # Every sixth socket is empty.
        is_up = number % 6 != 0
        yield from _table(IF_TABLE, index, _interface(draw, f"{prefix}{number}", index, is_up=is_up))
        yield from _table(IFX_TABLE, index, _extension(draw, f"{short}{number}", number, is_up=is_up))
    yield from _chassis(name, draw)


def _row(parent: Numbers, tail: tuple[int, ...], tag: int, value: Value) -> Row:
    return Row((*parent, *tail), encoded(tag, value))


def _table(entry: Numbers, index: int, columns: Columns) -> Iterator[Row]:
    for column, (tag, value) in columns.items():
        yield _row(entry, (column, index), tag, value)


def _system(name: str, ports: int) -> Iterator[Row]:
    text = {1: f"Access switch with {ports} ports, software 4.2.1", 4: "noc@example.org", 5: name, 6: "machine room"}
    for number, value in text.items():
        yield _row(SYSTEM, (number, 0), OCTET_STRING, value)
    yield _row(SYSTEM, (2, 0), OBJECT_IDENTIFIER, GENERIC)
    yield _row(SYSTEM, (3, 0), TIME_TICKS, UPTIME_TICKS)
    yield _row(SYSTEM, (7, 0), INTEGER, 2)
    yield _row(INTERFACES, (1, 0), INTEGER, ports)


def _interface(draw: random.Random, name: str, index: int, *, is_up: bool) -> Columns:
    busy = 1 if is_up else 0

    def count(most: int) -> tuple[int, Value]:
        return COUNTER32, busy * draw.randrange(most)

    return {
        1: (INTEGER, index),
        2: (OCTET_STRING, name),
        3: (INTEGER, ETHERNET),
        4: (INTEGER, 1500),
        5: (GAUGE32, GIGABIT if is_up else 0),
        6: (OCTET_STRING, bytes((0x02, 0, 0x5E)) + draw.randbytes(3)),
        7: (INTEGER, UP),
        8: (INTEGER, UP if is_up else DOWN),
        9: (TIME_TICKS, draw.randrange(UPTIME_TICKS) if is_up else 0),
        10: count(1 << 32),
        11: count(1 << 32),
        12: count(1 << 20),
        13: count(2000),
        14: count(50),
        15: count(3),
        16: count(1 << 32),
        17: count(1 << 32),
        18: count(1 << 20),
        19: count(9000),
        20: count(2),
        21: (GAUGE32, 0),
        22: (OBJECT_IDENTIFIER, "0.0"),
    }


def _extension(draw: random.Random, short: str, number: int, *, is_up: bool) -> Columns:
    busy = 1 if is_up else 0
    octets = [busy * draw.randrange(1 << 44) for _ in range(2)]
    packets = [each // 700 for each in octets]
    few = [busy * draw.randrange(1 << 27) for _ in range(4)]
    # Somebody wrote on most ports what hangs there.
    alias = f"desk {number:02d}" if is_up and number % 4 else ""
    wide = [octets[0], packets[0], few[0], few[1], octets[1], packets[1], few[2], few[3]]
    return {
        1: (OCTET_STRING, short),
        **{2 + place: (COUNTER32, few[place] & 0xFFFFFFFF) for place in range(4)},
        **{6 + place: (COUNTER64, value) for place, value in enumerate(wide)},
        14: (INTEGER, 1),
        15: (GAUGE32, 1000 if is_up else 0),
        16: (INTEGER, 2),
        17: (INTEGER, 1),
        18: (OCTET_STRING, alias),
        19: (TIME_TICKS, 0),
    }


def _chassis(name: str, draw: random.Random) -> Iterator[Row]:
    """One body, two sensors of its air, two supplies that are good."""
    parts = {1: ("chassis", 3, 0), 21: ("inlet air", 8, 1), 22: ("hot spot", 8, 1), 31: ("supply 1", 6, 1)}
    for index, (part, kind, parent) in parts.items():
        columns: Columns = {
            2: (OCTET_STRING, part),
            4: (INTEGER, parent),
            5: (INTEGER, kind),
            7: (OCTET_STRING, part),
            11: (OCTET_STRING, f"EX{hash_of(name):09d}" if index == 1 else ""),
        }
        yield from _table(PHYSICAL, index, columns)
    for index, degrees in ((21, draw.randrange(22, 27)), (22, draw.randrange(38, 52))):
        sensor = {1: CELSIUS, 2: UNITS, 3: 0, 4: degrees, 5: OK}
        yield from _table(SENSORS, index, {column: (INTEGER, value) for column, value in sensor.items()})
        yield _row(SENSORS, (6, index), OCTET_STRING, "Celsius")
        yield _row(SENSORS, (7, index), TIME_TICKS, UPTIME_TICKS)
        yield _row(SENSORS, (8, index), GAUGE32, 30000)


def hash_of(name: str) -> int:
    """A number of nine digits that belongs to a name, in every process the same."""
    return random.Random(f"number {name}").randrange(10**9)
