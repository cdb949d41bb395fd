"""Numbers that take more than one value of the device: blocks times their size, used of total, total less free."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from dcops.exporters.snmp.gathered import Gathered
from dcops.exporters.snmp.profile import Conversion, Operands
from dcops.snmp import value

Number = int | float
Combine = Callable[[bytes, Number], tuple[Number, Number] | None]
"""Index and the number there -> what is divided, and by what; None when a part of it is missing."""


def combiner(conversion: Conversion, gathered: Gathered, entry: bytes) -> Combine | None:
    """How one source's numbers are put together; None when they stand alone."""
    if not (conversion.minus or conversion.times or conversion.of):
        return None
    minus = _sum(conversion.minus, gathered, entry)
    times = _sum(conversion.times, gathered, entry)
    of = _sum(conversion.of, gathered, entry)

    def combine(index: bytes, number: Number) -> tuple[Number, Number] | None:
        less, factor, by = minus(index, 0), times(index, 1), of(index, 1)
        # A size of nothing, or below nothing where 31 bits were not enough, is no size.
        if less is None or factor is None or by is None or factor <= 0 or by <= 0:
            return None
        return (number - less) * factor, by

    return combine


def _sum(operands: Operands, gathered: Gathered, entry: bytes) -> Callable[[bytes, Number], Number | None]:
    """The sum of some values for a row; the neutral number where nothing has to be summed."""
    columns = [_column(gathered, entry, number) for number in operands if isinstance(number, int)]
    single: Number = 0
    for name in operands:
        if isinstance(name, bytes):
            found = gathered.values.get(name)
            number = value.number(*found) if found else None
            if number is None:
                return lambda _index, _neutral: None
            single += number

    def total(index: bytes, neutral: Number) -> Number | None:
        if not operands:
            return neutral
        found = single
        for column in columns:
            if index not in column:
                return None
            found += column[index]
        return found

    return total


def _column(gathered: Gathered, entry: bytes, number: int) -> Mapping[bytes, Number]:
    return {
        index: found
        for index, tag, content in gathered.cells(entry, number)
        if (found := value.number(tag, content)) is not None
    }
