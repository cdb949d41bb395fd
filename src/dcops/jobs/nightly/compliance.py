"""What the night's audit of compliance says in the morning: how many, what is new, which exceptions end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from dcops.jobs.compliance import NAME
from dcops.model.finding import Severity, Status
from dcops.model.job import LedgerRun
from dcops.model.moment import rfc3339


@dataclass(frozen=True, slots=True)
class NewFault:
    """Something that is open and was not the night before."""

    check: str
    device: str
    severity: str
    status: str
    titles: Mapping[str, str]
    """By language."""

    def title(self, language: str) -> str:
        """In a language; in English where that is missing."""
        return self.titles.get(language) or self.titles.get("en", "")


@dataclass(frozen=True, slots=True)
class Ending:
    """An exception that ends within 30 days, or has ended."""

    check: str
    target: str
    owner: str
    ticket: str
    until: str
    days_left: int


@dataclass(frozen=True, slots=True)
class Compliance:
    """What the newest audit of a night came to."""

    at: datetime
    devices: int
    """How many it judged."""
    checks: Mapping[str, int]
    """By status: pass, fail, not applicable, could not check, exception."""
    severities: Mapping[str, int]
    """Of the findings that fail."""
    new: int | None
    """None: there was nothing to compare with."""
    gone: int | None
    faults: tuple[NewFault, ...] = ()
    """The first of the new ones, worst first."""
    ending: tuple[Ending, ...] = ()
    packs: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    @property
    def failed(self) -> int:
        """How many checks fail."""
        return self.checks.get(Status.FAIL, 0)

    @property
    def could_not_check(self) -> int:
        """How many could not be checked: nobody knows."""
        return self.checks.get(Status.COULD_NOT_CHECK, 0)

    @property
    def hidden(self) -> int:
        """How many new ones are not shown."""
        return max(0, (self.new or 0) - len(self.faults))


def compliance(runs: Sequence[LedgerRun]) -> Compliance | None:
    """The newest of a night that judged the most devices; None when none told."""
    # Newest first: of those that judged as many the first is taken, and one by hand about one device is not.
    told = [run for run in runs if run.job == NAME and _count(run.summary.get("devices_judged"))]
    if not told:
        return None
    run = max(told, key=lambda one: _count(one.summary.get("devices_judged")) or 0)
    summary = run.summary
    return Compliance(
        at=run.started or run.due,
        devices=_count(summary.get("devices_judged")) or 0,
        checks=_counts(summary.get("checks"), Status),
        severities=_counts(summary.get("failed_by_severity"), Severity),
        new=_count(summary.get("new")),
        gone=_count(summary.get("gone")),
        faults=tuple(_faults(summary.get("new_faults"))),
        ending=tuple(_ending(summary.get("exceptions_ending"))),
        packs={str(name): _counts(one, Status) for name, one in _mapping(summary.get("packs")).items()},
    )


def as_json(one: Compliance | None) -> dict[str, Any] | None:
    """The same for machines."""
    if one is None:
        return None
    return {
        "at": rfc3339(one.at),
        "devices": one.devices,
        "checks": dict(one.checks),
        "failed_by_severity": dict(one.severities),
        "packs": {name: dict(counts) for name, counts in one.packs.items()},
        "new": one.new,
        "gone": one.gone,
        "new_findings": [
            {
                "id": fault.check,
                "device": fault.device or None,
                "severity": fault.severity,
                "status": fault.status,
                "title": fault.title("en"),
            }
            for fault in one.faults
        ],
        "exceptions_ending": [
            {
                "rule": ending.check,
                "target": ending.target,
                "owner": ending.owner,
                "ticket": ending.ticket,
                "until": ending.until,
                "days_left": ending.days_left,
            }
            for ending in one.ending
        ],
    }


def _faults(listed: object) -> Iterator[NewFault]:
    for item in listed if isinstance(listed, list) else ():
        if isinstance(item, Mapping):
            texts = {name: str(item.get(name) or "") for name in ("check", "device", "severity", "status")}
            titles = {str(name): str(text) for name, text in _mapping(item.get("titles")).items()}
            yield NewFault(titles=titles, **texts)


def _ending(listed: object) -> Iterator[Ending]:
    for item in listed if isinstance(listed, list) else ():
        if isinstance(item, Mapping) and isinstance(days := item.get("days_left"), int):
            texts = {name: str(item.get(name) or "") for name in ("check", "target", "owner", "ticket", "until")}
            yield Ending(days_left=days, **texts)


def _counts(value: object, names: type[Status] | type[Severity]) -> dict[str, int]:
    found = _mapping(value)
    return {name.value: number for name in names if (number := _count(found.get(name.value))) is not None}


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _mapping(value: object) -> Mapping[Any, Any]:
    return value if isinstance(value, Mapping) else {}
