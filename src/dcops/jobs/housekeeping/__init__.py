"""Keep the house in order: what piles up is packed or let go, what must stay is read and found whole."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

from dcops.archive.lock import held
from dcops.errors import DcopsError
from dcops.jobs.housekeeping import books, folders, leftovers, packing, promised, retention, room, verification
from dcops.jobs.housekeeping.chore import Chore, Done, Rooms
from dcops.model.finding import Finding
from dcops.model.run import JobRun, new_run_id

NAME = room.NAME
LOCK = "housekeeping.lock"
CHORES = (
    Chore("leftovers", leftovers.do),
    Chore("folders", folders.do),
    Chore("ledger", books.do),
    Chore("retention", retention.do),
    Chore("packing", packing.do),
    Chore("verification", verification.do),
    Chore("room", room.do),
    Chore("promises", promised.do),
)

log = logging.getLogger(__name__)


def run(rooms: Rooms, chores: Sequence[Chore] = CHORES) -> JobRun:
    """Do every chore; one that fails stops no other, and the run has then failed with what is to be done about it.

    Raises Busy when another housekeeping is at work.
    """
    started = rooms.clock()
    sentences: dict[str, str] = {}
    figures: dict[str, Any] = {}
    findings: list[Finding] = []
    failures: list[str] = []
    with held(rooms.state / LOCK, wait_seconds=0, what="housekeeping"):
        for number, chore in enumerate(chores):
            if rooms.stopping():
                left = ", ".join(one.name for one in chores[number:])
                failures.append(f"stopped before its end: {left} is left to the next run")
                break
            done = _done(chore, rooms)
            sentences[chore.name] = done.sentence
            figures.update(done.figures)
            findings += done.findings
            failures += [f"{chore.name}: {done.failure}"] if done.failure else []
    return JobRun(
        command=NAME,
        run=new_run_id(started),
        started=started,
        finished=rooms.clock(),
        outcomes=(),
        extra={"chores": sentences, **figures},
        failure="; ".join(failures),
        findings=tuple(sorted(findings, key=lambda finding: finding.order)),
    )


def _done(chore: Chore, rooms: Rooms) -> Done:
    try:
        return chore.do(rooms)
    except DcopsError as error:
        return Done(f"failed: {error.message}", failure=str(error))
    except OSError as error:
        where = f" ({error.filename})" if error.filename else ""
        return Done(f"failed: {error.strerror}", failure=f"{error.strerror}{where}. See the disk: dcops doctor")
    except Exception as error:
        # A mistake of ours in one chore must not keep the others from their work; the log has the rest.
        log.exception("%s", chore.name)
        what = f"it ended by {type(error).__name__}"
        return Done(f"failed: {what}", failure=f"{what}. Please report it, with the log of this run")
