"""Exceptions: what fails and has been allowed for a time by somebody who answers for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

from dcops.audit.fingerprint import fingerprint
from dcops.audit.pattern import compiled
from dcops.audit.subject import Subject
from dcops.model.finding import Finding, Severity, Status, Told

LONGEST = timedelta(days=366)
WARNED = timedelta(days=30)
ENDED, ENDS_SOON, UNUSED = "EXC-001", "EXC-002", "EXC-003"
REFERENCE = "N-EXC-1"


@dataclass(frozen=True, slots=True)
class Exempt:
    """One exception, as it stands in `exceptions.yaml`."""

    rule: str
    owner: str
    reason: str
    ticket: str
    until: date
    """The last day on which it counts."""
    device: str = ""
    tag: str = ""
    block: str = ""
    evidence: str = ""
    file: Path = Path()
    line: int = 0

    @property
    def target(self) -> str:
        """Whom it is for."""
        return self.device or f"tag {self.tag}"

    @property
    def allowed(self) -> str:
        """Who allowed what until when, for a reader."""
        return f"{self.owner}, {self.ticket}, until {self.until}: {self.reason}"

    def covers(self, finding: Finding, subject: Subject | None) -> bool:
        """Whether it is for this fault, whatever the day."""
        if self.rule != finding.id:
            return False
        if self.device and self.device != finding.device:
            return False
        if self.tag and (subject is None or self.tag not in subject.tags):
            return False
        if self.block and compiled(self.block).search(finding.block) is None:
            return False
        return not self.evidence or compiled(self.evidence).search(finding.evidence) is not None


def excused(
    findings: Sequence[Finding], exceptions: Sequence[Exempt], subjects: Iterable[Subject], today: date
) -> tuple[Finding, ...]:
    """The findings with what is allowed marked as such, and what is to be said of the exceptions themselves."""
    known = {subject.device: subject for subject in subjects}
    by_rule: dict[str, list[Exempt]] = {}
    for exception in exceptions:
        by_rule.setdefault(exception.rule, []).append(exception)
    used: set[int] = set()
    result = []
    for finding in findings:
        allowed = None
        if finding.status is Status.FAIL:
            for exception in by_rule.get(finding.id, ()):
                if exception.covers(finding, known.get(finding.device)):
                    used.add(id(exception))
                    if today <= exception.until:
                        allowed = allowed or exception
        result.append(replace(finding, status=Status.EXCEPTION, allowed=allowed.allowed) if allowed else finding)
    result += _about(exceptions, used, _looked_at(findings), known, today)
    return tuple(result)


def _looked_at(findings: Iterable[Finding]) -> frozenset[tuple[str, str]]:
    """The pairs of rule and device that were judged: an exception is unused only where somebody looked."""
    seen: set[tuple[str, str]] = set()
    unseen: set[tuple[str, str]] = set()
    for finding in findings:
        pair = (finding.id, finding.device)
        (unseen if finding.status is Status.COULD_NOT_CHECK else seen).add(pair)
    return frozenset(seen - unseen)


def _about(
    exceptions: Sequence[Exempt],
    used: set[int],
    looked_at: frozenset[tuple[str, str]],
    subjects: dict[str, Subject],
    today: date,
) -> Iterator[Finding]:
    for exception in exceptions:
        meant = [device for device, subject in subjects.items() if _for(exception, subject)]
        if today > exception.until and (meant or not subjects):
            yield _ended(exception)
        elif exception.until - today <= WARNED and meant:
            yield _ends_soon(exception, (exception.until - today).days)
        if id(exception) not in used and meant and all((exception.rule, device) in looked_at for device in meant):
            yield _unused(exception)


def _for(exception: Exempt, subject: Subject) -> bool:
    return subject.device == exception.device if exception.device else exception.tag in subject.tags


def _ended(exception: Exempt) -> Finding:
    return _finding(
        exception,
        ENDED,
        Severity.MEDIUM,
        ("An exception has ended", f"{exception.rule}: allowed until {exception.until} by {exception.owner}"),
        ("Ngoại lệ đã hết hạn", f"{exception.rule}: {exception.owner} cho phép đến {exception.until}"),
        ("Mend it, or have it allowed anew with a new date", "Khắc phục, hoặc xin phép lại với hạn mới"),
    )


def _ends_soon(exception: Exempt, days: int) -> Finding:
    return _finding(
        exception,
        ENDS_SOON,
        Severity.LOW,
        ("An exception ends soon", f"{exception.rule}: ends on {exception.until}, in {days} days"),
        ("Ngoại lệ sắp hết hạn", f"{exception.rule}: hết hạn ngày {exception.until}, còn {days} ngày"),
        ("Mend it before, or have it allowed anew", "Khắc phục trước đó, hoặc xin phép lại"),
    )


def _unused(exception: Exempt) -> Finding:
    return _finding(
        exception,
        UNUSED,
        Severity.LOW,
        ("An exception covers nothing", f"{exception.rule}: nothing of it fails at {exception.target}"),
        ("Ngoại lệ không dùng đến", f"{exception.rule}: không có lỗi nào tại {exception.target}"),
        ("Take it out of the file", "Xoá khỏi tệp"),
    )


def _finding(
    exception: Exempt,
    id_: str,
    severity: Severity,
    english: tuple[str, str],
    vietnamese: tuple[str, str],
    fix: tuple[str, str],
) -> Finding:
    where = f"{exception.file.name}:{exception.line}"
    evidence, told = (f"{text} ({exception.ticket}, {where})" for text in (english[1], vietnamese[1]))
    normal = "\n".join((exception.rule, exception.tag, exception.block, exception.evidence, exception.ticket))
    return Finding(
        id_,
        Status.FAIL,
        severity,
        exception.device,
        english[0],
        evidence,
        fix[0],
        REFERENCE,
        fingerprint(id_, exception.device, "", normal),
        told={"vi": Told(vietnamese[0], told, fix[1])},
    )
