"""Which form of dcops wrote a readable text: tells a changed program from a changed text."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable

FORM = "dcops_form"
"""The fact of an archived document that tells it."""

_BESIDE = ("bounds.py", "platform.py", "tree.py")
"""What the formats use of `dcops.model`."""


def form_of(written_by: object = None) -> str:
    """A short name of the code that makes texts readable, and of what describes the platform where data does.

    It changes with every change of that code, also with one that changes no text. So two texts of one form must be
    equal when the configurations are; two of different forms may differ for no other reason than that.
    """
    described = _told(getattr(written_by, "description", None))
    return hashlib.sha256(f"{_code()}\0{described}".encode()).hexdigest()[:12]


def _told(value: object) -> str:
    """All of a description. The `repr` of a long pattern would leave its end out."""
    if isinstance(value, re.Pattern):
        return f"{value.pattern!r}/{value.flags}"
    if is_dataclass(value):
        return f"({','.join(_told(getattr(value, each.name)) for each in fields(value))})"
    if isinstance(value, Mapping):
        return f"{{{','.join(f'{name!r}:{_told(each)}' for name, each in sorted(value.items()))}}}"
    if isinstance(value, tuple | list):
        return f"[{','.join(map(_told, value))}]"
    return repr(value)


@cache
def _code() -> str:
    digest = hashlib.sha256()
    beside = [(name, resources.files("dcops.model") / name) for name in _BESIDE]
    below = _modules(resources.files("dcops.configtext"), "configtext")
    for name, file in sorted([*_modules(resources.files("dcops.diff"), ""), *below, *beside], key=lambda each: each[0]):
        content = file.read_bytes()
        digest.update(f"{name}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()


def _modules(folder: Traversable, prefix: str) -> Iterator[tuple[str, Traversable]]:
    for entry in folder.iterdir():
        name = f"{prefix}/{entry.name}"
        if entry.is_dir():
            yield from _modules(entry, name)
        elif name.endswith(".py"):
            yield name, entry
