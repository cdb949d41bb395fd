"""Finds and reads the YAML files of an inventory folder."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dcops.errors import InvalidInput
from dcops.inventory import yaml_text
from dcops.inventory.mistake import Mistake
from dcops.inventory.words import shown

LARGEST_BYTES = 32 * 1024 * 1024

# What YAML does not allow in a file at all; each is replaced so that the rest of the file is still looked at.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
_NAME_IN_TEXT = re.compile(r"""\bname:[ ]*["']?([A-Za-z0-9][A-Za-z0-9.-]*)""")


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file, as far as it could be read."""

    shown: str
    """Its name in messages, beginning with the inventory folder's own name."""
    root: Any = None
    """The value of the whole file; None when it is empty or cannot be read."""
    mistakes: tuple[Mistake, ...] = ()
    spoilt_lines: frozenset[int] = frozenset()
    """Lines that could not be read as they are; one mistake says so, others on them would only repeat it."""
    names: frozenset[str] = field(default_factory=frozenset)
    """Names seen in a file that is no YAML, so that whoever refers to them is not blamed."""


def read_folder(folder: Path) -> Iterator[SourceFile]:
    """Every `*.yaml` file under the folder, in the order of their names."""
    if not folder.is_dir():
        raise InvalidInput(
            f"there is no inventory folder {folder}",
            next_step="Make a site root with: dcops init DIR, or name the folder under [paths] in dcops.toml",
        )
    for path in _paths(folder):
        yield _read(path, path.relative_to(folder.parent).as_posix())


def _paths(folder: Path) -> list[Path]:
    found = []
    for here, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        links = [name for name in folders if (Path(here) / name).is_symlink()]
        found += [Path(here) / name for name in links]
        found += [Path(here) / name for name in files if name.endswith((".yaml", ".yml")) and name[0] != "."]
    return sorted(found)


def _read(path: Path, name: str) -> SourceFile:
    problem = _problem(path)
    if problem:
        return SourceFile(_safe(name), mistakes=(Mistake(_safe(name), 1, *problem),))
    try:
        content = path.read_bytes()
    except OSError as error:
        return SourceFile(_safe(name), mistakes=(Mistake(_safe(name), 1, f"cannot be read: {error.strerror}"),))
    return parse(content, _safe(name))


def _problem(path: Path) -> tuple[str, str] | None:
    """Why the path is not opened at all, with a hint."""
    try:
        status = path.stat()
    except OSError as error:
        return (
            ("is a link that leads nowhere", "remove it")
            if path.is_symlink()
            else (f"cannot be read: {error.strerror}", "")
        )
    if stat.S_ISDIR(status.st_mode):
        return "is a link to a folder, and such links are not followed", "put the files here"
    if not stat.S_ISREG(status.st_mode):
        return "is no regular file", "remove it"
    if path.suffix == ".yml":
        return "ends in .yml, and only *.yaml is read", f"rename it to {_safe(path.stem)}.yaml"
    if status.st_size > LARGEST_BYTES:
        return f"has {status.st_size} bytes, more than {LARGEST_BYTES}", "divide it"
    return None


def parse(content: bytes, name: str) -> SourceFile:
    """The content of one file, with every place where it is not readable as YAML."""
    mistakes: list[Mistake] = []
    spoilt: set[int] = set()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        mistakes.append(Mistake(name, line, f"not UTF-8 (byte {error.start + 1})", "save the file as UTF-8"))
        text = content.decode("utf-8-sig", errors="replace")
        spoilt.update(number for number, row in enumerate(text.split("\n"), 1) if "\ufffd" in row)
    for found in _CONTROL.finditer(text):
        line = text.count("\n", 0, found.start()) + 1
        if line not in spoilt:
            spoilt.add(line)
            mistakes.append(Mistake(name, line, f"a control character, U+{ord(found[0]):04X}", "remove it"))
    if spoilt:
        text = _CONTROL.sub("\ufffd", text)
    try:
        root, repeated = yaml_text.read(text)
    except yaml_text.NotReadable as error:
        if error.line not in spoilt:
            mistakes.append(Mistake(name, error.line, error.message, error.hint))
        names = frozenset(_NAME_IN_TEXT.findall(text))
        return SourceFile(name, None, tuple(mistakes), frozenset(spoilt), names)
    mistakes += [
        Mistake(name, twice.line, f"key {shown(twice.key)} is said twice", f"first on line {twice.first_line}")
        for twice in repeated
        if twice.line not in spoilt
    ]
    return SourceFile(name, root, tuple(mistakes), frozenset(spoilt))


def _safe(name: str) -> str:
    """A file's name without anything that could upset a terminal or a line of output."""
    return "".join(sign if sign.isprintable() else f"\\x{ord(sign):02x}" for sign in name)
