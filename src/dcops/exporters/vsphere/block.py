"""The lines of one object, written with what names it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from dcops.exporters.text import quoted

LONGEST = 200
UNKNOWN = "unknown"
"""The state of an enumeration that this version of dcops has no word for."""
_BLANKS = str.maketrans("\r\0", "  ")
_NUMBERS = (int, float)
_REMEMBERED = 1024
"""Labels and states: those of sensors are the same on every host."""


def clean(text: str) -> str:
    """A text that may stand in a label."""
    return text if len(text) <= LONGEST and text.isprintable() else text[:LONGEST].translate(_BLANKS)


class Block:
    """Lines by metric. What is None, or of another kind than it should be, is left out: absent and never zero."""

    def __init__(self, vcenter: str, moid: str = "") -> None:
        self._head = f"{{vcenter={quoted(vcenter)}" + (f",moid={quoted(moid)}" if moid else "")
        self.lines: dict[str, str] = {}

    def number(self, metric: str, value: Any, factor: float = 1, **labels: str) -> None:
        """A number, in the base unit after its factor."""
        # Not isinstance: a bool is an int too.
        if type(value) in _NUMBERS:
            self._line(metric, labels, value if factor == 1 else value * factor)

    def flag(self, metric: str, value: Any, **labels: str) -> None:
        """Something that is so or is not."""
        if value is True or value is False:
            self._line(metric, labels, int(value))

    def states(self, metric: str, label: str, states: Sequence[str], now_in: Any, **labels: str) -> None:
        """An enumeration: a line for each state."""
        if not isinstance(now_in, str) or not now_in:
            return
        head = f"{metric}{self._head}{_more(labels)},"
        text = "".join([head + tail for tail in _tails(label, tuple(states), now_in if now_in in states else UNKNOWN)])
        self.lines[metric] = self.lines.get(metric, "") + text

    def info(self, metric: str, labels: Mapping[str, Any]) -> None:
        """Texts that describe the object."""
        more = [f",{name}={quoted(clean(str(text)))}" for name, text in labels.items() if text not in (None, "")]
        self._add(metric, f"{metric}{self._head}{''.join(more)}}} 1\n")

    def _line(self, metric: str, labels: Mapping[str, str], value: float) -> None:
        # 15 digits: what a factor of 1e-4 leaves behind in the 17th says nothing.
        written = value if type(value) is int else f"{value:.15g}"
        self._add(metric, f"{metric}{self._head}{_more(labels)}}} {written}\n")

    def _add(self, metric: str, line: str) -> None:
        there = self.lines.get(metric)
        self.lines[metric] = line if there is None else there + line


def _more(labels: Mapping[str, str]) -> str:
    return "".join([_label(name, text) for name, text in labels.items()]) if labels else ""


@lru_cache(_REMEMBERED)
def _label(name: str, text: str) -> str:
    return f",{name}={quoted(clean(text))}"


@lru_cache(_REMEMBERED)
def _tails(label: str, states: Sequence[str], now_in: str) -> tuple[str, ...]:
    """How the lines of an enumeration end."""
    shown = (*states, UNKNOWN) if now_in == UNKNOWN and UNKNOWN not in states else states
    return tuple(f'{label}="{state}"}} {1 if state == now_in else 0}\n' for state in shown)


def together(blocks: Iterable[Block]) -> dict[str, str]:
    """The lines of several objects, by metric."""
    parts: dict[str, list[str]] = {}
    for block in blocks:
        for metric, text in block.lines.items():
            parts.setdefault(metric, []).append(text)
    return {metric: "".join(texts) for metric, texts in parts.items()}
