"""What a run leaves in the state folder: its log, its result, and who does it."""

from __future__ import annotations

import json
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from dcops.archive import durable
from dcops.jobs.runs.processes import Process
from dcops.model.job import RunKey
from dcops.model.moment import compact

LOG, RESULT, ENDED, DOER = "log.txt", "result.json", "ended.json", "process.json"


@dataclass(frozen=True, slots=True)
class Doer:
    """The processes that do a run, so that another one can tell whether they still live."""

    mark: str
    """In the environment of every process of the run: whoever carries it belongs to it."""
    supervisor: Process
    hard_limit_seconds: float

    def write(self, folder: Path) -> None:
        """Write it where a later process looks."""
        durable.replace(folder / DOER, json.dumps(asdict(self)).encode())

    @classmethod
    def read(cls, folder: Path) -> Doer | None:
        """Who does the run of that folder; None when nobody wrote it down."""
        try:
            data: dict[str, Any] = json.loads((folder / DOER).read_text(encoding="utf-8"))
            return cls(str(data["mark"]), Process(**data["supervisor"]), float(data["hard_limit_seconds"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None


def relative(key: RunKey, attempt: int) -> str:
    """Where the artefacts of an attempt lie, from the state folder on."""
    return f"runs/{key.job}/{compact(key.due)}/{attempt}"


def folder(state: Path, key: RunKey, attempt: int) -> Path:
    """The folder of an attempt's artefacts."""
    return state / relative(key, attempt)


def make(state: Path, key: RunKey, attempt: int, *, hard_limit_seconds: float) -> tuple[Path, Doer]:
    """Make the folder of an attempt that this process supervises."""
    made = folder(state, key, attempt)
    durable.make_folder(made)
    doer = Doer(secrets.token_hex(16), Process.current(), hard_limit_seconds)
    doer.write(made)
    return made, doer
