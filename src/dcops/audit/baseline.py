"""Only what is new since an earlier run."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from dcops.model.finding import Finding


@dataclass(frozen=True, slots=True)
class Since:
    """What changed between two looks."""

    new: tuple[Finding, ...]
    """Open, and not seen then."""
    known: tuple[Finding, ...]
    """Open, and seen then."""
    gone: frozenset[str]
    """Fingerprints of then that nobody sees any more, of rules and devices that were looked at now."""


def since(findings: Iterable[Finding], baseline: Collection[str], judged: Collection[str] | None = None) -> Since:
    """Compare with the fingerprints of the open findings of an earlier run.

    `judged` are those of its fingerprints whose rule and device are judged now as well; without it all are. What was
    not looked at now is not gone.
    """
    new: list[Finding] = []
    known: list[Finding] = []
    for finding in findings:
        if finding.status.open:
            (known if finding.fingerprint in baseline else new).append(finding)
    left = frozenset(baseline if judged is None else judged) - {finding.fingerprint for finding in (*new, *known)}
    return Since(tuple(new), tuple(known), left)
