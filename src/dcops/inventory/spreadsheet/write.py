"""The new inventory file: its text, what the check says of it, and how it comes to stand beside the others."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from dcops.errors import CannotRun, InvalidInput
from dcops.inventory import files
from dcops.inventory.load import check
from dcops.inventory.mistake import InvalidInventory, Mistake
from dcops.inventory.spreadsheet.letters import name_of
from dcops.inventory.spreadsheet.row import Planned

FOLDER = "devices"


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file that does not lie in the inventory yet."""

    path: Path
    text: str
    row_of_line: dict[int, int]
    """The row of the sheet behind each line of the text."""


@dataclass(frozen=True, slots=True)
class RowMistake:
    """What the inventory's check would say, and which row is to blame; row 0: none of them alone."""

    row: int
    message: str


def new_file(folder: Path, source: str, rows: Sequence[Planned], today: str) -> NewFile:
    """The file for the rows that are to be added, in the inventory folder."""
    path = folder / FOLDER / f"{name_of(Path(source).stem) or 'imported'}.yaml"
    lines = [f"# From {_harmless(Path(source).name)}, brought in on {today} by: dcops inventory import", "devices:"]
    row_of_line: dict[int, int] = {}
    for row in rows:
        lines.append(f"  # row {row.row}{_said(row)}")
        for number, (key, value) in enumerate(row.values.items()):
            lines.append(f"  {'-' if number == 0 else ' '} {key}: {_yaml(value)}")
            row_of_line[len(lines)] = row.row
        lines.append("")
    return NewFile(path, "\n".join(lines).rstrip("\n") + "\n", row_of_line)


def mistakes(folder: Path, new: NewFile) -> tuple[RowMistake, ...]:
    """What the check says of the inventory with the new file in it, in the words of the sheet.

    Raises InvalidInventory when the inventory has mistakes already.
    """
    inventory, before = check(folder)
    if inventory is None:
        raise InvalidInventory(before)
    shown = new.path.relative_to(folder.parent).as_posix()
    _, found = check(folder, [files.parse(new.text.encode(), shown)])
    return tuple(_of_row(mistake, shown, new) for mistake in found)


def write(new: NewFile) -> None:
    """Put the file into its place; it comes whole or not at all, and never in place of another."""
    refuse_to_overwrite(new)
    draft = new.path.with_name(f".{new.path.name}.{os.getpid()}")
    try:
        new.path.parent.mkdir(parents=True, exist_ok=True)
        with draft.open("x", encoding="utf-8", newline="\n") as stream:
            stream.write(new.text)
            stream.flush()
            os.fsync(stream.fileno())
        # A link is refused where a file came to be in the meantime; a rename would replace it.
        os.link(draft, new.path)
    except FileExistsError:
        refuse_to_overwrite(new)
        raise CannotRun(f"{new.path} cannot be written: another import is at work") from None
    except OSError as error:
        raise CannotRun(f"{new.path} cannot be written: {error.strerror or error}") from None
    finally:
        with suppress(OSError):
            draft.unlink()


def refuse_to_overwrite(new: NewFile) -> None:
    """Raise InvalidInput when there is a file of that name."""
    if os.path.lexists(new.path):
        raise InvalidInput(
            f"{new.path} is there already, and an import never overwrites a file",
            next_step="Rename the CSV file: the new file is named after it. Or remove the old one first",
        )


def _of_row(mistake: Mistake, shown: str, new: NewFile) -> RowMistake:
    words = f"{mistake.message}{f' ({mistake.hint})' if mistake.hint else ''}"
    if mistake.file != shown:
        # The new file makes an old one wrong, or the hint says which row is meant.
        return RowMistake(0, f"{mistake.file}:{mistake.line}: {words}")
    near = [line for line in new.row_of_line if line <= mistake.line]
    return RowMistake(new.row_of_line[max(near)] if near else 0, words)


def _said(row: Planned) -> str:
    parts = []
    if row.written and row.written != row.name:
        parts.append(f"there: {_harmless(row.written)}")
    if row.guessed:
        parts.append(f"guessed: {', '.join(row.guessed)}")
    return f"; {'; '.join(parts)}" if parts else ""


def _harmless(text: str) -> str:
    return "".join(sign if sign.isprintable() else " " for sign in text)


def _yaml(value: Any) -> str:
    """A value on one line, read alike by every reader: what looks like a number stands in quotes."""
    if isinstance(value, str) and "\n" in value:
        return json.dumps(value, ensure_ascii=False)
    text: str = yaml.safe_dump(
        value, default_flow_style=True, allow_unicode=True, sort_keys=False, width=10_000, explicit_end=False
    )
    return " ".join(_without_end(text.splitlines()))


def _without_end(lines: Iterable[str]) -> list[str]:
    return [line.strip() for line in lines if line != "..."]
