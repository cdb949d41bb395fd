"""How each control of the standards stands: what the rules that are mapped to it came to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from dcops.audit.limits import Limit
from dcops.audit.packs import Control
from dcops.jobs.compliance.result import AuditResult
from dcops.model.audit import Tally
from dcops.model.finding import Status


class Standing(StrEnum):
    """What an audit can say of a control. The order is the order in which a reader has to care."""

    FAIL = "fail"
    COULD_NOT_CHECK = "could not check"
    EXCEPTION = "exception"
    IN_PART = "in part"
    """What rules look at is well, and they do not look at all of it."""
    PASS = "pass"  # noqa: S105  the word for a control that is well
    NOT_APPLICABLE = "not applicable"
    NOT_ASKED = "not asked"
    """Rules are mapped to it, and none is for the devices of this audit."""
    NOT_COVERED = "not covered"
    """No rule looks at it."""


@dataclass(frozen=True, slots=True)
class ControlLine:
    """One control, and what is known of it."""

    control: Control
    rules: tuple[str, ...]
    """Those that are mapped to it and were asked of a device; when none was, all that are mapped."""
    devices: int
    """How many devices they were asked of."""
    tally: Tally
    limit: Limit | None
    standing: Standing


def lines_of(result: AuditResult) -> tuple[ControlLine, ...]:
    """Every control of the standards that the packs of this audit are mapped to, in the order of their file."""
    statuses: dict[str, list[Status]] = defaultdict(list)
    devices: dict[str, set[str]] = defaultdict(set)
    for verdict in result.verdicts:
        statuses[verdict.check].append(verdict.status)
        devices[verdict.check].add(verdict.device)
    standards = {pack.standard for pack in result.packs}
    mapped: dict[str, list[str]] = defaultdict(list)
    for rule in result.rules.values():
        for reference in rule.refs:
            mapped[reference].append(rule.id)
    found = []
    for control in result.controls.values():
        if not standards & set(control.standards):
            continue
        known = sorted(mapped.get(control.id, ()))
        rules = [rule for rule in known if statuses[rule]] or known
        tally = Tally.of(status for rule in rules for status in statuses[rule])
        asked = set[str]().union(*(devices[rule] for rule in rules))
        limit = result.limits.controls.get(control.id)
        found.append(ControlLine(control, tuple(rules), len(asked), tally, limit, _standing(rules, tally, limit)))
    return tuple(found)


def _standing(rules: Sequence[str], tally: Tally, limit: Limit | None) -> Standing:
    if not rules:
        return Standing.NOT_COVERED
    for number, standing in (
        (tally.failed, Standing.FAIL),
        (tally.could_not_check, Standing.COULD_NOT_CHECK),
        (tally.exception, Standing.EXCEPTION),
        (tally.passed, Standing.IN_PART if limit is not None else Standing.PASS),
        (tally.not_applicable, Standing.NOT_APPLICABLE),
    ):
        if number:
            return standing
    return Standing.NOT_ASKED
