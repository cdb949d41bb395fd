"""Restore tests: open what is archived with a holder's key, and see whether a device could be restored with it.

Nothing is sent to a device, and nothing that was opened leaves the process or is written anywhere.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from dcops.archive.archive import Archive, Version
from dcops.archive.identity import Identity
from dcops.archive.pieces import devices_in
from dcops.archive.site_key import SiteKey
from dcops.diff.formats import Formats
from dcops.errors import CannotRun, DcopsError, DeviceError, ErrorKind, UsageError
from dcops.jobs.context import Progress, never
from dcops.jobs.drilling import choice
from dcops.jobs.drilling.trial import NO_KEY, Check, Means, Trial, tried
from dcops.ledger.ledger import Ledger
from dcops.model.device import Device
from dcops.model.restore_test import Level, RestoreResult, RestoreTest
from dcops.model.run import JobRun, Outcome, Result, new_run_id

NAME = "drill"
REMEMBERED = timedelta(days=800)
"""Older tests say nothing about whose turn it is."""

_FETCH = "Fetch what is damaged from the second store, and see: dcops archive verify"
_KEY = "Use the key of a holder for whom it is sealed: dcops archive keys list"
_OPEN = "Test it with a holder's key: dcops restore drill --identity KEY; what restores no device needs another backup"


@dataclass(frozen=True, slots=True)
class Drilled:
    """What came of one device."""

    test: RestoreTest
    version: Version | None
    trials: tuple[Trial, ...]


@dataclass(frozen=True, slots=True)
class Rooms:
    """What a drill needs."""

    archive: Archive
    formats: Formats
    clock: Callable[[], datetime]
    progress: Progress
    site_keys: Mapping[str, SiteKey] = field(default_factory=dict)
    """Those that are known here, by id."""
    identity: Identity | None = None
    """A holder's; without it nothing is opened."""
    ledger: Ledger | None = None
    stopping: Callable[[], bool] = never
    drilled: Callable[[Drilled], None] = lambda _: None
    """Is told of each device at once: what was tested is not lost when the run is interrupted."""


def chosen(rooms: Rooms, devices: Iterable[Device], *, number: int | None = None) -> tuple[Device, ...]:
    """Those of the archived devices whose turn it is; `number` of them, or as many as a monthly drill needs."""
    held = set(devices_in(rooms.archive))
    archived = [device for device in devices if device.name in held]
    if rooms.ledger is None:
        return choice.in_turn(archived, rooms.clock(), number)
    tests = rooms.ledger.restore_tests(since=rooms.clock() - REMEMBERED)
    return choice.due(archived, tests, with_key=rooms.identity is not None, number=number)


def run(rooms: Rooms, devices: Sequence[Device], *, at: str | None = None) -> JobRun:
    """Test the newest version of each device, or the one that was in force at a time, and write down what came of it.

    One device is in memory at a time. A device that fails becomes a failed outcome, and the others go on.
    """
    started = rooms.clock()
    drill = _Drill(rooms, new_run_id(started), at, frozenset(devices_in(rooms.archive)))
    rooms.progress.started(devices)
    outcomes = []
    for device in devices:
        outcome = _stopped(device) if rooms.stopping() else drill.outcome(device)
        outcomes.append(outcome)
        rooms.progress.finished(outcome)
    return JobRun(
        command=NAME,
        run=drill.run_id,
        started=started,
        finished=rooms.clock(),
        outcomes=tuple(outcomes),
        extra={
            "opened": drill.counted(Level.OPENED, RestoreResult.OK),
            "parsed_only": drill.counted(Level.PARSED, RestoreResult.OK),
            "could_not_check": drill.counted(None, RestoreResult.COULD_NOT_CHECK),
            "recorded": drill.recorded,
        },
        failure=drill.failure,
    )


