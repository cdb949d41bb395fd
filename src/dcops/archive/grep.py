"""Lines that match, found by git itself in the texts that it keeps: read while it writes, ended in time.

The pattern reaches git over its standard input, never as an argument: people search for what has leaked, and every
user of a host can read the arguments of its processes.
"""

from __future__ import annotations

import re
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from dcops.archive import program
from dcops.errors import CannotRun, UsageError

LIMIT_SECONDS = 120.0
LONGEST = 1000
"""A longer pattern is no text that a person looks for in one line."""
_AT_ONCE = 20_000
"""So many names fit on a command line everywhere."""
_NAME = re.compile(r"\b[0-9a-f]{40}\b")
_COMPLAINT = re.compile(r"fatal: In '.*': (.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Pattern:
    """What is looked for in each line. Its text may be a secret: it is not shown."""

    text: str = field(repr=False)
    regex: bool = False
    """It is a regular expression as Perl, Python and PCRE know them; else it means itself."""
    ignore_case: bool = False

    def __post_init__(self) -> None:
        """Refuse what would match everything, or what git would take for something else."""
        if not self.text:
            raise UsageError("there is nothing to look for", next_step="Give a text")
        if any(sign in self.text for sign in "\n\r\0"):
            raise UsageError("a text of several lines is never found", next_step="Texts are searched line by line")
        if len(self.text) > LONGEST:
            raise UsageError(f"what is looked for is longer than {LONGEST} signs", next_step="Give a part of it")


@dataclass(frozen=True, slots=True)
class Hit:
    """A line that matches."""

    blob: str
    line: int
    """Counted from 1."""
    text: str


def hits(
    repository: Path, pattern: Pattern, blobs: Sequence[str], unread: set[str], limit_seconds: float = LIMIT_SECONDS
) -> Iterator[Hit]:
    """The lines of these blobs that match, blob by blob; the names of blobs that cannot be read go into `unread`."""
    until = time.monotonic() + limit_seconds
    for start in range(0, len(blobs), _AT_ONCE):
        wanted = list(blobs[start : start + _AT_ONCE])
        while wanted:
            answer = _Answer()
            yield from _asked(repository, pattern, wanted, until, answer)
            bad = answer.named(wanted)
            unread |= bad
            if answer.code in (0, 1):
                break
            # git stops before it begins when it cannot read one of them: the others are asked for without it.
            wanted = [blob for blob in wanted if blob not in bad]
            if answer.spoke or not bad:
                raise answer.error(repository)


@dataclass(slots=True)
class _Answer:
    """How a git ended."""

    code: int = 0
    said: str = ""
    spoke: bool = False

    def named(self, wanted: Sequence[str]) -> set[str]:
        return set(_NAME.findall(self.said)) & set(wanted)

    def error(self, repository: Path) -> CannotRun | UsageError:
        if "USE_LIBPCRE" in self.said:
            return CannotRun(
                "git here was built without regular expressions (PCRE)", next_step="Search for a text, without --regex"
            )
        if "limit exceeded" in self.said:
            return UsageError(
                "this regular expression takes too long on a line of the archive",
                next_step="Avoid repetitions inside repetitions, as in (a+)+",
            )
        # git repeats the pattern: only what follows it is told.
        if complaint := _COMPLAINT.search(self.said):
            why = complaint[1].rpartition("': ")[2].strip()
            return UsageError(f"this is no regular expression: {why}", next_step="Without --regex a text means itself")
        return program.failure("grep", subprocess.CompletedProcess([], self.code, b"", self.said.encode()), repository)


def _asked(repository: Path, pattern: Pattern, blobs: Sequence[str], until: float, answer: _Answer) -> Iterator[Hit]:
    how = ["--perl-regexp" if pattern.regex else "--fixed-strings"]
    if pattern.ignore_case:
        how.append("--ignore-case")
    command = (f"--git-dir={repository}", "grep", "--no-color", "--text", "--line-number", "--null", *how, "-f", "-")
    with _running((*command, *blobs, "--"), f"{pattern.text}\n".encode(), until, answer) as stdout:
        for row in stdout:
            blob, line, text = row.removesuffix(b"\n").split(b"\0", 2)
            answer.spoke = True
            yield Hit(blob.decode("ascii"), int(line), text.decode("utf-8", "replace"))


@contextmanager
def _running(command: Sequence[str], feed: bytes, until: float, answer: _Answer) -> Iterator[IO[bytes]]:
    """The output of a git that is killed when its time is over, or when nobody reads on."""
    with program.started(command) as process:
        assert process.stdin
        assert process.stdout
        assert process.stderr
        said: list[bytes] = []
        listener = threading.Thread(target=lambda stream=process.stderr: said.append(stream.read()), daemon=True)
        listener.start()
        late = threading.Event()

        def end() -> None:
            late.set()
            process.kill()

        timer = threading.Timer(max(0.0, until - time.monotonic()), end)
        timer.start()
        try:
            with suppress(BrokenPipeError), process.stdin as stdin:
                stdin.write(feed)
            yield process.stdout
            answer.code = process.wait()
        finally:
            timer.cancel()
            process.kill()
            listener.join()
        answer.said = b"".join(said).decode("utf-8", "replace")
    if late.is_set():
        raise CannotRun(
            "the search took too long and was ended", next_step="Look at one device, or give more of the text"
        )
