"""What this host remembers of the second store, so that one that was emptied, or is not mounted, is not filled anew."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from dcops.archive import durable
from dcops.archive.record import stamp

FILE_NAME = "copy.json"
_KEYS = {"place", "revision", "sealed_files", "copied", "verified", "sound", "damaged"}


@dataclass(frozen=True, slots=True)
class Memory:
    """The second store as it was seen last. A place that was never seen has no revision."""

    place: str
    revision: str = ""
    sealed_files: int = 0
    copied: datetime | None = None
    verified: datetime | None = None
    """When everything there was recomputed last and found right."""
    sound: bool = True
    """The last recomputation found nothing wrong; after one that did, the next copy recomputes again."""
    damaged: tuple[str, ...] = ()
    """Sealed files that the last recomputation found damaged there: they are sent again."""
    lost: bool = False
    """There was something to remember, and its file is damaged: the place may have been seen before."""

    @classmethod
    def load(cls, file: Path, place: str) -> Memory:
        """What is remembered of a place; of another one nothing, and of a damaged file that it is one."""
        try:
            text = file.read_text(encoding="utf-8")
        except FileNotFoundError:
            return cls(place)
        except (OSError, ValueError):
            return cls(place, sound=False, lost=True)
        try:
            found: dict[str, Any] = json.loads(text)
            # Files of earlier releases have no check.
            check = found.pop("check", None)
            if set(found) != _KEYS or check not in (None, _check(found)):
                return cls(place, sound=False, lost=True)
            if found["place"] != place:
                return cls(place)
            return cls(
                place,
                str(found["revision"]),
                int(found["sealed_files"]),
                _time(found["copied"]),
                _time(found["verified"]),
                found["sound"] is True,
                tuple(map(str, found["damaged"])),
            )
        except (ValueError, KeyError, TypeError, AttributeError):
            return cls(place, sound=False, lost=True)

    def save(self, file: Path) -> None:
        """Remember it."""
        value = {
            "place": self.place,
            "revision": self.revision,
            "sealed_files": self.sealed_files,
            "copied": stamp(self.copied) if self.copied else None,
            "verified": stamp(self.verified) if self.verified else None,
            "sound": self.sound,
            "damaged": list(self.damaged),
        }
        durable.replace(file, f"{json.dumps({**value, 'check': _check(value)}, indent=2)}\n".encode())

    def after_copy(self, revision: str, sealed_files: int, now: datetime, resent: frozenset[str]) -> Memory:
        """What is known after a copy."""
        return replace(
            self,
            revision=revision,
            sealed_files=sealed_files,
            copied=now,
            lost=False,
            damaged=tuple(name for name in self.damaged if name not in resent),
        )

    def after_recomputation(self, damaged: tuple[str, ...], now: datetime, *, sound: bool) -> Memory:
        """What is known after every hash was computed anew there."""
        return replace(self, verified=now if sound else self.verified, sound=sound, damaged=damaged)


def _check(value: dict[str, Any]) -> str:
    """Tells whether the file is as it was written: one rotten digit could put off a recomputation for years."""
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()


def _time(value: object) -> datetime | None:
    return None if value is None else datetime.fromisoformat(str(value))
