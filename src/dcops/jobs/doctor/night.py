"""The night: does it come, is it kept, and was what it keeps ever looked at."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from dcops.jobs.doctor.check import Check, Premises, State, opened, well
from dcops.jobs.runs.plan import Plan
from dcops.jobs.runs.reconcile import HEARTBEAT_NOTE
from dcops.ledger.ledger import Ledger
from dcops.model.moment import from_rfc3339

VERIFIED_NOTE = "archive:verified"
"""When `dcops archive verify` last found no fault."""
SILENT = timedelta(minutes=5)
VERIFY_EVERY = timedelta(days=31)
CLOCKS_APART = timedelta(minutes=5)
# As the alert does: half an interval late is late.
LATE = 1.5


def ledger(premises: Premises) -> Iterator[Check]:
    """What ran is known from it alone."""
    with premises.ledger() as books:
        yield well("ledger", f"{books.where}, tables {books.version()}")


def schedules(premises: Premises) -> Iterator[Check]:
    """A night without a schedule does not come."""
    scheduled = [plan.name for plan in premises.plans().values() if plan.timetable]
    if "backup" not in scheduled:
        yield Check(
            "schedules",
            State.WARNING,
            "nothing backs up by itself",
            'Add to dcops.toml: [jobs.backup] schedule = "0 1 * * *" (or use the timer units)',
        )
    else:
        yield well("schedules", f"{', '.join(scheduled)}, in {premises.zone()}")


def scheduler(premises: Premises) -> Iterator[Check]:
    """It signs every minute."""
    if not any(plan.timetable for plan in premises.plans().values()):
        return
    with opened(premises) as books:
        noted = books.noted(HEARTBEAT_NOTE)
    if noted is None:
        yield Check(
            "scheduler",
            State.WARNING,
            "no scheduler ever looked at these schedules",
            "Run: sudo systemctl enable --now dcops-scheduler (or let the timer units do it)",
        )
        return
    age = premises.now() - from_rfc3339(noted)
    if age > SILENT:
        yield Check(
            "scheduler",
            State.PROBLEM,
            f"silent for {_span(age)}",
            "See: systemctl status dcops-scheduler, journalctl -u dcops-scheduler",
        )
    else:
        yield well("scheduler", f"looked at the schedules {_span(age)} ago")


def jobs(premises: Premises) -> Iterator[Check]:
    """Each job that has a schedule."""
    plans = premises.plans()
    with opened(premises) as books:
        for plan in plans.values():
            if plan.timetable:
                yield _job(plan, books, premises)


def archive(premises: Premises) -> Iterator[Check]:
    """A backup that nobody ever checked is a hope."""
    if not (premises.state / "archive").exists():
        yield Check("archive", State.WARNING, "nothing is archived yet", "Run: dcops backup")
        return
    step = "Run: dcops archive verify (and now and then restore one: dcops archive export)"
    with opened(premises) as books:
        noted = books.noted(VERIFIED_NOTE)
    if noted is None:
        yield Check("archive", State.WARNING, "was never verified as a whole", step)
        return
    age = premises.now() - from_rfc3339(noted)
    if age < -CLOCKS_APART:
        yield Check("archive", State.WARNING, f"was verified in the future ({noted}): a clock was or is wrong", step)
    elif age > VERIFY_EVERY:
        yield Check("archive", State.WARNING, f"was verified {_span(age)} ago", step)
    else:
        yield well("archive", f"verified {_span(age)} ago")


def _job(plan: Plan, books: Ledger, premises: Premises) -> Check:
    assert plan.timetable is not None
    name, now = f"job {plan.name}", premises.now()
    due = plan.timetable.next(now)
    next_due = f"next {due.astimezone(premises.zone()):%a %Y-%m-%d %H:%M}"
    last, success = books.last(plan.name), books.last_success(plan.name)
    if last is None:
        return Check(name, State.WARNING, f"never ran; {next_due}", f"Try it: dcops jobs run {plan.name}")
    step = f"See: dcops jobs history {plan.name}"
    if success is None or success.finished is None:
        return Check(name, State.PROBLEM, f"never went well, last {last.state} {last.reason}; {next_due}".strip(), step)
    ago = f"went well {_span(now - success.finished)} ago"
    if _late(success.finished, now, plan.timetable.interval_seconds(now)):
        return Check(name, State.PROBLEM, f"{ago}, last {last.state}; {next_due}", step)
    if last.state.ended and not last.state.succeeded:
        return Check(name, State.WARNING, f"{ago}, but last {last.state}: {last.reason or 'see its log'}", step)
    return well(name, f"{ago}; {next_due}")


def _late(success: datetime, now: datetime, interval: float) -> bool:
    return (now - success).total_seconds() > LATE * interval


def _span(age: timedelta) -> str:
    minutes = max(0, int(age.total_seconds() // 60))
    if minutes < 120:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 48 * 60 else f"{minutes // 1440} days"
