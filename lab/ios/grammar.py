"""The command language: keywords that may be cut short, arguments, and the three complaints of a router."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

WORD = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class Command:
    """A command: its words, `<name>` for one argument, `<name...>` for the rest of the line."""

    syntax: str
    run: Callable[..., Any]
    privilege: int = 1
    gives_configuration: bool = False
    """Faults that spoil a configuration spoil the answer of this command."""


@dataclass(slots=True)
class _Node:
    keywords: dict[str, _Node] = field(default_factory=dict)
    argument: _Node | None = None
    argument_name: str = ""
    command: Command | None = None


@dataclass(frozen=True, slots=True)
class Match:
    """A command that was understood, its words written out, and its arguments."""

    command: Command
    words: str
    arguments: Mapping[str, str]


class Refused(Exception):
    """The line was not understood; the text is what the router prints."""


class Grammar:
    """A set of commands for one privilege level."""

    def __init__(self, commands: Iterable[Command]) -> None:
        self._root = _Node()
        for command in commands:
            self._add(command)

    def _add(self, command: Command) -> None:
        node = self._root
        for word in command.syntax.split():
            if word.startswith("<"):
                if node.argument is None:
                    node.argument = _Node()
                    node.argument_name = word.strip("<>")
                node = node.argument
            else:
                node = node.keywords.setdefault(word, _Node())
        node.command = command

    def match(self, line: str, prompt_width: int) -> Match:
        """Understand a line, or raise Refused with the complaint; the caret stands below the first bad word."""
        node = self._root
        words: list[str] = []
        arguments: dict[str, str] = {}
        for found in WORD.finditer(line):
            word = found[0]
            name, following = self._step(node, word, line)
            if following is not None:
                words.append(name)
                node = following
                continue
            if node.argument is None:
                raise Refused(f"{' ' * (prompt_width + found.start())}^\n% Invalid input detected at '^' marker.\n")
            takes_the_rest = node.argument_name.endswith("...")
            value = line[found.start() :] if takes_the_rest else word
            arguments[node.argument_name.removesuffix("...")] = value
            words.append(value)
            node = node.argument
            if takes_the_rest:
                break
        if node.command is None:
            raise Refused("% Incomplete command.\n")
        return Match(node.command, " ".join(words), arguments)

    @staticmethod
    def _step(node: _Node, word: str, line: str) -> tuple[str, _Node | None]:
        exact = node.keywords.get(word.lower())
        if exact is not None:
            return word.lower(), exact
        near = [name for name in node.keywords if name.startswith(word.lower())]
        if len(near) > 1:
            raise Refused(f'% Ambiguous command:  "{line.strip()}"\n')
        return (near[0], node.keywords[near[0]]) if near else ("", None)

    def knows(self, word: str) -> bool:
        """A command may begin with this word."""
        return any(name.startswith(word.lower()) for name in self._root.keywords)

    def help(self, line: str) -> str:
        """What may follow a line, as `?` lists it."""
        node = self._root
        words = line.split()
        started = words.pop() if words and not line.endswith(" ") else ""
        for word in words:
            try:
                _, following = self._step(node, word, line)
            except Refused as complaint:
                return str(complaint)
            if following is None:
                following = node.argument
            if following is None:
                return "% Unrecognized command\n"
            node = following
        names = sorted(name for name in node.keywords if name.startswith(started.lower()))
        if not started:
            names += ["WORD"] if node.argument else []
            names += ["<cr>"] if node.command else []
        return "".join(f"  {name}\n" for name in names) or "% Unrecognized command\n"
