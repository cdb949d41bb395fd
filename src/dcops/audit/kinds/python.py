"""`python`: a check that is written in Python, by its name in the catalog."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches

from dcops.audit.check import Function
from dcops.audit.look import Look
from dcops.audit.requirement import Binding, Place
from dcops.audit.said import Said
from dcops.yamlfile.sections import Section

KEY = "python"


@dataclass(frozen=True, slots=True)
class Python:
    """A function that looks for itself."""

    name: str
    function: Function
    names: frozenset[str] = frozenset()
    """The parameters that it needs."""
    shape: None = None

    def bound(self, binding: Binding) -> BoundPython:
        """It asks for its parameters itself; here they are only looked for."""
        for name in self.names:
            binding.values.of(name)
        return BoundPython(self.function)


@dataclass(frozen=True, slots=True)
class BoundPython:
    """The function."""

    function: Function

    def wrong(self, place: Place, look: Look) -> Iterator[Said]:  # noqa: ARG002
        """What it says."""
        for said in self.function(look):
            yield said if isinstance(said, Said) else Said("as said", seen=said)


def read(section: Section) -> Python | None:
    """The requirement as a rule writes it."""
    from dcops.audit.catalog import functions

    name = section.text(KEY)
    known = functions()
    if name in known:
        return Python(name, known[name].function, known[name].parameters)
    near = get_close_matches(name, known, 1)
    section.mistake(
        section.line_of(KEY),
        f"python names no check of the catalog: {name!r}{f', did you mean {near[0]}?' if near else ''}",
    )
    return None
