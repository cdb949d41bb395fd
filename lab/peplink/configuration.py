"""The configuration of a balancer: what is applied, what is pending, and the file that holds it."""

from __future__ import annotations

import copy
import hashlib
import json
import zlib
from collections.abc import Mapping
from typing import Any

MAGIC = b"\x89PLCONF\r\n"
BLOCK = 4096


class BadPath(Exception):
    """The path leads nowhere, or the value cannot stand there."""


class Configuration:
    """One applied configuration, and changes that every administrator sees and nobody has applied yet."""

    def __init__(self, tree: dict[str, Any]) -> None:
        self.applied = tree
        self._pending: dict[str, Any] | None = None
        self.pending_by: list[str] = []
        """Who left something unapplied."""

    @property
    def latest(self) -> dict[str, Any]:
        """What the web admin shows: with the pending changes."""
        return self.applied if self._pending is None else self._pending

    @property
    def is_pending(self) -> bool:
        """Something waits to be applied."""
        return self._pending is not None

    def stage(self, path: str, value: Any, user: str) -> None:
        """Change something without applying it."""
        staged = copy.deepcopy(self.latest)
        put(staged, path, value)
        self._pending = staged
        self.pending_by.append(user)

    def set(self, path: str, value: Any) -> None:
        """Change what is applied; pending changes stay pending."""
        changed = copy.deepcopy(self.applied)
        put(changed, path, value)
        if self._pending is not None:
            put(self._pending, path, value)
        self.applied = changed

    def apply(self) -> bool:
        """Everything pending becomes effective; whether there was anything."""
        if self._pending is None:
            return False
        self.applied, self._pending = self._pending, None
        self.pending_by.clear()
        return True

    def discard(self) -> None:
        """Everything pending is forgotten, whoever made it."""
        self._pending = None
        self.pending_by.clear()

    def file(self, model: str, firmware: str) -> bytes:
        """The applied configuration as the web admin gives it for a restore: nobody else can read it.

        Bound to the model: its key is drawn from the model's name. The same configuration gives the same bytes.
        """
        clear = zlib.compress(json.dumps(self.applied, sort_keys=True).encode("utf-8", "surrogateescape"), 9)
        head = MAGIC + model.encode().ljust(32, b"\0") + firmware.encode().ljust(32, b"\0")
        head += len(clear).to_bytes(4, "big") + zlib.crc32(clear).to_bytes(4, "big")
        size = -(-(len(head) + len(clear)) // BLOCK) * BLOCK
        return head + _mixed(clear.ljust(size - len(head), b"\0"), model)


def read_file(content: bytes, model: str) -> dict[str, Any]:
    """The configuration that a file holds; ValueError when it is damaged or made for another model."""
    head = len(MAGIC) + 64 + 8
    if not content.startswith(MAGIC + model.encode().ljust(32, b"\0")):
        raise ValueError("made for another model")
    length = int.from_bytes(content[head - 8 : head - 4], "big")
    clear = _mixed(content[head:], model)[:length]
    if zlib.crc32(clear) != int.from_bytes(content[head - 4 : head], "big"):
        raise ValueError("damaged")
    tree: dict[str, Any] = json.loads(zlib.decompress(clear))
    return tree


def put(tree: dict[str, Any], path: str, value: Any) -> None:
    """Set the value at a path such as `wan.1.connection.method.password`; what is missing on the way is made."""
    *way, last = path.split(".")
    node: Any = tree
    for step in way:
        node = _down(node, step)
    if isinstance(node, dict):
        node[last] = value
    elif isinstance(node, list) and last.isdigit() and int(last) < len(node):
        node[int(last)] = value
    else:
        raise BadPath(f"nothing can be set at {path}")


def merge(tree: dict[str, Any], changes: Mapping[str, Any]) -> None:
    """Take over the fields that are given, at every depth; others stay."""
    for key, value in changes.items():
        if isinstance(value, Mapping) and isinstance(tree.get(key), dict):
            merge(tree[key], value)
        else:
            tree[key] = copy.deepcopy(value)


def _down(node: Any, step: str) -> Any:
    if isinstance(node, dict):
        return node.setdefault(step, {})
    if isinstance(node, list) and step.isdigit() and int(step) < len(node):
        return node[int(step)]
    raise BadPath(f"there is no {step} there")


def _mixed(content: bytes, model: str) -> bytes:
    """Each byte with one of an endless key; twice gives the first again."""
    key = hashlib.shake_256(b"balance " + model.encode()).digest(len(content))
    return bytes(a ^ b for a, b in zip(content, key, strict=True))
