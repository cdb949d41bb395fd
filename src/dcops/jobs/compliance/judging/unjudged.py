"""What is said of a device whose judging had to be ended: nothing of it could be checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dcops.audit.fingerprint import fingerprint
from dcops.audit.rule import Rule
from dcops.audit.said import Said
from dcops.audit.subject import Subject
from dcops.audit.wording import say
from dcops.jobs.compliance.profiles import Profile
from dcops.model.finding import Finding, Status, Told


def findings(profiles: Sequence[Profile], subject: Subject, why: str) -> Mapping[str, tuple[Finding, ...]]:
    """A finding for every rule of its platform. What was captured is not looked at again: it ended its judge."""
    return {
        profile.pack: tuple(_finding(rule, subject, why) for rule in profile.of(subject.platform))
        for profile in profiles
    }


def _finding(rule: Rule, subject: Subject, why: str) -> Finding:
    said = Said("source problem", subject.device, why)
    return Finding(
        rule.id,
        Status.COULD_NOT_CHECK,
        rule.severity,
        subject.device,
        rule.title.en,
        say(said),
        "",
        ", ".join(rule.refs),
        fingerprint(rule.id, subject.device, "", "not judged"),
        told={"vi": Told(rule.title.of("vi"), say(said, "vi"), "")},
    )
