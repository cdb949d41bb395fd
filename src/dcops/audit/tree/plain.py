"""Text of any other command line or file as lines: indentation makes blocks, `!` and `#` begin comments."""

from __future__ import annotations

from dcops.audit.pattern import Book
from dcops.audit.tree.lines import Builder, Lines

_HEADING = "=== "
"""Begins a file in the listing of a server: what follows stands in a block of its own."""


def read(text: str, book: Book) -> Lines:
    """The lines of a text; raises Unreadable."""
    builder = Builder(book)
    listing = text.startswith(_HEADING)
    for at, row in enumerate(text.split("\n"), start=1):
        if row.lstrip()[:1] in ("", "!", "#"):
            continue
        builder.add(at, f" {row}" if listing and not row.startswith(_HEADING) else row)
    return builder.built()
