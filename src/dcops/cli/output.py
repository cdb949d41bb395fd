"""How results are printed: tables for people, JSON for machines, nothing that harms a terminal."""

from __future__ import annotations

import json
import re
import shutil
import sys
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from dcops.model.moment import rfc3339

if TYPE_CHECKING:
    from rich.console import Console

WITHOUT_TERMINAL = 160
# Control characters, and the Unicode signs that reorder text on a screen.
HARMFUL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def harmless(text: str) -> str:
    """The text with control characters shown as `\\xNN` instead of obeyed by the terminal."""
    return HARMFUL.sub(lambda match: match[0].encode("unicode_escape", "surrogatepass").decode(), text)


def console(*, stderr: bool = False) -> Console:
    """A console that honours NO_COLOR and does not guess markup in data."""
    from rich.console import Console

    # Without a terminal there is no width to fit: tables are then as wide as they need.
    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() else WITHOUT_TERMINAL
    return Console(stderr=stderr, highlight=False, markup=False, emoji=False, width=width)


def table(headings: Sequence[str], rows: Sequence[Sequence[str]], *, styles: Sequence[str] | None = None) -> None:
    """Print rows under headings on stdout; `styles` gives one rich style per row."""
    lines = simple_table(headings, rows, width=_width()) if not styles else None
    if lines:
        click.echo("\n".join([click.style(lines[0], bold=True), *lines[1:]]))
        return
    from rich import box
    from rich.table import Table
    from rich.text import Text

    grid = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    for index, heading in enumerate(headings):
        grid.add_column(heading.upper(), overflow="fold", no_wrap=index == 0)
    for index, row in enumerate(rows):
        style = styles[index] if styles else ""
        grid.add_row(*(Text(harmless(cell), style=style) for cell in row))
    screen = console()
    with screen.capture() as captured:
        screen.print(grid)
    # rich fills every line with spaces up to the right edge, and puts an empty one above and below.
    lines = [line.rstrip() for line in captured.get().splitlines()]
    click.echo("\n".join(line for line in lines if line))


def simple_table(headings: Sequence[str], rows: Sequence[Sequence[str]], *, width: int) -> list[str] | None:
    """A table as rich draws it; None when it takes rich: signs of another width, lines to be broken.

    Most tables are plain ASCII that fits. To load rich for them costs people more than the rest of the command.
    """
    cells = [[heading.upper() for heading in headings], *rows]
    if not all(cell.isascii() and cell.isprintable() for row in cells for cell in row):
        return None
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    rule = sum(widths) + 3 * (len(widths) - 1)
    if rule + 2 > width:
        return None
    lines = [" " + "   ".join(map(str.ljust, row, widths)).rstrip() for row in cells]
    return [lines[0], " " + "─" * rule, *(line for line in lines[1:] if line.strip())]


def _width() -> int:
    """How many signs fit on a line. Without a terminal there is none to fit: see `console`."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else WITHOUT_TERMINAL


def print_json(value: Any) -> None:
    """Print one JSON document on stdout."""
    text = json.dumps(value, ensure_ascii=False, indent=2, default=_plain)
    # JSON leaves what is above ASCII as it is, and some of that moves the cursor or turns the text around.
    click.echo(HARMFUL.sub(lambda match: f"\\u{ord(match[0]):04x}", text))


def _plain(value: object) -> str:
    return rfc3339(value) if isinstance(value, datetime) else str(value)
