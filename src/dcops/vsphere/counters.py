"""Names and numbers of performance counters: each vCenter numbers them in its own way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dcops.vsphere.managed import Value


@dataclass(frozen=True, slots=True)
class Counters:
    """The counters that are asked for, as one vCenter numbers them."""

    numbers: Mapping[str, tuple[int, ...]]
    """By kind of object."""
    names: Mapping[int, str]
    unknown: tuple[str, ...]
    """Asked for, and not known there."""

    @classmethod
    def of(cls, wanted: Mapping[str, Sequence[str]], known: Sequence[Value]) -> Counters:
        """Of what a vCenter lists in `perfCounter`."""
        numbers = {name: one["key"] for one in known if (name := _name(one))}
        names = {numbers[name]: name for counters in wanted.values() for name in counters if name in numbers}
        unknown = [name for counters in wanted.values() for name in counters if name not in numbers]
        return cls(
            {kind: tuple(numbers[name] for name in names_ if name in numbers) for kind, names_ in wanted.items()},
            names,
            tuple(dict.fromkeys(unknown)),
        )


def _name(counter: Value) -> str:
    """`cpu.ready.summation`."""
    try:
        return f"{counter['groupInfo']['key']}.{counter['nameInfo']['key']}.{counter['rollupType']}"
    except (KeyError, TypeError):
        return ""
