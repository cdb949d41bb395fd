"""The labels of each row of a table, as the text that stands between the braces; made once for a scrape."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from ipaddress import IPv6Address

from dcops.exporters.snmp.gathered import Gathered, readable
from dcops.exporters.snmp.profile import IndexForm, LabelSource
from dcops.exporters.text import joined
from dcops.snmp import oid, value
from dcops.snmp.ber import OBJECT_IDENTIFIER

_LONGEST = 200
_BLANKS = str.maketrans("\r\0", "  ")


def texts(
    sources: Mapping[str, LabelSource], rows: Iterable[bytes], gathered: Gathered, entry: bytes
) -> dict[bytes, dict[str, str]]:
    """By row, the text of each label; a row without any text for a label has an empty one."""
    readers = {name: _reader(source, gathered, entry) for name, source in sources.items()}
    return {row: {name: read(row) for name, read in readers.items()} for row in rows}


def endings(
    sources: Mapping[str, LabelSource], rows: Iterable[bytes], gathered: Gathered, entry: bytes, *, first: bool
) -> dict[bytes, str]:
    """By row, what closes its labels with these at their end; see `closing`. Most rows have them in common."""
    known: dict[tuple[str, ...], str] = {}
    found = {}
    for row, more in texts(sources, rows, gathered, entry).items():
        words = tuple(more.values())
        if words not in known:
            known[words] = closing(more, first=first)
        found[row] = known[words]
    return found


def opened(labels: Mapping[str, str]) -> str:
    """Labels without their end, to which more may be added: `{interface="Gi0/0"`."""
    return joined(labels)[:-1]


def closing(more: Mapping[str, str], *, first: bool) -> str:
    """The end, with more labels: `,cast="unicast"}`. `first` where there are no others before them."""
    if not more:
        return "" if first else "}"
    return joined(more) if first else "," + joined(more)[1:]


def single(sources: Mapping[str, LabelSource], gathered: Gathered) -> dict[str, str]:
    """The labels of a single value."""
    return {name: _reader(source, gathered, b"")(b"") for name, source in sources.items()}


Read = Callable[[bytes], str]


def _reader(source: LabelSource, gathered: Gathered, entry: bytes) -> Read:
    read = _named(source, _clean(_cut(source, _first(source, gathered, entry))))
    if source.otherwise is None:
        return read
    other = _reader(source.otherwise, gathered, entry)
    return lambda row: read(row) or other(row)


def _clean(read: Read) -> Read:
    def clean(row: bytes) -> str:
        text = read(row)
        return text if len(text) <= _LONGEST and text.isprintable() else text[:_LONGEST].translate(_BLANKS)

    return clean


def _cut(source: LabelSource, read: Read) -> Read:
    pattern = source.parse
    if pattern is None:
        return read

    def cut(row: bytes) -> str:
        text = read(row)
        found = pattern.search(text)
        return found["value"] if found else text

    return cut


def _named(source: LabelSource, read: Read) -> Read:
    names, prefix = source.names, source.prefix
    if prefix and not names:
        return lambda row: f"{prefix}{text}" if (text := read(row)) else ""
    if not names:
        return read

    def named(row: bytes) -> str:
        text = read(row)
        text = names.get(text, text)
        return f"{prefix}{text}" if text else ""

    return named


def _first(source: LabelSource, gathered: Gathered, entry: bytes) -> Read:
    if source.constant:
        return lambda _: source.constant
    if source.oid:
        text = gathered.text(source.oid)
        return lambda _: text
    if source.column:
        return _of_column(source, gathered, entry)
    first, last = source.index or (0, None)
    if source.form is IndexForm.NUMBERS and not source.add:
        return lambda row: ".".join(map(str, oid.numbers(row)[first:last]))
    return lambda row: _of_index(row, first, last, source.form, source.add)


def _of_column(source: LabelSource, gathered: Gathered, entry: bytes) -> Read:
    by_row = {index: readable(tag, content) for index, tag, content in gathered.cells(source.entry, source.column)}
    if not source.pointer:
        if source.index is None or source.entry == entry:
            return lambda row: by_row.get(row, "")
        first, last = source.index
        return lambda row: by_row.get(_part(row, first, last), "")
    ours = {index: (tag, content) for index, tag, content in gathered.cells(entry, source.pointer)}
    if source.matches:
        rows = {readable(tag, content): index for index, tag, content in gathered.cells(source.entry, source.matches)}
        return lambda row: by_row.get(rows.get(readable(*ours[row]), b"\xff"), "") if row in ours else ""
    return lambda row: by_row.get(_pointed(*ours[row]), "") if row in ours else ""


def _pointed(tag: int, content: bytes) -> bytes:
    """The index that a pointer names: a number, or an OID whose last number it is."""
    if tag == OBJECT_IDENTIFIER:
        return oid.suffix(oid.numbers(content)[-1:])
    found = value.number(tag, content)
    return oid.suffix((found,)) if isinstance(found, int) and 0 <= found <= oid.LARGEST else b"\xff"


def _part(row: bytes, first: int, last: int | None) -> bytes:
    return oid.suffix(oid.numbers(row)[first:last])


def _of_index(row: bytes, first: int, last: int | None, form: IndexForm, add: int = 0) -> str:
    part = oid.numbers(row)[first:last]
    match form:
        case IndexForm.IPV4:
            return ".".join(map(str, part))
        case IndexForm.INET:
            return _address(part)
        case IndexForm.TEXT:
            return bytes(number & 0xFF for number in part[1:]).decode("utf-8", "replace")
        case IndexForm.IMPLIED_TEXT:
            return bytes(number & 0xFF for number in part).decode("utf-8", "replace")
        case IndexForm.HEX:
            return bytes(number & 0xFF for number in part).hex()
    return ".".join(str(number + add) for number in part)


def _address(part: tuple[int, ...]) -> str:
    """An address with its type and length before it, or without."""
    for skipped in (2, 1, 0):
        rest = part[skipped:]
        if len(rest) == 4:
            return ".".join(map(str, rest))
        if len(rest) == 16 and max(rest) < 0x100:
            return str(IPv6Address(bytes(rest)))
        if len(rest) == 20 and max(rest) < 0x100:
            # Of a link, with the number of its interface behind it (InetAddressIPv6z).
            return f"{IPv6Address(bytes(rest[:16]))}%{int.from_bytes(bytes(rest[16:]), 'big')}"
    return ".".join(map(str, part))
