"""What an import would do: every row with its outcome, every column with its meaning. Nothing is written here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from dcops.errors import InvalidInput, UsageError
from dcops.inventory.inventory import Inventory, sentence
from dcops.inventory.spreadsheet import headings
from dcops.inventory.spreadsheet.headings import FIELDS, IGNORE, Column, Head
from dcops.inventory.spreadsheet.letters import plain
from dcops.inventory.spreadsheet.read import Row, Sheet
from dcops.inventory.spreadsheet.row import Outcome, Planned, Surroundings, device_of, texts_of
from dcops.inventory.spreadsheet.values import Unusable, month_first
from dcops.inventory.words import did_you_mean, shown
from dcops.model.device import Device

# People merge cells in these columns; in a CSV file only the first of merged cells is filled.
_MERGED = frozenset({"site", "rack", "owner", "vendor"})
_DATES = ("end_of_sale", "end_of_support")
_NOT_AS_DEFAULT = frozenset({"name", "address", "serial", IGNORE})


@dataclass(frozen=True, slots=True)
class Plan:
    """What an import would do."""

    columns: tuple[Column, ...]
    rows: tuple[Planned, ...]
    notes: tuple[str, ...]
    """What holds for the whole sheet: how it was read, cells that were filled from above."""

    def of(self, outcome: Outcome) -> tuple[Planned, ...]:
        """The rows with one outcome."""
        return tuple(row for row in self.rows if row.outcome is outcome)

    @property
    def secret_columns(self) -> tuple[Column, ...]:
        """Columns that look like passwords."""
        return tuple(column for column in self.columns if column.secret)

    @property
    def unused_columns(self) -> tuple[Column, ...]:
        """Columns of which nothing is taken, without those that only count rows."""
        return tuple(one for one in self.columns if one.field is None and not one.secret and one.heading)


def defaults(pairs: Sequence[str], inventory: Inventory) -> dict[str, str]:
    """`field=value` from the command line; raises UsageError for what is none."""
    allowed = [field for field in FIELDS if field not in _NOT_AS_DEFAULT]
    found = {}
    for pair in pairs:
        field, equals, value = pair.partition("=")
        base, dot, platform = field.partition(".")
        if not equals or not value.strip():
            raise UsageError(f"--default takes field=value, not {shown(pair)}", next_step="For example: site=main")
        if base not in allowed or (dot and (base != "credential" or not platform)):
            hint = did_you_mean(field, allowed) or f"there are: {', '.join(allowed)}"
            raise UsageError(f"there is no field {shown(field)} with a default", next_step=sentence(hint))
        if base == "credential":
            inventory.credential(value.strip())
        if base == "site":
            inventory.site(value.strip())
        found[field] = value.strip()
    return found


def plan(sheet: Sheet, mapped: Mapping[str, str], given: Mapping[str, str], inventory: Inventory) -> Plan:
    """What an import of the sheet would do to the inventory."""
    head = headings.find(sheet.rows, mapped)
    if head is None:
        raise InvalidInput(
            "no row of the file has headings that are known",
            next_step='Name them, for example: --map "Tên máy=name" --map "Dòng máy=model"',
        )
    if unknown := set(mapped) - {plain(column.heading) for column in head.columns}:
        near = did_you_mean(sorted(unknown)[0], [column.heading for column in head.columns if column.heading])
        raise UsageError(f"the sheet has no column {shown(sorted(unknown)[0])}", next_step=sentence(near))
    body = list(_body(head))
    cells = {row.number: {column.index: row.cell(column.index) for column in head.columns} for row, _ in body}
    notes = [sheet.note, f"headings in row {head.row}"]
    notes += _fill_down(head.columns, [row for row, caption in body if not caption], cells)
    around = Surroundings(inventory, given, _orders(head, cells, notes))
    planned = []
    for row, caption in body:
        if caption:
            planned.append(Planned(row.number, Outcome.SKIPPED, reason=caption))
            continue
        texts, left_out = texts_of(head.columns, cells[row.number])
        planned.append(device_of(row.number, texts, left_out, around))
    return Plan(head.columns, tuple(_apart(planned, inventory.devices)), tuple(notes))


def _body(head: Head) -> Iterator[tuple[Row, str]]:
    """The rows below the headings; those that are no device with the reason."""
    titles = {plain(column.heading) for column in head.columns if column.heading}
    known = sum(bool(column.field) for column in head.columns)
    for row in head.rows:
        cells = [plain(cell) for cell in row.cells if cell]
        if row.filled == 1 and known > 2:
            yield row, f"a caption: {shown(next(cell for cell in row.cells if cell))}"
        elif len(cells) > 1 and set(cells) <= titles:
            yield row, "the headings again"
        else:
            yield row, ""


def _fill_down(columns: Sequence[Column], rows: Sequence[Row], cells: dict[int, dict[int, str]]) -> Iterator[str]:
    """Fill the gaps of merged cells, and tell of it.

    Merged cells are known by this: the first is filled, there are gaps, and no two rows in a row say the same.
    """
    for column in columns:
        written = [cells[row.number][column.index] for row in rows]
        if column.field not in _MERGED or not written or not written[0] or all(written):
            continue
        if any(one and one == other for one, other in pairwise(written)):
            continue
        above, filled = "", []
        for row, text in zip(rows, written, strict=True):
            if not text:
                cells[row.number][column.index] = above
                filled.append(row.number)
            above = text or above
        yield (
            f"column {column.letter} {shown(column.heading)} has merged cells: rows {_ranges(filled)} take the value "
            "above them"
        )


def _orders(head: Head, cells: Mapping[int, Mapping[int, str]], notes: list[str]) -> dict[str, bool | None]:
    """How each column with dates writes them."""
    orders: dict[str, bool | None] = {}
    for column in head.columns:
        if column.field in _DATES:
            try:
                order = month_first(row[column.index] for row in cells.values())
            except Unusable as error:
                order = None
                notes.append(f"column {column.letter} {shown(column.heading)}: {error}; read with the day first")
            if order:
                notes.append(f"column {column.letter} {shown(column.heading)} writes the month first")
            orders[str(column.field)] = order
    return orders


def _apart(planned: Iterable[Planned], devices: Sequence[Device]) -> Iterator[Planned]:
    """Tell apart what is new, what the inventory has, and what stands twice in the sheet."""
    known = {sign: f"device {device.name}" for device in devices for sign in _signs_of(device)}
    seen: dict[tuple[str, str], int] = {}
    for one in planned:
        if one.outcome is not Outcome.ADD:
            yield one
            continue
        signs = _signs(one)
        if there := next((sign for sign in signs if sign in known), None):
            yield replace(one, outcome=Outcome.EXISTS, reason=f"{known[there]} has this {there[0]} already")
            continue
        if twice := next((sign for sign in signs if sign in seen), None):
            reason = f"row {seen[twice]} has the same {twice[0]}, {twice[1]}"
            yield replace(one, outcome=Outcome.UNUSABLE, reason=reason)
            continue
        seen.update(dict.fromkeys(signs, one.row))
        yield one


def _signs(one: Planned) -> list[tuple[str, str]]:
    management = one.values.get("management", {})
    signs = [("name", one.name)]
    signs += [("address", str(management[key])) for key in ("ipv4", "ipv6") if key in management]
    if serial := one.values.get("serial"):
        signs.append(("serial", str(serial).lower()))
    return signs


def _signs_of(device: Device) -> Iterator[tuple[str, str]]:
    yield "name", device.name
    if device.management:
        for address in (device.management.ipv4, device.management.ipv6):
            if address:
                yield "address", str(address)
    if device.serial:
        yield "serial", device.serial.lower()


def _ranges(numbers: Sequence[int]) -> str:
    """`5-7, 9`."""
    parts: list[list[int]] = []
    for number in numbers:
        if parts and number == parts[-1][-1] + 1:
            parts[-1].append(number)
        else:
            parts.append([number])
    return ", ".join(str(part[0]) if len(part) == 1 else f"{part[0]}-{part[-1]}" for part in parts)
