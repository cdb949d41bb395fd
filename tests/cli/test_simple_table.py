"""Tables that need no rich look exactly as rich draws them."""

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from dcops.cli.output import simple_table

cells = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=14)


def drawn_by_rich(headings, rows, width):
    grid = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    for index, heading in enumerate(headings):
        grid.add_column(heading.upper(), overflow="fold", no_wrap=index == 0)
    for row in rows:
        grid.add_row(*(Text(cell) for cell in row))
    screen = Console(file=io.StringIO(), width=width, highlight=False, markup=False, emoji=False)
    screen.print(grid)
    return [line for line in (line.rstrip() for line in screen.file.getvalue().splitlines()) if line]


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 4).flatmap(lambda n: st.lists(st.lists(cells, min_size=n, max_size=n), min_size=1, max_size=6)))
def test_a_simple_table_is_what_rich_draws(table):
    # A heading is a word: it has a sign, and none of them is a space at its edge.
    headings = [f"h{cell.strip()}" for cell in table[0]]
    rows = [[cell.strip() for cell in row] for row in table[1:]]

    assert simple_table(headings, rows, width=160) == drawn_by_rich(headings, rows, 160)


@pytest.mark.parametrize("cell", ["ổn", "日本", "a\nb", "a\tb", "\x1b[31m", "x" * 200])
def test_what_is_not_simple_is_left_to_rich(cell):
    assert simple_table(["Device"], [[cell]], width=160) is None
