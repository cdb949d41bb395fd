"""Logins in a TOML file that only its owner may read."""

from __future__ import annotations

import os
import re
import stat
import tomllib
from collections.abc import Sequence
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from typing import Any

from dcops.credentials.provider import LOGIN, PARTS, credential
from dcops.errors import CannotRun, InvalidInput
from dcops.model.secret import Credential

_LINE = re.compile(r"at line (\d+)")
_LARGEST_BYTES = 1024 * 1024


class FileProvider:
    """One table per login: `["ios-backup"]` with username, password, enable, api_key, privacy or key_file.

    A file that is not there holds no logins; one that others could read is refused.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def source(self) -> str:
        """The file's name."""
        return f"file {self.path.name}"

    def find(self, name: str) -> Credential | None:
        """The login in the table of that name."""
        return credential(name, self.source, self._tables.get(name, {}), self.path.parent)

    def how_to_add(self, name: str, parts: Sequence[str] = LOGIN) -> str:
        """The table to write."""
        special = "" if tuple(parts) == LOGIN else f" with {' and '.join(parts)}"
        return f'add a table ["{name}"]{special} to {self.path}'

    @cached_property
    def _tables(self) -> dict[str, dict[str, str]]:
        content = _read_private(self.path)
        return {} if content is None else _tables(self.path, content)


def _read_private(path: Path) -> bytes | None:
    """The content of a file that is ours alone, or None when there is no such file."""
    try:
        # Not blocking, so that a pipe in the file's place cannot hold us up.
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise CannotRun(f"{path} cannot be read: {error.strerror}") from None
    try:
        # Looked at through the open file: what is judged is what is read.
        _refuse_shared(path, os.fstat(descriptor))
    except CannotRun:
        os.close(descriptor)
        raise
    with os.fdopen(descriptor, "rb") as stream:
        content = stream.read(_LARGEST_BYTES + 1)
    if len(content) > _LARGEST_BYTES:
        raise InvalidInput(f"{path} is larger than {_LARGEST_BYTES} bytes: it holds more than logins")
    return content


def _refuse_shared(path: Path, status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise CannotRun(f"{path} is no regular file")
    if status.st_uid != os.geteuid():
        raise CannotRun(
            f"{path} holds logins and belongs to another user",
            next_step=f"Make it yours: chown {os.geteuid()} {path} && chmod 600 {path}",
        )
    if status.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise CannotRun(
            f"{path} holds logins and is open to others (mode {stat.S_IMODE(status.st_mode):04o})",
            next_step=f"Close it: chmod 600 {path}. If others could read it, change the logins",
        )


def _tables(path: Path, content: bytes) -> dict[str, dict[str, str]]:
    """The tables of the file. No message repeats anything that stands in it but names of tables and keys."""
    problem = ""
    data: dict[str, Any] = {}
    try:
        data = tomllib.loads(content.decode("utf-8"))
    except UnicodeDecodeError as error:
        problem = f"line {content.count(bytes([10]), 0, error.start) + 1} is not UTF-8"
    except tomllib.TOMLDecodeError as error:
        line = _LINE.search(str(error))
        problem = f"line {line[1]} is not valid TOML" if line else "not valid TOML: it ends too early"
    if problem:
        # Raised out here so that it does not carry the parser's error, which holds the whole text.
        raise InvalidInput(f"{path}: {problem}", next_step='A login looks like: ["name"], then username = "…"')
    return {name: _table(path, name, table) for name, table in data.items()}


def _table(path: Path, name: str, table: object) -> dict[str, str]:
    if not isinstance(table, dict):
        raise InvalidInput(
            f"{path}: a key stands outside a table",
            next_step='Begin each login with its name: ["ios-backup"]',
        )
    for key, value in table.items():
        if key not in PARTS:
            near = get_close_matches(key, PARTS, 1)
            hint = f"Did you mean {near[0]}?" if near else f"Known are: {', '.join(PARTS)}"
            dotted = " A name with a dot needs quotes" if isinstance(value, dict) else ""
            raise InvalidInput(f'{path}: ["{name}"] has an unknown key', next_step=hint + dotted)
        if not isinstance(value, str):
            raise InvalidInput(f'{path}: {key} of ["{name}"] must be text', next_step="Put it in quotes")
    return table
