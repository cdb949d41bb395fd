"""Verification of the chain: is every line the one that was written, and is none missing."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass

from dcops.auditlog.entry import GENESIS, Entry, parse

RECOVERY = "audit-log recovery"
_TORN = re.compile(r"(\d+) bytes of an unfinished line lie before this one, sha256 ([0-9a-f]{64})")


def torn_note(size: int, digest: str) -> str:
    """What a recovery says about the bytes before it."""
    return f"{size} bytes of an unfinished line lie before this one, sha256 {digest}"


@dataclass(frozen=True, slots=True)
class Break:
    """The first place where the chain does not hold."""

    file: str
    line: int
    message: str


@dataclass(frozen=True, slots=True)
class Verification:
    """What a verification found. It has no truth value: ask `broken`."""

    entries: int
    files: int
    last: Entry | None
    broken: Break | None
    notes: tuple[str, ...]
    """What is no break: recovered lines, a clock that was set back."""
    hashes: frozenset[str]
    """Of every line up to the break."""

    def __bool__(self) -> bool:
        raise TypeError("a verification has no truth value: ask verification.broken")


def verify(files: Iterable[tuple[str, Iterable[tuple[int, bytes]]]]) -> Verification:
    """Follow the chain through the numbered lines of files, oldest first."""
    walk = _Walk()
    for name, lines in files:
        walk.files += 1
        for number, line in lines:
            if problem := walk.step(name, number, line):
                return walk.result(problem)
        if walk.torn and (problem := walk.unfinished(name)):
            return walk.result(problem)
    return walk.result(None)


class _Walk:
    def __init__(self) -> None:
        self.files = 0
        self.last: Entry | None = None
        self.notes: list[str] = []
        self.hashes: set[str] = set()
        self.torn = b""
        self.torn_at = 0

    def step(self, file: str, number: int, line: bytes) -> Break | None:
        """Take one line; gives what is wrong with it."""
        found = parse(line)
        if found is None:
            self.torn_at = self.torn_at if self.torn else number
            self.torn += line
            return None
        if self.torn and not self._explains(found):
            return Break(file, self.torn_at, "this is no line that dcops wrote")
        if problem := self._problem(found):
            return Break(file, number, problem)
        if self.torn:
            self.notes.append(f"{file}:{self.torn_at}: an unfinished line, recovered as entry {found.number}")
            self.torn = b""
        if self.last and found.time < self.last.time:
            self.notes.append(f"{file}:{number}: the clock had been set back")
        self.last = found
        self.hashes.add(found.hash)
        return None

    def unfinished(self, file: str) -> Break | None:
        """Judge what stands at the end of a file and is no entry: only the last line may be unfinished."""
        if self.torn.endswith(b"\n"):
            return Break(file, self.torn_at, "this is no line that dcops wrote")
        self.notes.append(f"{file}:{self.torn_at}: the last line is unfinished; the next entry will say so")
        self.torn = b""
        return None

    def result(self, broken: Break | None) -> Verification:
        """What was found so far."""
        count = self.last.number if self.last else 0
        return Verification(count, self.files, self.last, broken, tuple(self.notes), frozenset(self.hashes))

    def _problem(self, found: Entry) -> str:
        if not found.genuine:
            return f"entry {found.number} was changed: its hash does not fit its content"
        expected = self.last.number + 1 if self.last else 1
        if found.number > expected:
            missing = f"entries {expected} to {found.number - 1} are" if found.number > expected + 1 else ""
            return f"{missing or f'entry {expected} is'} missing before entry {found.number}"
        if found.number < expected:
            return f"entry {found.number} stands where entry {expected} is expected"
        if found.prev != (self.last.hash if self.last else GENESIS):
            return f"entry {found.number} does not follow the entry before it: that one was replaced"
        return ""

    def _explains(self, found: Entry) -> bool:
        match = _TORN.fullmatch(found.detail) if found.what == RECOVERY else None
        # The line end that closed the unfinished line is not part of it.
        candidates = (self.torn, self.torn.removesuffix(b"\n"))
        return match is not None and any(
            len(torn) == int(match[1]) and hashlib.sha256(torn).hexdigest() == match[2] for torn in candidates
        )
