"""A CSV file as rows: which signs it is written in, which sign divides its columns."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from dcops.errors import InvalidInput

LARGEST_BYTES = 32 * 1024 * 1024
DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
SAVE_AS_CSV = (
    "Open it in Excel or LibreOffice, choose File > Save As and the type 'CSV UTF-8 (comma delimited)', one sheet at a "
    "time, and import that file"
)
_SPREADSHEETS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
_SIGNS_OF_SPREADSHEETS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_BYTE_ORDER_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
# Letters that only Vietnamese has; Western languages have other letters at the places of the code page.
_VIETNAMESE = frozenset("đĐơƠưƯăĂ")
_LOOKED_AT = 200


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the sheet."""

    number: int
    """As the spreadsheet program counts it."""
    cells: tuple[str, ...]

    @property
    def filled(self) -> int:
        """How many of its cells hold something."""
        return sum(bool(cell) for cell in self.cells)

    def cell(self, column: int) -> str:
        """The text of a column; empty beyond the end of the row."""
        return self.cells[column] if column < len(self.cells) else ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a file holds."""

    rows: tuple[Row, ...]
    encoding: str
    delimiter: str
    note: str
    """How it was read, in words."""


def read(path: Path, score: Callable[[Sequence[Row]], int]) -> Sheet:
    """Read a CSV file of any common kind.

    Where the file does not say how it is written, the reading wins in which `score` understands the most.
    """
    if path.suffix.lower() in _SPREADSHEETS:
        raise InvalidInput(f"{path} is a workbook, and only CSV is read", next_step=SAVE_AS_CSV)
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise InvalidInput(f"{path} is larger than {LARGEST_BYTES >> 20} MiB", next_step="Divide it")
        content = path.read_bytes()
    except OSError as error:
        raise InvalidInput(f"{path} cannot be read: {error.strerror or error}") from None
    return parse(content, str(path), score)


def parse(content: bytes, name: str, score: Callable[[Sequence[Row]], int]) -> Sheet:
    """The rows of a file's content."""
    if content.startswith(_SIGNS_OF_SPREADSHEETS):
        raise InvalidInput(f"{name} is a workbook whatever its name says, and only CSV is read", next_step=SAVE_AS_CSV)
    if not content.strip():
        raise InvalidInput(f"{name} is empty")
    best: tuple[int, int, Sheet] | None = None
    trouble = ""
    for encoding, words in _encodings(content):
        try:
            text = unicodedata.normalize("NFC", content.decode(encoding))
        except UnicodeDecodeError:
            continue
        for delimiter in _delimiters(text):
            try:
                rows = _rows(text, delimiter)
            except csv.Error as error:
                trouble = trouble or str(error)
                continue
            sheet = Sheet(rows, encoding, delimiter, f"read as {words}, columns divided by {DELIMITERS[delimiter]}")
            mark = (score(rows), _regularity(rows))
            if best is None or mark > best[:2]:
                best = (*mark, sheet)
    # With a divider that is none of its own any file is a list of whole lines: that is no reading.
    if best is None or (trouble and not best[0]):
        raise InvalidInput(
            f"{name} cannot be read as CSV{f': {trouble}' if trouble else ''}",
            next_step="Look for a quotation mark that is never closed. " + SAVE_AS_CSV,
        )
    return best[2]


def _encodings(content: bytes) -> list[tuple[str, str]]:
    """The readings that are possible, the likeliest first, each with its name for people."""
    for mark, encoding in _BYTE_ORDER_MARKS:
        if content.startswith(mark):
            return [(encoding, "UTF-8" if encoding == "utf-8-sig" else "UTF-16")]
    if b"\x00" in content[:4000]:
        little = content[1:4000:2].count(0) >= content[0:4000:2].count(0)
        return [("utf-16-le" if little else "utf-16-be", "UTF-16 (it does not say so itself)")]
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        vietnamese = ("cp1258", "Windows-1258 (Vietnamese; if letters look wrong, save the file as UTF-8)")
        western = ("cp1252", "Windows-1252 (Western; if letters look wrong, save the file as UTF-8)")
        looks_vietnamese = bool(_VIETNAMESE & set(content.decode("cp1258", "replace")))
        return [vietnamese, western] if looks_vietnamese else [western, vietnamese]
    return [("utf-8", "UTF-8")]


def _delimiters(text: str) -> list[str]:
    first = text.lstrip("\ufeff").split("\n", 1)[0].strip()
    # Excel writes this line where the list separator is not the one that the reader may expect.
    if first.lower().startswith("sep=") and first[4:5] in DELIMITERS:
        return [first[4:5]]
    return list(DELIMITERS)


def _rows(text: str, delimiter: str) -> tuple[Row, ...]:
    rows = []
    # Strict, or a quotation mark that is never closed would swallow the rest of the file without a word.
    for number, cells in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True), 1):
        tidy = tuple(_tidy(cell) for cell in cells)
        if any(tidy) and not (number == 1 and tidy[0].lower().startswith("sep=")):
            rows.append(Row(number, tidy))
    return tuple(rows)


def _tidy(cell: str) -> str:
    """A cell without what spreadsheets leave around it: blanks that do not break, signs without width."""
    bare = cell.replace("\u00a0", " ").replace("\u200b", "").replace("\ufeff", "").replace("\r\n", "\n")
    lines = (" ".join(line.split()) for line in bare.replace("\r", "\n").split("\n"))
    return "\n".join(line for line in lines if line)


def _regularity(rows: Sequence[Row]) -> int:
    """How many rows have the width that most have, when that is more than one column."""
    widths = [len(row.cells) for row in rows[:_LOOKED_AT] if len(row.cells) > 1]
    return max((widths.count(width) for width in set(widths)), default=0)
