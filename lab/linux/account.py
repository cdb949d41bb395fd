"""What the account of the lab may run on a server: it reads, and nothing else."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Sequence

from lab.linux import answers

_ASSIGNMENT = re.compile(r"[A-Z_]+=[\w/:.-]*")
_TAR_OPTIONS = ("--create", "--file=-", "--format=gnu", "--one-file-system", "--")
_TAR_VALUES = ("--directory=", "--exclude=")


class NotAllowed(Exception):
    """The account may not run this. The text is what it is told."""


def allowed(command: str) -> tuple[str, list[str]]:
    """The program's name and the words to run; NotAllowed when it could write, or is nothing we know."""
    try:
        words = shlex.split(command)
    except ValueError:
        raise NotAllowed("sh: Syntax error: Unterminated quoted string") from None
    rest = words
    if rest[:1] == ["env"]:
        rest = rest[1:]
        while rest and _ASSIGNMENT.fullmatch(rest[0]):
            rest = rest[1:]
    if not rest:
        raise NotAllowed("This account runs single commands only.")
    program, arguments = rest[0], rest[1:]
    if program == "sudo":
        raise NotAllowed("sudo: a password is required")
    if answers.is_pretended(rest):
        return program, words
    reads = _READS.get(program)
    if reads is None or not reads(arguments):
        raise NotAllowed(f"sh: {program}: Permission denied")
    return program, words


def _tar(arguments: Sequence[str]) -> bool:
    """Writes to its output only, and stays below the account's home folder."""
    options = [word for word in arguments if word.startswith("-")]
    paths = [word.removeprefix("--directory=") for word in arguments if not word.startswith("--exclude=")]
    return (
        {"--create", "--file=-"} <= set(options)
        and all(option in _TAR_OPTIONS or option.startswith(_TAR_VALUES) for option in options)
        and not any(path.startswith("/") or ".." in path.split("/") for path in paths)
    )


def _any(_arguments: Sequence[str]) -> bool:
    return True


def _one_of(*lines: str) -> Callable[[Sequence[str]], bool]:
    return lambda arguments: " ".join(arguments) in lines


_READS: dict[str, Callable[[Sequence[str]], bool]] = {
    "true": _any,
    "id": _any,
    "uname": _any,
    "hostname": _one_of("", "-f", "-s"),
    "cat": _one_of("/etc/os-release", "/proc/uptime"),
    "grep": lambda arguments: (
        arguments[:2] == ["-H", "."]
        and all(word.startswith("/sys/class/dmi/id/") and ".." not in word for word in arguments[2:])
    ),
    "ip": _one_of("-j addr", "-o addr", "-j -6 route", "-6 route", "-j neigh", "-j route"),
    "ss": _one_of("-tulnH", "-tuln"),
    "systemctl": _one_of("--failed --no-legend --plain"),
    "timedatectl": _one_of("show"),
    "chronyc": _one_of("-c tracking"),
    "lsblk": _any,
    "df": _any,
    "tar": _tar,
}
