"""YAML text to plain values that remember their lines.

Built on the events of libyaml, which is several times quicker than PyYAML's own composer and lets us see what a
dictionary hides: keys that are said twice. Words mean what YAML 1.2 says: `no` is a text and 2026-01-15 too,
so that Norway stays a country and a wrong date is our finding, not a crash.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import yaml

try:
    from yaml import CSafeLoader as _Loader
except ImportError:  # a PyYAML built without libyaml: slower, the same answers
    from yaml import SafeLoader as _Loader  # type: ignore[assignment]

WITH_LIBYAML = _Loader.__name__ == "CSafeLoader"
"""Whether YAML is read in C: an inventory of thousands of devices then loads in a second instead of many."""
DEEPEST = 20
_LONGEST_NUMBER = 40

_WORDS: dict[str, object] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
}  # fmt: skip
# A number is only what YAML 1.1 and 1.2 both call one, so that a serial such as 0018 or 12E5 stays as it is written,
# by people and by programs that write YAML 1.1.
_DECIMAL = re.compile(r"[-+]?(?:0|[1-9][0-9]*)")
_BASED = re.compile(r"0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+\.[0-9]*)(?:[eE][-+][0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_STRING_TAGS = frozenset({"!", "tag:yaml.org,2002:str"})


class Mapping(dict[str, Any]):
    """A YAML mapping: `line` is where it begins, `lines` where each key stands."""

    __slots__ = ("line", "lines")

    def __init__(self, line: int) -> None:
        super().__init__()
        self.line = line
        self.lines: dict[str, int] = {}


class Sequence(list[Any]):
    """A YAML sequence: `lines` is where each item begins."""

    __slots__ = ("line", "lines")

    def __init__(self, line: int) -> None:
        super().__init__()
        self.line = line
        self.lines: list[int] = []


class WrittenInt(int):
    """A whole number that was written in an unusual way, such as 0x1F."""

    text: str


class WrittenFloat(float):
    """A number with a point; 17.10 is written so and would be shown as 17.1."""

    text: str


class NotReadable(Exception):
    """The text is no YAML that an inventory uses."""

    def __init__(self, line: int, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.line = line
        self.message = message
        self.hint = hint


@dataclass(frozen=True, slots=True)
class Repeated:
    """A key that is said twice in one mapping; the first one counts."""

    key: str
    line: int
    first_line: int


def read(text: str) -> tuple[Any, tuple[Repeated, ...]]:
    """The value of the text, and the keys that are said twice. Raises NotReadable."""
    loader = _Loader(text)
    try:
        return _Reader(loader.get_event).document()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise NotReadable(mark.line + 1 if mark else 1, f"not valid YAML: {error.problem}") from None
    except yaml.YAMLError:
        raise NotReadable(1, "not valid YAML") from None
    finally:
        loader.dispose()


def line_of(value: Any, path: tuple[str | int, ...]) -> int:
    """The line on which the value under the path stands, or the nearest thing around it that exists."""
    line = getattr(value, "line", 1)
    for step in path:
        if isinstance(value, Mapping) and step in value:
            line = value.lines[str(step)]
        elif isinstance(value, Sequence) and isinstance(step, int) and step < len(value):
            line = value.lines[step]
        else:
            break
        value = value[step]
    return int(line)


class _Reader:
    """Puts events together; refuses what an inventory has no use for."""

    def __init__(self, get_event: Callable[[], Any]) -> None:
        self._next = get_event
        self._repeated: list[Repeated] = []

    def document(self) -> tuple[Any, tuple[Repeated, ...]]:
        self._next()  # the stream begins
        if isinstance(self._next(), yaml.StreamEndEvent):
            return None, ()
        value = self._value(self._next(), 0)
        self._next()  # the document ends
        after = self._next()
        if not isinstance(after, yaml.StreamEndEvent):
            raise NotReadable(after.start_mark.line + 1, "a second document begins here", "one per file")
        return value, tuple(self._repeated)

    def _value(self, event: Any, depth: int) -> Any:
        kind = type(event)
        if kind is yaml.ScalarEvent and event.anchor is None:
            return self._scalar(event)
        line = event.start_mark.line + 1
        if kind is yaml.AliasEvent or event.anchor is not None:
            # A few lines of aliases of aliases unfold to gigabytes; and a reader has to look elsewhere.
            hint = "write the value out, and quote a text that begins with * or &"
            raise NotReadable(line, "anchors and aliases are not used in an inventory", hint)
        if event.tag is not None:
            raise NotReadable(line, "tags are not used in an inventory", "leave out what begins with '!'")
        if depth >= DEEPEST:
            raise NotReadable(line, f"nested deeper than {DEEPEST} levels")
        return self._mapping(line, depth + 1) if kind is yaml.MappingStartEvent else self._sequence(line, depth + 1)

    def _mapping(self, line: int, depth: int) -> Mapping:
        mapping = Mapping(line)
        while True:
            event = self._next()
            kind = type(event)
            if kind is yaml.MappingEndEvent:
                return mapping
            key_line = event.start_mark.line + 1
            if kind is not yaml.ScalarEvent or event.anchor is not None:
                raise NotReadable(key_line, "a key must be a plain word")
            key = event.value
            value = self._value(self._next(), depth)
            if key in mapping:
                self._repeated.append(Repeated(key, key_line, mapping.lines[key]))
            else:
                mapping[key] = value
                mapping.lines[key] = key_line

    def _sequence(self, line: int, depth: int) -> Sequence:
        sequence = Sequence(line)
        while True:
            event = self._next()
            if type(event) is yaml.SequenceEndEvent:
                return sequence
            sequence.append(self._value(event, depth))
            sequence.lines.append(event.start_mark.line + 1)

    @staticmethod
    def _scalar(event: Any) -> object:
        text: str = event.value
        if event.tag is not None:
            if event.tag in _STRING_TAGS:
                return text
            raise NotReadable(
                event.start_mark.line + 1, "tags are not used in an inventory", "leave out what begins with '!'"
            )
        if event.style:  # quoted, or a block of text
            return text
        if text in _WORDS:
            return _WORDS[text]
        return _number(text) if text[0] in "+-.0123456789" else text


def _number(text: str) -> object:
    """A plain scalar that may be a number, else the text itself."""
    if len(text) > _LONGEST_NUMBER:
        return text
    if _DECIMAL.fullmatch(text):
        value = int(text)
    elif _BASED.fullmatch(text):
        value = int(text, 0)
    elif _FLOAT.fullmatch(text):
        endless = text[-1] in "fFnN"
        number = WrittenFloat(text.replace(".", "") if endless else text)
        number.text = text
        return number
    else:
        return text
    if str(value) == text:
        return value
    written = WrittenInt(value)
    written.text = text
    return written
