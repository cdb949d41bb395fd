"""A profile: what one family of devices tells over SNMP, and which metrics that makes. Data, without behaviour."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction

Operands = tuple[int | bytes, ...]
"""Columns of the same row and single values; their sum counts."""


class IndexForm(StrEnum):
    """How a part of an index is written as a label."""

    NUMBERS = "numbers"
    """`1.17`"""
    IPV4 = "ipv4"
    """Four numbers."""
    INET = "inet"
    """InetAddressType, length and bytes (RFC 4001), or the bytes alone: IPv4 or IPv6."""
    TEXT = "text"
    """Length and signs, as a table with a text for its index has it."""
    IMPLIED_TEXT = "implied text"
    """Signs to the end, without a length."""
    HEX = "hex"


@dataclass(frozen=True, slots=True)
class LabelSource:
    """Where the text of a label comes from. The first of those set is taken; `otherwise` when it is empty."""

    constant: str = ""
    oid: bytes = b""
    """A single value, the same for all rows."""
    entry: bytes = b""
    column: int = 0
    """A column: of the same table, or of another one when `entry` names it."""
    pointer: int = 0
    """The row of the other table is the one that this column of ours names, by its index."""
    matches: int = 0
    """The row of the other table is the one whose column `matches` holds the text of our column `pointer`."""
    index: tuple[int, int | None] | None = None
    """A part of the index: from which number, up to which; below 0 they count from its end."""
    add: int = 0
    """What is added to an index that is a number: ports are counted from 0, rows from 1."""
    form: IndexForm = IndexForm.NUMBERS
    parse: re.Pattern[str] | None = None
    """The group `value` of this in the text is what counts: some devices write the state into the name."""
    prefix: str = ""
    """What stands before the text, when there is one."""
    names: Mapping[str, str] = field(default_factory=dict)
    """Words for raw values, or for OIDs that a column holds; an unknown one stays as it is."""
    otherwise: LabelSource | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """Only rows whose column has one of these values, or none of them."""

    column: int
    values: frozenset[str]
    inverse: bool = False
    like: re.Pattern[str] | None = None
    """Instead of values: what must be found in the column, or must not."""

    def fits(self, text: str) -> bool:
        """Whether a row with this in its column stays."""
        found = self.like.search(text) is not None if self.like else text in self.values
        return found != self.inverse


@dataclass(frozen=True, slots=True)
class Conversion:
    """From what the device says to the unit of the metric. Without any of these the number itself is the value."""

    scale: Fraction = Fraction(1)
    offset: Fraction = Fraction(0)
    absent: frozenset[str] = frozenset()
    """Values, as numbers or texts, that mean: there is none."""
    least: float | None = None
    most: float | None = None
    """What lies outside was no reading."""
    parse: re.Pattern[str] | None = None
    """The group `value` of this in the text that the device gives is the number."""
    units: Mapping[str, int] = field(default_factory=dict)
    """What the number is multiplied with, by the group `unit` of the pattern."""
    date: str = ""
    """The text is a day, written like this (strptime): the number is its first moment, UTC."""
    minus: Operands = ()
    times: Operands = ()
    of: Operands = ()
    """(number - minus) x times / of"""
    states: Mapping[int, str] = field(default_factory=dict)
    """A state set: one series for each state, one of them 1."""
    state_label: str = ""
    true: frozenset[str] = frozenset()
    """1 when the value is one of these."""
    false: frozenset[str] = frozenset()
    """0 when it is one of these; when this is empty, for every other value."""
    ago: bool = False
    """The value is a time that has passed: the metric is the moment at which it began."""
    big_endian: bool = False
    """An octet string that holds a number (FCMGMT-MIB)."""
    scale_column: int = 0
    precision_column: int = 0
    """ENTITY-SENSOR-MIB: value x 10^(3 x (scale - 9)) / 10^precision."""
    fahrenheit: bytes = b""
    """A single value that tells the unit of temperatures …"""
    fahrenheit_column: int = 0
    """… or a column, where each row has a unit of its own …"""
    fahrenheit_is: str = ""
    """… which is Fahrenheit when it is this."""

    @property
    def operands(self) -> Operands:
        """What the number is put together with."""
        return self.minus + self.times + self.of

    @property
    def is_plain(self) -> bool:
        """The number itself is the value: the fast way."""
        return self is PLAIN or self == PLAIN


PLAIN = Conversion()


@dataclass(frozen=True, slots=True)
class When:
    """Only while a single value is one of these, or none of them."""

    oid: bytes
    values: frozenset[str]
    inverse: bool = False


@dataclass(frozen=True, slots=True)
class Source:
    """One metric and where its values come from."""

    metric: str
    oid: bytes = b""
    column: int = 0
    entry: bytes = b""
    """The column stands in another table, whose rows have the same index."""
    constant: int | None = None
    """An info metric: the labels are what counts."""
    conversion: Conversion = PLAIN
    labels: Mapping[str, LabelSource] = field(default_factory=dict)
    kept: tuple[Kept, ...] = ()
    when: When | None = None
    otherwise: Source | None = None
    """Where the number comes from when there is none here: another single value, or another column of the row."""
    constants: Mapping[str, str] | None = field(init=False)
    """Its labels, when they are the same for all rows and devices; None when any is not."""

    def __post_init__(self) -> None:
        are_constant = all(label.constant and not label.names for label in self.labels.values())
        constants = {name: label.constant for name, label in self.labels.items()} if are_constant else None
        object.__setattr__(self, "constants", constants)

    @property
    def columns(self) -> tuple[int, ...]:
        """Where its number may stand in the table itself, best first."""
        return ((self.column,) if self.column and not self.entry else ()) + (
            self.otherwise.columns if self.otherwise else ()
        )

    @property
    def names(self) -> tuple[str, ...]:
        """The labels that differ from row to row."""
        return _names(self.labels)


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a MIB."""

    entry: bytes
    labels: Mapping[str, LabelSource]
    sources: tuple[Source, ...]
    kept: tuple[Kept, ...] = ()
    placed: bool = False
    """Each row is a sensor, whose place the inventory knows."""
    when: When | None = None
    count: bytes = b""
    """A single value: the last number of an index that is a row. Cards answer rows for phases that they do not have."""
    columns: tuple[int, ...] = field(init=False)
    """Where numbers stand, sorted; other columns of the table are labels and the like."""

    def __post_init__(self) -> None:
        columns = {column for source in self.sources for column in source.columns}
        object.__setattr__(self, "columns", tuple(sorted(columns)))

    @property
    def names(self) -> tuple[str, ...]:
        """The labels that say which row it is."""
        return _names(self.labels) or (("sensor",) if self.placed else ())


def _names(labels: Mapping[str, LabelSource]) -> tuple[str, ...]:
    return tuple(name for name, source in labels.items() if source.column or source.index)


@dataclass(frozen=True, slots=True)
class Identify:
    """How a device of this family is recognised."""

    ask: tuple[bytes, ...] = ()
    """Values that only such a device has; one is enough."""
    below: tuple[bytes, ...] = ()
    """Names of which something must follow: for families that have only tables."""
    system: tuple[bytes, ...] = ()
    """What its sysObjectID begins with."""
    instead_of: tuple[str, ...] = ()
    """Profiles that say the same less well."""


@dataclass(frozen=True, slots=True)
class Profile:
    """One file of `exporters/snmp/`."""

    name: str
    title: str
    reference: str
    identify: Identify
    values: tuple[Source, ...]
    tables: tuple[Table, ...]
    repetitions: int | None = None
    in_flight: int | None = None

    @property
    def metrics(self) -> tuple[str, ...]:
        """The names of all metrics it can give, sorted."""
        sources = [*self.values, *(source for table in self.tables for source in table.sources)]
        return tuple(sorted({source.metric for source in sources}))
