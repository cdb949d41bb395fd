"""Records of restore tests as a file: made where there is no ledger, and taken in at home."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from dcops.archive import durable
from dcops.archive.archive import Archive
from dcops.archive.entry import require_device_name, require_run_name
from dcops.archive.pieces import devices_in
from dcops.errors import CannotRun, InvalidInput
from dcops.ledger.ledger import Ledger
from dcops.model.moment import from_rfc3339, rfc3339
from dcops.model.restore_test import Level, RestoreResult, RestoreTest
from dcops.model.snapshot import ConfigSource

WHAT = "restore tests of dcops"
FORMAT = 1
LARGEST_BYTES = 50_000_000
# Clocks of two hosts differ a little; a test of tomorrow would make a device look tested for too long.
FUTURE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What came of a file of records."""

    new: int
    known: int
    """They had been taken in before."""
    refused: tuple[str, ...]
    """Records that cannot be of this archive, and why."""


def write(file: Path, tests: Iterable[RestoreTest]) -> None:
    """Write records so that a reader finds the old file or the whole new one."""
    value = {"what": WHAT, "format": FORMAT, "tests": [as_json(test) for test in tests]}
    durable.replace(file.absolute(), f"{json.dumps(value, ensure_ascii=False, indent=2)}\n".encode(), mode=0o644)


def as_json(test: RestoreTest) -> dict[str, Any]:
    """One record."""
    return {
        "device": test.device,
        "revision": test.revision or None,
        "sources": [source.value for source in test.sources],
        "tested_at": rfc3339(test.tested_at),
        "level": test.level.value,
        "result": test.result.value,
        "detail": test.detail,
        "holder": test.holder or None,
        "run": test.run,
    }


def read(file: Path, now: datetime) -> tuple[RestoreTest, ...]:
    """The records in a file; InvalidInput says what is wrong with it."""
    try:
        if file.stat().st_size > LARGEST_BYTES:
            raise InvalidInput(f"{file} is too large for a file of restore tests")
        value = json.loads(file.read_bytes())
    except OSError as error:
        raise CannotRun(f"{file} cannot be read: {error.strerror or error}") from None
    except (ValueError, RecursionError):
        raise _none(file) from None
    if not isinstance(value, dict) or value.get("what") != WHAT:
        raise _none(file)
    if value.get("format") != FORMAT:
        raise InvalidInput(f"{file} has format {value.get('format')!r}, and this dcops knows {FORMAT}")
    try:
        tests = tuple(_test(one) for one in value["tests"])
    except (KeyError, TypeError, ValueError, AttributeError, InvalidInput) as error:
        words = error.message if isinstance(error, InvalidInput) else type(error).__name__
        raise InvalidInput(f"{file} is damaged: a record in it cannot be read ({words})") from None
    for test in tests:
        if test.tested_at > now + FUTURE:
            raise InvalidInput(
                f"{file}: the test of {test.device} is of {rfc3339(test.tested_at)}, which is still to come",
                next_step="See whether the clock there is right, or the one here",
            )
    return tests


def take_in(ledger: Ledger, archive: Archive, tests: Sequence[RestoreTest]) -> TakenIn:
    """Write records into the ledger; one that is there already is left as it is. Those of another archive are refused.

    A record speaks of a version, and this archive must know it: whatever else it says has to be believed.
    """
    held = set(devices_in(archive))
    revisions: dict[str, frozenset[str]] = {}
    ours, refused = [], []
    for test in tests:
        if test.device not in held:
            refused.append(f"{test.device}: this archive holds nothing of it")
            continue
        if test.device not in revisions:
            revisions[test.device] = frozenset(version.revision for version in archive.log(test.device))
        # A version that could not be read has no name, and stands for nothing but a failure.
        if test.revision in revisions[test.device] or (not test.revision and not test.good):
            ours.append(test)
        else:
            refused.append(f"{test.device}: this archive has no version {test.revision[:8] or 'without a name'} of it")
    new = ledger.note_restore_test(*ours)
    return TakenIn(new, len(ours) - new, tuple(refused))


def _test(value: dict[str, Any]) -> RestoreTest:
    for name in ("device", "tested_at", "level", "result", "detail", "run"):
        if not isinstance(value[name], str):
            raise TypeError(name)
    test = RestoreTest(
        device=require_device_name(value["device"]),
        revision=_text(value["revision"]),
        sources=tuple(ConfigSource(source) for source in value["sources"]),
        tested_at=from_rfc3339(value["tested_at"]),
        level=Level(value["level"]),
        result=RestoreResult(value["result"]),
        detail=value["detail"],
        holder=_text(value["holder"]),
        run=require_run_name(value["run"]),
    )
    if test.proves and not test.holder:
        raise ValueError("opened by nobody")
    return test


def _text(value: object) -> str:
    if value is not None and not isinstance(value, str):
        raise TypeError("text")
    return value or ""


def _none(file: Path) -> InvalidInput:
    return InvalidInput(
        f"{file} holds no restore tests", next_step="Give the file that `dcops restore drill --record` wrote"
    )
