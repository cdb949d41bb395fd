"""Checks that are written in Python: a function with an identity."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from dcops.audit.look import Look
from dcops.audit.said import Said
from dcops.model.finding import Severity

Function = Callable[[Look], Iterable[str | Said]]
"""Gives what is wrong; raises Unknown or NotApplicable."""


@dataclass(frozen=True, slots=True)
class Check:
    """A function, and what the first line of its docstring says it looks for."""

    id: str
    title: str
    why: str
    severity: Severity
    platforms: tuple[str, ...]
    reference: str
    fix: str
    parameters: frozenset[str]
    function: Function

    @property
    def name(self) -> str:
        """As `python:` in a rule names it."""
        return self.function.__name__.replace("_", "-")

    def __call__(self, look: Look) -> Iterable[str | Said]:
        """What is wrong."""
        return self.function(look)


def check(
    id: str,
    *,
    severity: Severity,
    platforms: Sequence[str],
    reference: str = "",
    fix: str = "",
    parameters: Sequence[str] = (),
) -> Callable[[Function], Check]:
    """Make a check of a function; registers nothing, `catalog` names the modules."""

    def made(function: Function) -> Check:
        title, _, why = inspect.cleandoc(function.__doc__ or "").partition("\n")
        if not title:
            raise TypeError(f"{function.__name__} has no docstring, and so no title")
        return Check(
            id,
            title.rstrip("."),
            " ".join(why.split()),
            severity,
            tuple(platforms),
            reference,
            fix,
            frozenset(parameters),
            function,
        )

    return made
