"""What was captured, as something that can be asked: lines in blocks, XML, or properties."""

from __future__ import annotations

from enum import StrEnum


class Shape(StrEnum):
    """How a source is read. A kind of rule works on one of them."""

    LINES = "lines"
    XML = "XML"
    PROPERTIES = "properties"


class Unreadable(ValueError):
    """A source of which nothing can be said; the text says why."""


# What the configurations of platforms are. All others are lines: command-line platforms described by data.
SHAPES: dict[str, frozenset[Shape]] = {
    "esxi": frozenset({Shape.PROPERTIES}),
    "linux": frozenset({Shape.LINES, Shape.PROPERTIES}),
    "panos": frozenset({Shape.XML}),
    "peplink": frozenset({Shape.PROPERTIES}),
    "sfos": frozenset({Shape.XML}),
    "vcenter": frozenset({Shape.PROPERTIES}),
}


def shapes_of(platform: str) -> frozenset[Shape]:
    """How the configuration of a platform can be read."""
    return SHAPES.get(platform, frozenset({Shape.LINES}))
