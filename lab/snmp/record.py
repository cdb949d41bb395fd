"""Reads recorded walks: `.snmprec`, one `OID|TAG|VALUE` a line, and what `snmpwalk -On` prints."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from lab.snmp import oid
from lab.snmp.ber import INTEGER, NULL, OBJECT_IDENTIFIER, OCTET_STRING
from lab.snmp.oid import Numbers
from lab.snmp.value import COUNTER32, COUNTER64, GAUGE32, IP_ADDRESS, OPAQUE, TIME_TICKS, encoded

FOLDER = Path(__file__).resolve().parent.parent / "devices" / "snmp"
"""Where the walks lie that we wrote ourselves."""


class BadRecord(Exception):
    """A line that is no row of a walk, by file and number."""


class Row(NamedTuple):
    """A name and the element that stands under it."""

    name: Numbers
    value: bytes


def read(file: Path) -> list[Row]:
    """The rows of a recorded walk, as they stand in the file."""
    # Recorders write text as the device sent it: it need not be UTF-8.
    text = file.read_bytes().decode("utf-8", "surrogateescape")
    rows = _records if file.suffix == ".snmprec" else _printed
    return list(rows(text, file))


def row(line: str) -> Row:
    """The row of a line `OID|TAG|VALUE`; raises ValueError."""
    name, tag, value = line.split("|", 2)
    tag, _, variation = tag.partition(":")
    if variation:
        value = _first(value)
    is_hex = tag.endswith("x")
    number = int(tag.removesuffix("x"))
    if is_hex:
        return Row(oid.numbers(name), encoded(number, bytes.fromhex(value.removeprefix("0x"))))
    if number in (OCTET_STRING, OPAQUE):
        return Row(oid.numbers(name), encoded(number, value.encode("utf-8", "surrogateescape")))
    if number == IP_ADDRESS:
        return Row(oid.numbers(name), encoded(number, _address(value)))
    return Row(oid.numbers(name), encoded(number, value.strip()))


def _first(options: str) -> str:
    """What a value begins with that a recording lets change: `initial=1,max=2`, `value=text`."""
    chosen = dict(option.partition("=")[::2] for option in options.split(","))
    return next((chosen[word] for word in ("initial", "value", "min") if word in chosen), "")


def _records(text: str, file: Path) -> Iterator[Row]:
    for number, line in enumerate(text.split("\n"), 1):
        if not (line := line.removesuffix("\r")).strip() or line.startswith("#"):
            continue
        try:
            yield row(line)
        except ValueError as error:
            raise BadRecord(f"{file}:{number}: {error}") from None


# ---- what snmpwalk prints ----------------------------------------------------------------------

_START = re.compile(r"^\.?(\d+(?:\.\d+)+) = (.*)$")
_TYPED = re.compile(r"^([A-Za-z][A-Za-z0-9 -]*): ?(.*)$", re.DOTALL)
_NUMBER = re.compile(r"-?\d+")
_TYPES = {
    "INTEGER": INTEGER,
    "Counter32": COUNTER32,
    "Gauge32": GAUGE32,
    "Unsigned32": GAUGE32,
    "UInteger32": 0x47,
    "Counter64": COUNTER64,
    "Timeticks": TIME_TICKS,
    "OID": OBJECT_IDENTIFIER,
    "IpAddress": IP_ADDRESS,
    "Network Address": IP_ADDRESS,
    "NULL": NULL,
}


def _printed(text: str, file: Path) -> Iterator[Row]:
    name, held, began = "", "", 0
    for number, line in enumerate([*text.split("\n"), ".0.0 = "], 1):
        found = _START.match(line.removesuffix("\r"))
        if found is None:
            held += "\n" + line.removesuffix("\r")
            continue
        if name and (value := _value(held, f"{file}:{began}")) is not None:
            yield Row(oid.numbers(name), value)
        name, held, began = found[1], found[2], number


def _value(text: str, place: str) -> bytes | None:
    """The element of what stands behind `=`; None where the agent had nothing."""
    text = text.rstrip("\n")
    if text.startswith(("No Such", "No more variables", "NULL")):
        return None
    if text in ('""', ""):
        return encoded(OCTET_STRING, b"")
    if text.isdecimal():
        # With -Ot the time ticks stand there without their type, and no other type does.
        return encoded(TIME_TICKS, int(text))
    typed = _TYPED.match(text)
    try:
        if typed is None or typed[1] not in {*_TYPES, "STRING", "Hex-STRING", "BITS", "Opaque"}:
            return encoded(OCTET_STRING, _unquoted(text))
        kind, value = typed[1], typed[2]
        if kind in ("STRING", "Opaque"):
            return encoded(OCTET_STRING, _unquoted(value))
        if kind in ("Hex-STRING", "BITS"):
            return encoded(OCTET_STRING, bytes.fromhex("".join(re.findall(r"\b[0-9A-Fa-f]{2}\b", value))))
        if kind == "OID":
            return encoded(OBJECT_IDENTIFIER, value)
        if kind in ("IpAddress", "Network Address"):
            return encoded(IP_ADDRESS, _address(value))
        # `up(1)`, `(4711) 0:00:47.11`, `230 Volts`: the number is the first that stands in parentheses, or alone.
        bracketed = re.search(r"\((-?\d+)\)", value)
        digits = bracketed[1] if bracketed else _NUMBER.search(value)[0]  # type: ignore[index]
        return encoded(_TYPES[kind], int(digits))
    except (ValueError, TypeError) as error:
        raise BadRecord(f"{place}: {error}") from None


def _unquoted(text: str) -> bytes:
    if len(text) >= 2 and text[0] == text[-1] == '"':
        text = text[1:-1].replace('\\"', '"').replace("\\\\", "\\")
    return text.encode("utf-8", "surrogateescape")


def _address(text: str) -> bytes:
    """Four bytes, dotted or in hexadecimal or as they are. Whoever made a recording harmless may write 023 for 23."""
    if len(parts := text.strip().split(".")) == 4:
        return bytes(map(int, parts))
    if len(parts := text.strip().split(":")) == 4:
        return bytes.fromhex("".join(parts))
    raw = text.encode("utf-8", "surrogateescape")
    if len(raw) != 4:
        raise ValueError(f"{text!r} is no address")
    return raw
