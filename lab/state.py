"""The folder of one lab: its lock, its endpoints, its log, its keys and its site root."""

from __future__ import annotations

import fcntl
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DEFAULT = Path(".lab")


@dataclass(frozen=True, slots=True)
class State:
    """Where one lab keeps its things."""

    folder: Path

    @property
    def lock(self) -> Path:
        """Held by the running lab for as long as it lives; its text is the process id."""
        return self.folder / "lab.lock"

    @property
    def endpoints(self) -> Path:
        """What runs where; there only while the lab runs."""
        return self.folder / "endpoints.json"

    @property
    def log(self) -> Path:
        """What a lab in the background had to say."""
        return self.folder / "lab.log"

    @property
    def site(self) -> Path:
        """The site root that `dcops -C` uses."""
        return self.folder / "site"

    @property
    def keys(self) -> Path:
        """Private keys of the lab: host keys, and the identities of the archive's holders."""
        return self.folder / "keys"

    @property
    def devices(self) -> Path:
        """Folders of devices that need files: the pretend /etc of a server."""
        return self.folder / "devices"

    def holder(self) -> int | None:
        """The process id of the lab that lives in this folder, if one does.

        The lock decides and not the number: a process id may belong to somebody else by now.
        """
        try:
            with self.lock.open("r+") as stream:
                try:
                    fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    return int(stream.read().strip() or 0) or None
        except FileNotFoundError:
            pass
        return None

    def read_endpoints(self) -> dict[str, Any]:
        """The running lab's endpoints; empty when it has not written them."""
        try:
            answer: dict[str, Any] = json.loads(self.endpoints.read_text(encoding="utf-8"))
        except (FileNotFoundError, json.JSONDecodeError):
            return {}
        return answer


class Lock:
    """The mark of the one lab that lives in a folder. The kernel releases it when the process dies."""

    def __init__(self, state: State) -> None:
        state.folder.mkdir(parents=True, exist_ok=True)
        self._stream = os.fdopen(os.open(state.lock, os.O_RDWR | os.O_CREAT, 0o644), "r+")
        try:
            fcntl.flock(self._stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._stream.close()
            raise AlreadyUp(f"a lab already lives in {state.folder}") from None
        self._stream.truncate(0)
        self._stream.write(f"{os.getpid()}\n")
        self._stream.flush()

    def release(self) -> None:
        """Leave the folder."""
        self._stream.truncate(0)
        self._stream.close()


class AlreadyUp(Exception):
    """Another lab holds the folder."""


def write_atomically(file: Path, text: str, mode: int = 0o644) -> None:
    """Write a file so that a reader sees the old text or the new one, never a half."""
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.write(text)
    draft.chmod(mode)
    draft.replace(file)
