"""Finds runs whose process vanished without a word, clears up after them, and writes down what became of them."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from dcops.jobs.runs import artefacts
from dcops.jobs.runs.artefacts import Doer
from dcops.jobs.runs.locks import owner_of
from dcops.jobs.runs.processes import boot_id, end_all, marked
from dcops.jobs.runs.result import Ended
from dcops.ledger.ledger import Ledger
from dcops.model.job import LedgerRun, RunState
from dcops.model.moment import rfc3339

HEARTBEAT_SECONDS = 10.0
MISSED_HEARTBEATS = 3
# A supervisor that is alive and still has not ended its run this long after the hard limit is itself stuck.
PATIENCE_SECONDS = 300.0
MOST_ROWS = 10_000
LIVE = frozenset(state for state in RunState if not state.ended)


def sweep(
    ledger: Ledger, *, node: str, state: Path, now: datetime, patience_seconds: float = PATIENCE_SECONDS
) -> tuple[LedgerRun, ...]:
    """End the runs that gave no sign of life for three heartbeats; gives their rows as they are now.

    A run of this node is lost only when its process is gone: while the ledger could not be reached it could not give a
    sign either. Whatever such a run left behind is killed, by the mark that its processes carry.
    """
    span = timedelta(seconds=HEARTBEAT_SECONDS * MISSED_HEARTBEATS)
    silent = {row.key: row for row in ledger.stale(before=now - span)}
    for row in ledger.runs(states=LIVE, limit=MOST_ROWS):
        # After the clock was put back, a run that vanished before has its last sign of life in the future.
        sign = row.heartbeat or row.started or row.claimed
        if row.node == node and sign is not None and sign > now + span:
            silent[row.key] = row
    return tuple(ended for row in silent.values() if (ended := _end(ledger, row, node, state, now, patience_seconds)))


def _end(
    ledger: Ledger, row: LedgerRun, node: str, state: Path, now: datetime, patience_seconds: float
) -> LedgerRun | None:
    folder = artefacts.folder(state, row.key, row.attempt)
    doer = Doer.read(folder) if row.node == node else None
    left, hung = 0, False
    if doer is not None:
        hung = doer.supervisor.alive
        if hung and doer.supervisor.age_seconds < doer.hard_limit_seconds + patience_seconds:
            return None
        end_all(lambda: [doer.supervisor] if doer.supervisor.alive else [])
        left = end_all(lambda: marked(doer.mark))
    ended = Ended.read(folder / artefacts.ENDED) if doer else None
    if ended is None:
        ended = Ended(RunState.LOST, _why(row, doer, hung=hung, left=left))
    ledger.record_outcomes(row.key, ended.outcomes(row.key))
    finished = ledger.finish(
        row.key,
        ended.state,
        now=now,
        reason=ended.reason,
        exit_code=ended.exit_code,
        summary=ended.row_summary,
        run=ended.run,
        attempt=row.attempt,
    )
    ledger.unlock_devices(owner_of(row.key, row.attempt, row.node))
    return ledger.get(row.key) if finished else None


def _why(row: LedgerRun, doer: Doer | None, *, hung: bool, left: int) -> str:
    sign = row.heartbeat or row.started
    parts = [f"its process ended without a word, last sign of life {rfc3339(sign)}" if sign else "it was never begun"]
    if doer is not None and doer.supervisor.boot != boot_id():
        parts = ["the machine was restarted while it ran"]
    elif hung:
        parts = ["it hung beyond its hard limit"]
    if left:
        parts.append(f"{left} of its processes were left behind and have been ended")
    return "; ".join(parts)