@dataclass(slots=True)
class _Drill:
    """One drill on its way."""

    rooms: Rooms
    run_id: str
    at: str | None
    held: frozenset[str]
    tests: list[RestoreTest] = field(default_factory=list)
    recorded: int = 0
    lost: str = ""
    """Why a test could not be recorded."""

    @property
    def failure(self) -> str:
        """Why the drill as a whole was none."""
        if self.lost:
            return f"{len(self.tests) - self.recorded} restore tests could not be recorded: {self.lost}"
        return "" if self.tests else "nothing was tested: the archive holds none of these devices"

    def counted(self, level: Level | None, result: RestoreResult) -> int:
        """How many tests ended so."""
        return sum(test.result is result and level in (None, test.level) for test in self.tests)

    def outcome(self, device: Device) -> Outcome:
        """What came of a device, after it was written down."""
        begun = time.monotonic()
        if device.name not in self.held:
            return Outcome(device.name, Result.SKIPPED, "the archive holds nothing of it")
        try:
            done = self._drilled(device.name)
        except UsageError as error:
            # It was not archived yet at the time that was asked for.
            return Outcome(device.name, Result.SKIPPED, error.message)
        self.tests.append(done.test)
        self._record(done.test)
        self.rooms.drilled(done)
        return _outcome(done, time.monotonic() - begun)

    def _drilled(self, device: str) -> Drilled:
        try:
            version = self.rooms.archive.version(device, self.at)
        except UsageError:
            raise
        except DcopsError as error:
            return self._unread(device, error.message)
        try:
            means = Means(self.rooms.formats, self.rooms.site_keys, self.rooms.identity)
            trials = tuple(tried(self.rooms.archive, version, source, means) for source in version.record.documents)
        except Exception as error:  # noqa: BLE001  whatever a hostile content makes of a parser, the others go on
            words = error.message if isinstance(error, DcopsError) else f"the test ended by {type(error).__name__}"
            return self._unread(device, words, version)
        restoring = [trial for trial in trials if trial.restores]
        opened = bool(restoring) and all(trial.opened for trial in restoring)
        result = _result(trials, opened=opened, with_key=self.rooms.identity is not None)
        test = self._test(
            device,
            version,
            level=Level.OPENED if opened else Level.PARSED,
            result=result,
            detail=_detail(trials),
            holder=", ".join(sorted({trial.holder for trial in trials if trial.holder})),
        )
        return Drilled(test, version, trials)

    def _unread(self, device: str, why: str, version: Version | None = None) -> Drilled:
        test = self._test(device, version, level=Level.PARSED, result=RestoreResult.FAILED, detail=why, holder="")
        return Drilled(test, version, ())

    def _test(
        self, device: str, version: Version | None, *, level: Level, result: RestoreResult, detail: str, holder: str
    ) -> RestoreTest:
        return RestoreTest(
            device=device,
            revision=version.revision if version else "",
            sources=tuple(version.record.documents) if version else (),
            # To the second, as it travels in a file: a record that comes home is the same one.
            tested_at=self.rooms.clock().replace(microsecond=0),
            level=level,
            result=result,
            detail=detail,
            holder=holder,
            run=self.run_id,
        )

    def _record(self, test: RestoreTest) -> None:
        if self.rooms.ledger is None:
            return
        try:
            self.recorded += self.rooms.ledger.note_restore_test(test)
        except CannotRun as error:
            self.lost = str(error)


def _result(trials: Sequence[Trial], *, opened: bool, with_key: bool) -> RestoreResult:
    if any(trial.failed for trial in trials):
        return RestoreResult.FAILED
    restoring = [trial for trial in trials if trial.restores]
    # Without a key nobody expects more than a look; with one, what was not opened was not tested.
    if any(_beyond_the_key(trial) for trial in trials) or (with_key and restoring and not opened):
        return RestoreResult.COULD_NOT_CHECK
    return RestoreResult.OK


def _beyond_the_key(trial: Trial) -> bool:
    """It was pruned: not even the sealed file could be looked at."""
    first = trial.checks[0]
    return first in trial.unchecked


def _detail(trials: Sequence[Trial]) -> str:
    return "; ".join(f"{trial.source}: {_of(trial)}" for trial in trials)


def _of(trial: Trial) -> str:
    if trial.failed:
        words = [f"{check.name}: {check.said}" for check in trial.failed]
        return ", ".join(words)
    if not trial.holder:
        return _not_opened(trial)
    unchecked = [check.name for check in trial.unchecked]
    words = ["opened and whole" if trial.opened else "opened"]
    if not trial.restores:
        words.append("restores no device")
    if unchecked:
        words.append(f"could not check {' and '.join(unchecked)}: {trial.unchecked[0].said}")
    return ", ".join(words)


def _not_opened(trial: Trial) -> str:
    first: Check = trial.unchecked[0]
    return f"parsed only, {first.said}" if first.said == NO_KEY else f"not opened, {first.said}"


def _outcome(done: Drilled, seconds: float) -> Outcome:
    test = done.test
    if test.proves:
        return Outcome(test.device, Result.OK, test.detail, seconds=seconds)
    if test.good:
        # A look without a key, or at what restores no device: it went well, and must not be taken for a restore test.
        error = DeviceError(ErrorKind.UNSUPPORTED, test.detail, next_step=_OPEN)
        return Outcome(test.device, Result.SKIPPED, error=error, seconds=seconds)
    if test.result is RestoreResult.FAILED:
        error = DeviceError(ErrorKind.INVALID, test.detail, next_step=_FETCH)
    else:
        error = DeviceError(ErrorKind.DENIED, f"could not check: {test.detail}", next_step=_KEY)
    return Outcome(test.device, Result.FAILED, error=error, seconds=seconds)


def _stopped(device: Device) -> Outcome:
    error = DeviceError(
        ErrorKind.TIMEOUT,
        "not tested: the run was told to stop before its turn came",
        next_step="It is among the first of the next drill",
    )
    return Outcome(device.name, Result.SKIPPED, error=error)
