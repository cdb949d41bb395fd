"""From what a device says to the number of a metric, or to none: what is no reading is never a zero."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime

from dcops.exporters.snmp.combine import combiner
from dcops.exporters.snmp.gathered import Gathered, readable
from dcops.exporters.snmp.profile import PLAIN, Conversion
from dcops.snmp import value
from dcops.snmp.ber import INTEGER, OCTET_STRING

Convert = Callable[[bytes, int, bytes], float | int | None]
"""Index, tag and bytes of a value -> the number, or None."""

_LONGEST_NUMBER = 8
_LONGEST_DIGITS = 30


def converter(conversion: Conversion, gathered: Gathered, entry: bytes, now: float) -> Convert:
    """How the values of one source become numbers, for this one scrape."""
    if conversion.is_plain:
        return _plain
    if conversion.true:
        return _truth(conversion)
    return _measured(conversion, gathered, entry, now)


def _plain(_index: bytes, tag: int, content: bytes) -> int | float | None:
    return int.from_bytes(content, "big", signed=tag == INTEGER) if tag in value.NUMBERS else _raw(PLAIN, tag, content)


def _truth(conversion: Conversion) -> Convert:
    """1 or 0; None for what is neither, or no reading."""
    otherwise = None if conversion.false else 0
    known = {
        **dict.fromkeys(conversion.false, 0),
        **dict.fromkeys(conversion.true, 1),
        **dict.fromkeys(conversion.absent, None),
    }
    numbers = {number: known[text] for text in known if (number := _integer(text)) is not None}

    def convert(_index: bytes, tag: int, content: bytes) -> int | None:
        if tag in value.NUMBERS:
            return numbers.get(int.from_bytes(content, "big", signed=tag == INTEGER), otherwise)
        text: str | None = readable(tag, content)
        if conversion.parse is not None:
            text = _found(conversion, text or "")
        # A text of nothing says neither.
        return known.get(text, otherwise if text else None) if text is not None else None

    return convert


def _measured(conversion: Conversion, gathered: Gathered, entry: bytes, now: float) -> Convert:
    exponents = _exponents(conversion, gathered, entry)
    combine = combiner(conversion, gathered, entry)
    in_fahrenheit = bool(conversion.fahrenheit) and gathered.text(conversion.fahrenheit) == conversion.fahrenheit_is
    fahrenheit_rows = _fahrenheit_rows(conversion, gathered, entry)
    # All in whole numbers until one division at the end: what comes out is the float nearest to the true value.
    divisor = conversion.scale.denominator * conversion.offset.denominator
    factor = conversion.scale.numerator * conversion.offset.denominator
    summand = conversion.offset.numerator * conversion.scale.denominator
    absent = {number for text in conversion.absent if (number := _integer(text)) is not None}
    is_number = frozenset() if conversion.big_endian else value.NUMBERS
    least = -math.inf if conversion.least is None else conversion.least
    most = math.inf if conversion.most is None else conversion.most

    def convert(index: bytes, tag: int, content: bytes) -> float | int | None:
        raw: int | float | None
        if tag in is_number:
            raw = int.from_bytes(content, "big", signed=tag == INTEGER)
            if raw in absent:
                return None
        else:
            raw = _raw(conversion, tag, content)
            if raw is None:
                return None
        exact: int | float = raw * factor + summand
        below: int | float = divisor
        if combine is not None:
            parts = combine(index, raw)
            if parts is None:
                return None
            exact, below = parts[0] * factor + parts[1] * summand, parts[1] * divisor
        if exponents is not None:
            exponent = exponents.get(index)
            if exponent is None:
                return None
            exact, below = (exact * 10**exponent, below) if exponent >= 0 else (exact, below * 10**-exponent)
        if in_fahrenheit or index in fahrenheit_rows:
            exact, below = (exact - 32 * below) * 5, below * 9
        number = exact // below if isinstance(exact, int) and not exact % below else exact / below
        if not least <= number <= most:
            return None
        # To the second: what an answer is late by must not look like a new moment at every scrape.
        return round(now - number) if conversion.ago else number

    return convert


def _raw(conversion: Conversion, tag: int, content: bytes) -> int | float | None:
    """The number as the device sent it; None when it means that there is none."""
    if conversion.big_endian:
        octets = int.from_bytes(content, "big")
        return octets if 1 <= len(content) <= _LONGEST_NUMBER and str(octets) not in conversion.absent else None
    text = readable(tag, content)
    if text in conversion.absent:
        return None
    if tag != OCTET_STRING:
        number = value.number(tag, content)
        return number if number is not None and math.isfinite(number) else None
    # Some cards send numbers as text where their MIB says otherwise.
    found = _found(conversion, text)
    if found is None or found in conversion.absent:
        return None
    return _moment(found, conversion.date) if conversion.date else _with_unit(_number(found), conversion, text)


def _moment(text: str, form: str) -> int | None:
    try:
        return int(datetime.strptime(text, form).replace(tzinfo=UTC).timestamp())
    except ValueError:
        return None


def _with_unit(number: int | float | None, conversion: Conversion, text: str) -> int | float | None:
    if number is None or not conversion.units or conversion.parse is None:
        return number
    found = conversion.parse.search(text)
    factor = conversion.units.get(found["unit"]) if found else None
    return None if factor is None else number * factor


def _found(conversion: Conversion, text: str) -> str | None:
    """The part of a text that counts."""
    if conversion.parse is None:
        return text
    found = conversion.parse.search(text)
    return found["value"] if found else None


def _number(text: str) -> int | float | None:
    whole = _integer(text)
    if whole is not None:
        return whole
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _integer(text: str) -> int | None:
    if len(text) > _LONGEST_DIGITS:
        return None
    try:
        return int(text)
    except ValueError:
        return None


def _exponents(conversion: Conversion, gathered: Gathered, entry: bytes) -> Mapping[bytes, int] | None:
    """By row, the power of ten of ENTITY-SENSOR-MIB; a row without scale or precision has none."""
    if not conversion.scale_column:
        return None
    precisions = {
        index: value.number(tag, content) for index, tag, content in gathered.cells(entry, conversion.precision_column)
    }
    found = {}
    for index, tag, content in gathered.cells(entry, conversion.scale_column):
        scale, precision = value.number(tag, content), precisions.get(index)
        if isinstance(scale, int) and isinstance(precision, int) and 1 <= scale <= 17 and -8 <= precision <= 9:
            found[index] = 3 * (scale - 9) - precision
    return found


def _fahrenheit_rows(conversion: Conversion, gathered: Gathered, entry: bytes) -> Collection[bytes]:
    if not conversion.fahrenheit_column:
        return ()
    return {
        index
        for index, tag, content in gathered.cells(entry, conversion.fahrenheit_column)
        if readable(tag, content) == conversion.fahrenheit_is
    }
