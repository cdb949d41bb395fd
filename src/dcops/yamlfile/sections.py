"""YAML read strictly: every key is known, every value of its kind, every mistake has a file and a line."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import yaml

from dcops.errors import InvalidInput
from dcops.yamlfile.patterns import BadPattern, compiled

try:
    from yaml import CSafeLoader as _Loader
except ImportError:  # a PyYAML built without libyaml: slower, the same answers
    from yaml import SafeLoader as _Loader  # type: ignore[assignment]

LARGEST_BYTES = 1024 * 1024
DEEPEST = 100
"""The reader calls itself for each level, and a deep enough file would end the whole process."""
_MOST_ON_A_ROW = re.compile(r"(?:[-?:]\s+){100}|[\[{]\s*(?:[\[{]\s*){50}")
LONGEST_SHOWN = 60
SHOWN = 20
"""So many mistakes are named at once."""

Node = yaml.Node


@dataclass(slots=True)
class Mistakes:
    """What is wrong in one file."""

    file: Path
    found: list[str] = field(default_factory=list)

    def add(self, line: int, message: str) -> None:
        """One mistake; the reading goes on."""
        self.found.append(f"{self.file}:{line}: {message}")


def refuse(found: Sequence[str], what: str, *, next_step: str = "") -> None:
    """Raise InvalidInput that names what is wrong in all files of one kind, if anything is."""
    if not found:
        return
    more = [f"and {len(found) - SHOWN} more"] if len(found) > SHOWN else []
    count = "a mistake" if len(found) == 1 else f"{len(found)} mistakes"
    lines = "\n".join(f"  {line}" for line in [*found[:SHOWN], *more])
    raise InvalidInput(f"{what} have {count}:\n{lines}", next_step=next_step)


def read(file: Path, mistakes: Mistakes) -> Section | None:
    """The file as one section; None when it is none, and then a mistake says why."""
    try:
        content = file.read_bytes()
        if len(content) > LARGEST_BYTES:
            mistakes.add(1, f"has {len(content)} bytes, and a description has a few thousand")
            return None
        text = content.decode("utf-8")
        if _nests(text):
            mistakes.add(1, f"is nested deeper than {DEEPEST}")
            return None
        loader = _Loader(text)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        mistakes.add(1, f"cannot be read: {' '.join(str(error).split())}")
        return None
    try:
        node = loader.get_single_node()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        mistakes.add(mark.line + 1 if mark else 1, f"not valid YAML: {error.problem}")
        return None
    except yaml.YAMLError as error:
        mistakes.add(1, f"not valid YAML: {' '.join(str(error).split())}")
        return None
    finally:
        loader.dispose()
    if not isinstance(node, yaml.MappingNode):
        mistakes.add(1, "is no mapping of keys and values")
        return None
    return Section(node, mistakes)


def _nests(text: str) -> bool:
    """Whether the file is nested deeper than anybody writes. Most files are not looked through for that."""
    if text.count("[") + text.count("{") <= DEEPEST and not _MOST_ON_A_ROW.search(text):
        return False
    depth = 0
    try:
        for event in yaml.parse(text, Loader=_Loader):
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > DEEPEST:
                return True
    except yaml.YAMLError:
        return False  # who reads it finds the same mistake, and says on which line
    return False


class Section:
    """A mapping of the file. What is asked for is known; `finish` refuses the rest."""

    def __init__(self, node: yaml.MappingNode, mistakes: Mistakes, name: str = "") -> None:
        self._mistakes = mistakes
        self._name = name
        self._asked: set[str] = set()
        self._values: dict[str, Node] = {}
        self._lines: dict[str, int] = {}
        self.line = _line(node)
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                self.mistake(_line(key), "a key must be a plain word")
                continue
            if key.value in self._values:
                self.mistake(_line(key), f"{key.value} is said twice, first on line {self._lines[key.value]}")
                continue
            self._values[key.value] = value
            self._lines[key.value] = _line(key)

    def __contains__(self, key: str) -> bool:
        self._asked.add(key)
        return key in self._values

    def mistake(self, line: int, message: str) -> None:
        """Something is wrong here."""
        self._mistakes.add(line, f"{self._name}: {message}" if self._name else message)

    def line_of(self, key: str) -> int:
        """Where a key stands, or the section itself."""
        return self._lines.get(key, self.line)

    def finish(self) -> None:
        """Refuse the keys that nobody asked for."""
        for key in self._values:
            if key not in self._asked:
                self.mistake(self._lines[key], f"unknown key {_shown(key)}{_near(key, self._asked)}")

    # ---- values --------------------------------------------------------------------------------

    def text(self, key: str, default: str | None = None) -> str:
        """A text; without a default it must be there."""
        node = self._node(key, default is None)
        if node is None:
            return default or ""
        value = self._scalar(key, node)
        if value is not None and not value.strip():
            self.mistake(_line(node), f"{key} is empty")
        return value or default or ""

    def key(self, key: str) -> str:
        """What is pressed: may be a blank or the end of a line."""
        node = self._node(key, must=True)
        value = self._scalar(key, node) if node is not None else None
        if value == "" and node is not None:
            self.mistake(_line(node), f"{key} is empty")
        return value or " "

    def texts(self, key: str, default: tuple[str, ...] | None = ()) -> tuple[str, ...]:
        """A list of texts; one alone may stand without the list."""
        return tuple(value for node in self._items(key, default is None) if (value := self._scalar(key, node))) or (
            default or () if key not in self._values else ()
        )

    def choice(self, key: str, choices: Collection[str], default: str | None = None) -> str:
        """One of a few words."""
        value = self.text(key, default)
        if value and value not in choices:
            near = _near(value, choices)
            self.mistake(self.line_of(key), f"{key} is {_shown(value)}{near or ', not one of ' + ', '.join(choices)}")
        return value if value in choices else default or next(iter(choices))

    def flag(self, key: str, default: bool) -> bool:
        """`true` or `false`."""
        node = self._node(key, must=False)
        if node is None:
            return default
        value = self._scalar(key, node)
        if value not in ("true", "false"):
            self.mistake(_line(node), f"{key} must be true or false, not {_shown(str(value))}")
        return value == "true"

    def number(self, key: str, default: float, least: float, most: float) -> float:
        """A number in a range."""
        node = self._node(key, must=False)
        if node is None:
            return default
        value = self._scalar(key, node) or ""
        try:
            number = float(value)
        except ValueError:
            number = least - 1
        if not least <= number <= most:
            self.mistake(_line(node), f"{key} must be a number from {least:g} to {most:g}, not {_shown(value)}")
            return default
        return number

    def pattern(self, key: str, flags: int = 0, *, group: str = "") -> re.Pattern[str] | None:
        """A regular expression; None when it is not there or wrong."""
        node = self._node(key, must=False)
        return self.compile(key, node, flags, group=group) if node is not None else None

    def needed_pattern(self, key: str, flags: int = 0, *, group: str = "") -> re.Pattern[str]:
        """A regular expression that must be there."""
        node = self._node(key, must=True)
        found = self.compile(key, node, flags, group=group) if node is not None else None
        return found or re.compile(rf"(?P<{group or 'none'}>x)")

    def patterns(self, key: str, flags: int = 0) -> tuple[re.Pattern[str], ...]:
        """A list of regular expressions; one alone may stand without the list."""
        found = (self.compile(key, node, flags) for node in self._items(key, must=False))
        return tuple(pattern for pattern in found if pattern)

    def section(self, key: str, *, must: bool = False) -> Section | None:
        """A mapping below this one."""
        node = self._node(key, must)
        if node is None:
            return None
        if not isinstance(node, yaml.MappingNode):
            self.mistake(_line(node), f"{key} must be a mapping of keys and values")
            return None
        return Section(node, self._mistakes, self._below(key))

    def entries(self, key: str, *, must: bool = False) -> Iterator[Section | yaml.ScalarNode]:
        """The items of a list: mappings as sections, texts as they are."""
        for node in self._items(key, must):
            if isinstance(node, yaml.MappingNode):
                yield Section(node, self._mistakes, self._below(key))
            elif isinstance(node, yaml.ScalarNode):
                yield node
            else:
                self.mistake(_line(node), f"{key} holds texts and mappings, no lists in lists")

    def sections(self, key: str, *, must: bool = False) -> Iterator[Section]:
        """The items of a list that are mappings all."""
        for entry in self.entries(key, must=must):
            if isinstance(entry, Section):
                yield entry
            else:
                self.mistake(_line(entry), f"an entry of {key} must be a mapping of keys and values")

    def node(self, key: str) -> Node | None:
        """What stands under a key, of whatever kind; None when nothing does."""
        return self._node(key, must=False)

    def keys(self) -> Collection[str]:
        """The keys that stand here."""
        return self._values.keys()

    def compile(self, key: str, node: Node, flags: int = 0, *, group: str = "") -> re.Pattern[str] | None:
        """The regular expression of a node, with the group it must have."""
        text = self._scalar(key, node)
        if text is None:
            return None
        try:
            pattern = compiled(text, flags)
        except BadPattern as error:
            self.mistake(_line(node), f"{key} {_shown(text)} {error}")
            return None
        if group and group not in pattern.groupindex:
            words = " (WORD and REST stand for one)" if group == "secret" else ""
            self.mistake(_line(node), f"{key} {_shown(text)} has no group (?P<{group}>…){words}")
            return None
        return pattern

    # ---- nodes ---------------------------------------------------------------------------------

    def _below(self, key: str) -> str:
        return f"{self._name}.{key}" if self._name else key

    def _node(self, key: str, must: bool) -> Node | None:
        self._asked.add(key)
        node = self._values.get(key)
        if node is None and must:
            self.mistake(self.line, f"missing key {key}")
        return node

    def _items(self, key: str, must: bool) -> list[Node]:
        node = self._node(key, must)
        if node is None:
            return []
        return list(node.value) if isinstance(node, yaml.SequenceNode) else [node]

    def _scalar(self, key: str, node: Any) -> str | None:
        if not isinstance(node, yaml.ScalarNode):
            self.mistake(_line(node), f"{key} must be a text")
            return None
        value: str = node.value
        return value


def _line(node: Node) -> int:
    return int(node.start_mark.line) + 1


def _shown(text: str) -> str:
    return repr(text if len(text) <= LONGEST_SHOWN else text[:LONGEST_SHOWN] + "…")


def _near(word: str, known: Collection[str]) -> str:
    found = get_close_matches(word.lower(), known, 1)
    return f", did you mean {found[0]}?" if found else ""
