"""One thing in an inventory file: what was written, where, and what it became."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from dcops.inventory.kinds import Kind
from dcops.inventory.mistake import Mistake
from dcops.inventory.words import name_problem, shown
from dcops.inventory.yaml_text import Mapping, line_of

Path = tuple[str | int, ...]


@dataclass(slots=True, eq=False)
class Entry:
    """A mapping of a file and the object of the model that it became.

    When it has mistakes of its own, `value` is what could be saved of it, so that others are judged fairly,
    and `broken` names the keys that are not to be relied on.
    """

    kind: Kind
    file: str
    raw: Mapping
    value: Any
    broken: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        """Its name, empty where it has none or a bad one."""
        return str(getattr(self.value, "name", ""))

    def sound(self, key: str) -> bool:
        """The value under the key may be relied on."""
        return key not in self.broken

    def line(self, *path: str | int) -> int:
        """The line of the value under the path."""
        return line_of(self.raw, path)

    def place(self, *path: str | int) -> str:
        """`file:line`, to point at it from another mistake."""
        return f"{self.file}:{self.line(*path)}"

    def mistake(self, message: str, *path: str | int, hint: str = "") -> Mistake:
        """A mistake of this thing, at the value under the path."""
        return Mistake(self.file, self.line(*path), f"{label(self.kind, self.raw)}: {message}", hint)


@dataclass(slots=True)
class Entries:
    """Everything that all files hold, in the order of reading."""

    by_kind: dict[str, list[Entry]] = field(default_factory=dict)
    elsewhere: set[str] = field(default_factory=set)
    """Names in files that could not be read; whoever refers to them may be right."""
    described: frozenset[str] = frozenset()
    """Platforms that the site describes itself."""
    profiles: frozenset[str] | None = None
    """SNMP profiles that there are. None: nobody said which."""

    def of(self, key: str) -> list[Entry]:
        """The entries of one kind."""
        return self.by_kind.get(key, [])

    def named(self, key: str) -> dict[str, Entry]:
        """The entries of one kind by name; the first where a name is used twice."""
        found: dict[str, Entry] = {}
        for entry in self.of(key):
            if entry.name:
                found.setdefault(entry.name, entry)
        return found

    def __iter__(self) -> Iterator[Entry]:
        for entries in self.by_kind.values():
            yield from entries


def label(kind: Kind, raw: Mapping) -> str:
    """How a message calls the thing: `device rtr-1`, `prefix 192.0.2.0/24`, or only `device`."""
    for key in ("name", "prefix"):
        text = raw.get(key)
        if isinstance(text, str) and text:
            bare = key == "prefix" or not name_problem(text, capitals=True)
            quoted = shown(text)
            return f"{kind.noun} {text if bare and quoted == repr(text) else quoted}"
    return kind.noun


def words_of(values: Iterable[str]) -> str:
    """`a, b or c`."""
    *most, last = values
    return f"{', '.join(most)} or {last}" if most else last
