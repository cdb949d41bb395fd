"""Tables for spreadsheets."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence

from dcops.templates.render import visible

# A spreadsheet takes a cell that begins with one of these as a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_table(columns: Sequence[str], rows: Iterable[Mapping[str, object]]) -> str:
    """A table as CSV with a heading; what a row does not say is empty, and no text is a formula or steers."""
    stream = io.StringIO()
    table = csv.DictWriter(stream, columns, restval="", lineterminator="\r\n")
    table.writeheader()
    for row in rows:
        table.writerow({name: _cell(value) for name, value in row.items()})
    return stream.getvalue()


def _cell(value: object) -> object:
    return visible(f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value)
