"""The ledger: the truth about what ran, when, and what came of it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Self

from sqlalchemy import Connection

from dcops.ledger import audits, housekeeping, locks, messages, notes, restore_tests, results, runs, schema, windows
from dcops.ledger.address import Address
from dcops.ledger.database import Database
from dcops.ledger.housekeeping import Pruned
from dcops.model.audit import AuditPoint, AuditRecord, Standing
from dcops.model.job import DeviceResult, LedgerRun, MaintenanceWindow, Message, RunKey, RunState, RunTrigger
from dcops.model.restore_test import Level, RestoreTest
from dcops.model.secret import Secret

_NOTHING: Mapping[str, object] = MappingProxyType({})


class Ledger:
    """A ledger in SQLite or PostgreSQL that was opened. Many threads may use one, many processes the same database.

    Each call is one transaction and ends in bounded time. When the database cannot be reached, or cannot take what it
    is given, a call raises CannotRun; the next one works as soon as the database does. Times are aware and come back in
    UTC; one without a zone is a ValueError.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    @classmethod
    def open(cls, url: str, *, password: Secret | None = None) -> Self:
        """Open a ledger; make it, or bring its tables up to date, when that is needed."""
        database = Database(Address.of(url), password)
        try:
            database.prepare()
            schema.bring_up_to_date(database)
        except BaseException:
            database.close()
            raise
        return cls(database)

    def close(self) -> None:
        """Let go of the connections."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Ledger {self.where}>"

    @property
    def where(self) -> str:
        """Where it lies, for people."""
        return str(self._database.address)

    def version(self) -> str:
        """The version of its tables; asking for it shows that the ledger can be reached."""
        return self._database.read(schema.version)

    # Runs

    def claim(self, key: RunKey, *, node: str, trigger: RunTrigger, now: datetime, attempt: int = 1) -> bool:
        """Take a due time. True for exactly one caller, on however many hosts they are.

        A later attempt is given only after the one before it ended without success.
        """
        return self._database.write(runs.claim, key, node=node, trigger=trigger, now=now, attempt=attempt)

    def start(
        self,
        key: RunKey,
        *,
        now: datetime,
        run: str,
        process_group: int | None,
        artefact: str,
        attempt: int | None = None,
    ) -> bool:
        """From queued to running; False when it is not queued (any more).

        Here and below: who names the attempt speaks for that one only, and learns by False that another one took over.
        """
        return self._database.write(
            runs.start, key, now=now, run=run, process_group=process_group, artefact=artefact, attempt=attempt
        )

    def heartbeat(self, key: RunKey, *, now: datetime, attempt: int | None = None) -> bool:
        """It still runs. False when the ledger knows that it does not: somebody else ended it."""
        return self._database.write(runs.heartbeat, key, now=now, attempt=attempt)

    def finish(
        self,
        key: RunKey,
        state: RunState,
        *,
        now: datetime,
        reason: str = "",
        exit_code: int | None = None,
        summary: Mapping[str, object] = _NOTHING,
        run: str = "",
        attempt: int | None = None,
    ) -> bool:
        """Write down how it ended. False when it had ended before; that first word stays."""
        if not state.ended:
            raise ValueError(f"a run does not end as {state.value}")
        return self._database.write(
            runs.finish,
            key,
            state,
            now=now,
            reason=reason,
            exit_code=exit_code,
            summary=summary,
            run=run,
            attempt=attempt,
        )

    def skip(self, key: RunKey, *, node: str, now: datetime, reason: str, trigger: RunTrigger) -> bool:
        """Write down that a due time is let pass, and why. False when it has a row already."""
        return self._database.write(runs.skip, key, node=node, now=now, reason=reason, trigger=trigger)

    def get(self, key: RunKey) -> LedgerRun | None:
        """The row of a due time."""
        return self._database.read(runs.get, key)

    def attempts(self, key: RunKey) -> tuple[LedgerRun, ...]:
        """Every try at a due time, the first one first."""
        return self._database.read(runs.attempts, key)

    def runs(
        self,
        *,
        job: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        states: Collection[RunState] = (),
        limit: int = 100,
    ) -> tuple[LedgerRun, ...]:
        """Runs that were due in `since <= due < until`, the newest first; never more than 10 000."""
        return self._database.read(runs.listed, job=job, since=since, until=until, states=states, limit=limit)

    def last(self, job: str) -> LedgerRun | None:
        """The run with the newest due time."""
        return self._database.read(runs.last, job)

    def last_success(self, job: str) -> LedgerRun | None:
        """The run with the newest due time that was done to the end."""
        return self._database.read(runs.last, job, succeeded=True)

    def last_due(self, job: str, *, triggers: Collection[RunTrigger] = ()) -> datetime | None:
        """The newest due time that has a row, of any trigger unless some are named."""
        return self._database.read(runs.last_due, job, triggers=triggers)

    def stale(self, *, before: datetime) -> tuple[LedgerRun, ...]:
        """Runs that are queued or running and gave no sign of life since `before`, the oldest first."""
        return self._database.read(runs.stale, before=before)

    # Outcomes

    def record_outcomes(self, key: RunKey, outcomes: Iterable[DeviceResult]) -> None:
        """Write down what came of devices; a second word about a device in the same run replaces the first."""
        self._database.write(results.record, key, tuple(outcomes))

    def outcomes(self, key: RunKey) -> tuple[DeviceResult, ...]:
        """What came of each device in a run, by its name."""
        return self._database.read(results.of_run, key)

    def device_successes(self, job: str) -> Mapping[str, datetime]:
        """When each device was last well in a job: when that run began. It outlives the pruning of runs."""
        return self._database.read(results.successes, job)

    # Restore tests

    def note_restore_test(self, *tests: RestoreTest) -> int:
        """Write down restore tests; gives how many were new: one of a run and device that is known stays as it is."""
        return self._database.write(restore_tests.note, tests)

    def restore_tests(
        self, device: str | None = None, since: datetime | None = None, *, limit: int = restore_tests.MOST
    ) -> tuple[RestoreTest, ...]:
        """Restore tests of one device or of all, the newest first."""
        return self._database.read(restore_tests.listed, device=device, since=since, limit=limit)

    def last_restore_tests(
        self, *, level: Level | None = None, until: datetime | None = None
    ) -> Mapping[str, RestoreTest]:
        """The newest good restore test of each device, of one level or of any that counts; it outlives pruning."""
        return self._database.read(restore_tests.last_good, level=level, until=until)

    # Locks on devices

    def lock_devices(
        self, devices: Collection[str], *, owner: str, now: datetime, ttl_seconds: float
    ) -> Mapping[str, str]:
        """Lock the devices that are free; gives who holds each of the others. A lock that expired is taken over."""
        return self._database.write(locks.take, devices, owner=owner, now=now, ttl_seconds=ttl_seconds)

    def renew_locks(self, owner: str, *, now: datetime, ttl_seconds: float) -> int:
        """Hold on to what an owner holds; gives how many locks those still are."""
        return self._database.write(locks.renew, owner, now=now, ttl_seconds=ttl_seconds)

    def unlock_devices(self, owner: str) -> None:
        """Let go of what an owner holds."""
        self._database.write(locks.release, owner)

    def device_locks(self, now: datetime) -> Mapping[str, tuple[str, datetime]]:
        """Who holds which device, and until when."""
        return self._database.read(locks.held, now)

    # Maintenance windows

    def open_window(self, window: MaintenanceWindow) -> MaintenanceWindow:
        """Write down a maintenance window; gives it with its number, whatever number it came with."""
        return self._database.write(windows.begin, window)

    def end_window(self, id: int, now: datetime) -> bool:
        """End a window early, or call off one that has not begun. False when it is unknown or over."""
        return self._database.write(windows.end, id, now)

    def windows(self, *, at: datetime | None = None, since: datetime | None = None) -> tuple[MaintenanceWindow, ...]:
        """Windows in force at a time, or those that end after one; the earliest first."""
        return self._database.read(windows.listed, at=at, since=since)

    # Audits

    def record_audit(self, audit: AuditRecord) -> Mapping[str, datetime]:
        """Write an audit down; gives when each of its fingerprints was first seen.

        The newest audit of a device says how it stands. A run that is there already stays as it is.
        """
        return self._database.write(audits.record, audit)

    def audit_first_seen(self, audit: str, fingerprints: Collection[str]) -> Mapping[str, datetime]:
        """When an audit of this kind first found each of these; those that none ever did are left out."""
        return self._database.read(audits.first_seen, audit, fingerprints)

    def audits(self, audit: str, *, limit: int = 50) -> tuple[AuditRecord, ...]:
        """The newest audits of a kind, the newest first, without what they found."""
        return self._database.read(audits.listed, audit, limit=limit)

    def audit(self, run: str) -> AuditRecord | None:
        """One audit with all that is kept of it."""
        return self._database.read(audits.read, run)

    def standings(self, audit: str) -> tuple[Standing, ...]:
        """How every device stood in its newest audit of a kind, pack by pack."""
        return self._database.read(audits.standings, audit)

    def audit_trend(
        self,
        audit: str,
        *,
        packs: Sequence[str],
        pack: str,
        devices: Collection[str] | None,
        before: datetime,
        limit: int,
    ) -> tuple[AuditPoint, ...]:
        """What earlier audits by the same packs counted of one pack and of these devices, the newest first."""
        return self._database.read(
            audits.trend, audit, packs=packs, pack=pack, devices=devices, before=before, limit=limit
        )

    # Messages

    def enqueue(self, channel: str, subject: str, body: str, *, now: datetime, dedup: str = "") -> Message | None:
        """Put a message into the queue; None when its channel was given one with this key before."""
        return self._database.write(messages.enqueue, channel, subject, body, now=now, dedup=dedup)

    def due_messages(self, now: datetime, limit: int = 50) -> tuple[Message, ...]:
        """Messages whose time has come, the longest waiting first."""
        return self._database.read(messages.due, now, limit)

    def sent(self, id: int, now: datetime) -> bool:
        """A message left. False when it was not waiting any more; here and in the next two."""
        return self._database.write(messages.sent, id, now)

    def try_later(self, id: int, error: str, next_try: datetime) -> bool:
        """A message did not leave, and is to be tried again."""
        return self._database.write(messages.try_later, id, error, next_try)

    def bury(self, id: int, error: str) -> bool:
        """A message did not leave and is given up, until somebody revives it."""
        return self._database.write(messages.bury, id, error)

    def dead_messages(self, limit: int = 100) -> tuple[Message, ...]:
        """Messages that were given up, the newest first."""
        return self._database.read(messages.dead, limit)

    def revive(self, id: int, now: datetime) -> bool:
        """Give a message that was given up another chance. False when it was not."""
        return self._database.write(messages.revive, id, now)

    # Notes

    def note(self, name: str, value: str) -> None:
        """Remember a small thing by name, instead of what was there."""
        self._database.write(notes.write, name, value)

    def noted(self, name: str) -> str | None:
        """What was remembered under a name."""
        return self._database.read(notes.read, name)

    # Housekeeping

    def prune(self, *, before: datetime) -> Pruned:
        """Take out what is older than a time: runs that ended, messages that left, windows over, restore tests,
        audits.

        The newest run and the last success of each job stay, however old, and so do those of a device's restore tests
        and the newest audit of each kind.
        """
        return Pruned(
            runs=self._in_batches(housekeeping.prune_runs, before),
            messages=self._in_batches(housekeeping.prune_messages, before),
            windows=self._in_batches(housekeeping.prune_windows, before),
            locks=self._database.write(housekeeping.prune_locks, before),
            restore_tests=self._in_batches(housekeeping.prune_restore_tests, before),
            audits=self._in_batches(audits.prune, before),
        )

    def _in_batches(self, prune: Callable[[Connection, datetime], int], before: datetime) -> int:
        total = 0
        while (taken := self._database.write(prune, before)) > 0:
            total += taken
        return total
