"""What may be typed: words that may be cut short, and arguments."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lab.cli.shell import Session

Run = Callable[["Session", Sequence[str]], Any]
"""Gives the answer, at once or as a coroutine; it is handed the arguments."""


@dataclass(frozen=True, slots=True)
class Command:
    """A command: its words, `<name>` for an argument, `<name...>` for the rest of the line."""

    syntax: str
    run: Run
    gives_configuration: bool = False
    """Faults that spoil a configuration spoil the answer of this command."""
    needs_right: bool = False
    """Only after `enable`, where there is one."""


@dataclass(frozen=True, slots=True)
class Match:
    """A command that was understood."""

    command: Command
    arguments: tuple[str, ...]


class Unknown(Exception):
    """No command reads so; `place` is where the first bad word begins."""

    def __init__(self, place: int) -> None:
        super().__init__(place)
        self.place = place


def find(commands: Iterable[Command], line: str, *, cut_short: bool) -> Match:
    """The command that a line means; raises Unknown."""
    words = line.split()
    furthest = 0
    found: list[tuple[int, Match]] = []
    for command in commands:
        exact, arguments, reached = _fits(command.syntax.split(), words, cut_short=cut_short)
        furthest = max(furthest, reached)
        if arguments is not None:
            found.append((exact, Match(command, arguments)))
    if not found:
        raise Unknown(_place(line, words, furthest))
    return max(found, key=lambda pair: pair[0])[1]


def _fits(syntax: Sequence[str], words: Sequence[str], *, cut_short: bool) -> tuple[int, tuple[str, ...] | None, int]:
    """How many words are the command's own, its arguments (None: it is not meant), and how many words fit."""
    arguments: list[str] = []
    exact = 0
    for number, part in enumerate(syntax):
        if part.endswith("...>"):
            return exact, (*arguments, " ".join(words[number:])), len(words)
        if number >= len(words):
            return 0, None, number
        word = words[number]
        if part.startswith("<"):
            arguments.append(word)
        elif word.lower() == part or (cut_short and part.startswith(word.lower())):
            exact += 2 if word.lower() == part else 1
        else:
            return 0, None, number
    return (exact, tuple(arguments), len(words)) if len(words) == len(syntax) else (0, None, len(syntax))


def _place(line: str, words: Sequence[str], number: int) -> int:
    place = 0
    for word in words[:number]:
        place = line.index(word, place) + len(word)
    return line.index(words[number], place) if number < len(words) else len(line)
