"""Ignore noise: what the text of a described platform says although nobody changed anything."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dcops.model.bounds import LONGEST_LINE
from dcops.model.platform import Noise


def rows(text: str) -> list[str]:
    """The lines of a text without white space at their ends, without blank ones at its head and foot."""
    lines = [line.rstrip(" \t\r") for line in text.split("\n")]
    first = next((place for place, line in enumerate(lines) if line), len(lines))
    last = next((place for place, line in enumerate(reversed(lines)) if line), 0)
    return lines[first : len(lines) - last]


def without_noise(lines: Sequence[str], rules: Sequence[Noise]) -> tuple[list[str], dict[str, str]]:
    """Drop what changes by itself, in the device's order, and give what it told by the names of its groups."""
    facts: dict[str, str] = {}
    kept = list(_quiet(lines, rules, facts))
    return rows("\n".join(kept)), facts


def _quiet(lines: Sequence[str], rules: Sequence[Noise], facts: dict[str, str]) -> Iterator[str]:
    block: Noise | None = None
    held: list[str] = []
    for line in lines:
        if block is not None and block.ends:
            held.append(line)
            if block.ends.search(line[:LONGEST_LINE]):
                block, held = None, []
            continue
        shown: str | None = line
        for rule in rules:
            if shown is None or len(shown) > LONGEST_LINE:
                break
            match = rule.pattern.search(shown)
            if match is None:
                continue
            facts |= {name: value.strip() for name, value in match.groupdict().items() if value}
            if rule.instead is not None:
                shown = rule.pattern.sub(rule.instead, shown)
            else:
                shown = None
                if rule.ends:
                    block, held = rule, [line]
        if shown is not None:
            yield shown
    # A block that never ends is none: nothing may vanish to the end of the text.
    yield from held
