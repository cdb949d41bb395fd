"""One line of the audit log, and the hash that chains it to the one before."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import UTC, datetime
from typing import Any

from dcops.auditlog.origin import Origin

GENESIS = "0" * 64
"""What the first line of a log names as the one before it."""


_TEXTS = ("what", "result", "run", "detail", "prev", "hash", "time", "sudo_user", "login_user", "address", "tty")


@dataclass(frozen=True, slots=True)
class Entry:
    """What somebody did. `hash` covers everything else, the hash of the line before included."""

    number: int
    """Counted from 1 without a gap, over all files."""
    time: datetime
    origin: Origin
    what: str
    """Class of the command: `backup`, `archive export`, `jobs run`."""
    devices: tuple[str, ...]
    result: str
    """In a few words: `ok`, `2 of 40 failed`, `refused: …`."""
    run: str
    detail: str
    prev: str
    hash: str

    def line(self) -> bytes:
        """The line as it lies in the file."""
        return _canonical({**_content(self), "hash": self.hash})

    @property
    def genuine(self) -> bool:
        """The hash is that of the content."""
        return self.hash == _hash(_content(self))


def after(
    last: Entry | None,
    *,
    time: datetime,
    origin: Origin,
    what: str,
    devices: tuple[str, ...] = (),
    result: str = "",
    run: str = "",
    detail: str = "",
) -> Entry:
    """The entry that follows the last one, with its hash."""
    number, prev = (last.number + 1, last.hash) if last else (1, GENESIS)
    draft = Entry(number, time.astimezone(UTC), origin, what, devices, result, run, detail, prev, hash="")
    return replace(draft, hash=_hash(_content(draft)))


def parse(line: bytes) -> Entry | None:
    """The entry in a line, or None when the line is none; whether it is genuine is another question."""
    try:
        data = json.loads(line)
        # RecursionError: a line of nothing but brackets.
    except (ValueError, RecursionError):
        return None
    if not isinstance(data, dict):
        return None
    try:
        entry = _entry(data)
    except (KeyError, TypeError, ValueError):
        return None
    # What cannot be written back as it was read holds more, or less, than an entry does.
    return entry if entry.line() == line.rstrip(b"\n") + b"\n" else None


def as_json(entry: Entry) -> dict[str, Any]:
    """The keys and values of the line."""
    return {**_content(entry), "hash": entry.hash}


def _content(entry: Entry) -> dict[str, Any]:
    return {
        "number": entry.number,
        "time": entry.time.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z"),
        **asdict(entry.origin),
        "what": entry.what,
        "devices": list(entry.devices),
        "result": entry.result,
        "run": entry.run,
        "detail": entry.detail,
        "prev": entry.prev,
    }


def _entry(data: Mapping[str, Any]) -> Entry:
    origin = Origin(**{item.name: data[item.name] for item in fields(Origin)})
    texts = (*(data[name] for name in _TEXTS), *data["devices"], origin.user, origin.host)
    if not all(isinstance(text, str) for text in texts):
        raise TypeError("an entry holds texts")
    return Entry(
        number=int(data["number"]),
        time=datetime.fromisoformat(data["time"]),
        origin=origin,
        what=data["what"],
        devices=tuple(data["devices"]),
        result=data["result"],
        run=data["run"],
        detail=data["detail"],
        prev=data["prev"],
        hash=data["hash"],
    )


def _canonical(data: Mapping[str, Any]) -> bytes:
    # ASCII only: nothing in a line can move a terminal's cursor or be read in two ways.
    return json.dumps(data, ensure_ascii=True, separators=(",", ":")).encode("ascii") + b"\n"


def _hash(content: Mapping[str, Any]) -> str:
    return hashlib.sha256(_canonical(content)).hexdigest()
