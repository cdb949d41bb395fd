"""Looks at the whole installation, and says of each part whether it is well and what to do if not."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from dcops.errors import DcopsError
from dcops.jobs.doctor import alarms, folders, host, night, site
from dcops.jobs.doctor.check import Check, NotYet, Premises, State, Unknown

__all__ = ["CHECKS", "Check", "NotYet", "Premises", "State", "examine"]

CHECKS: Sequence[tuple[str, Callable[[Premises], Iterator[Check]]]] = (
    ("versions", host.versions),
    ("git", host.git),
    ("yaml", host.yaml),
    ("names", host.names),
    ("account", folders.account),
    ("state", folders.state),
    ("free space", folders.space),
    ("inventory", site.inventory),
    ("platforms", site.platforms),
    ("credentials", site.credentials),
    ("trust", site.trust),
    ("holders", site.holders),
    ("site key", site.site_key),
    ("clock", host.clock),
    ("ledger", night.ledger),
    ("schedules", night.schedules),
    ("scheduler", night.scheduler),
    ("jobs", night.jobs),
    ("archive", night.archive),
    ("messages", alarms.messages),
    ("channels", alarms.channels),
    ("exporter", alarms.exporter),
    ("audit log", alarms.audit_log),
)
"""By hand, in the order in which a person would look."""


def examine(premises: Premises) -> tuple[Check, ...]:
    """Make every check; one that breaks says so, and the others go on."""
    found: list[Check] = []
    for name, check in CHECKS:
        try:
            found += check(premises)
        except NotYet as error:
            # Said once: what lies in it is not there either.
            if all(one.detail != error.message for one in found):
                found.append(Check(name, State.WARNING, error.message, error.next_step))
        except Unknown as error:
            found.append(Check(name, State.UNKNOWN, error.message, error.next_step))
        except DcopsError as error:
            step = error.next_step or "Mend what the message names"
            found.append(Check(name, State.PROBLEM, error.message, step))
        except Exception as error:  # noqa: BLE001
            found.append(Check(name, State.UNKNOWN, f"this check failed itself ({type(error).__name__})", "Report it"))
    return tuple(found)
