"""A ledger that only remembers: as much of it as the scheduler's reconciliation asks."""

from dataclasses import replace

from dcops.model.job import LedgerRun, RunKey, RunState


class MemoryLedger:
    def __init__(self):
        self.rows = {}
        self.notes = {}

    def claim(self, key, *, node, trigger, now, attempt=1):
        before = self.rows.get(key)
        if attempt == 1:
            if before is not None:
                return False
        elif before is None or before.attempt != attempt - 1 or not before.state.ended or before.state.succeeded:
            return False
        self.rows[key] = LedgerRun(key.job, key.due, attempt, node, RunState.QUEUED, trigger, claimed=now)
        return True

    def start(self, key, *, now, attempt, **told):
        return self._change(key, attempt, {RunState.QUEUED}, state=RunState.RUNNING, started=now, heartbeat=now)

    def heartbeat(self, key, *, now, attempt):
        return self._change(key, attempt, {RunState.RUNNING}, heartbeat=now)

    def finish(self, key, state, *, now, reason="", attempt=None, **told):
        live = {RunState.QUEUED, RunState.RUNNING}
        return self._change(key, attempt, live, state=state, finished=now, reason=reason)

    def skip(self, key, *, node, now, reason, trigger):
        if key in self.rows:
            return False
        self.rows[key] = LedgerRun(key.job, key.due, 1, node, RunState.SKIPPED, trigger, reason, finished=now)
        return True

    def get(self, key):
        return self.rows.get(key)

    def runs(self, *, job=None, since=None, states=(), limit=100):
        found = [
            row
            for row in self.rows.values()
            if (job is None or row.job == job)
            and (since is None or row.due >= since)
            and (not states or row.state in states)
        ]
        return tuple(sorted(found, key=lambda row: row.due, reverse=True)[:limit])

    def stale(self, *, before):
        return tuple(
            row
            for row in self.rows.values()
            if not row.state.ended and (row.heartbeat or row.started or row.claimed) < before
        )

    def record_outcomes(self, key, outcomes):
        assert not outcomes

    def unlock_devices(self, owner):
        pass

    def note(self, name, value):
        self.notes[name] = value

    def noted(self, name):
        return self.notes.get(name)

    def _change(self, key: RunKey, attempt, states, **values):
        row = self.rows.get(key)
        if row is None or row.state not in states or (attempt is not None and row.attempt != attempt):
            return False
        self.rows[key] = replace(row, **values)
        return True
