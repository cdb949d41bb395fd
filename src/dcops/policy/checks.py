"""The checks BKP-002 to BKP-005: each says what is not as declared, and where nobody could look."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from dcops.model.backup_item import BackupItem, BackupPlace
from dcops.model.finding import Finding, Severity, Status
from dcops.model.moment import rfc3339
from dcops.policy.facts import Archived, AtCopy, Copied, Drilled, Facts, Unknown

TOO_SELDOM = "BKP-002"
NOT_IN_PLACE = "BKP-003"
UNTESTED = "BKP-004"
UNGUARDED = "BKP-005"

DECLARED = "R-BKP-4"
_REFERENCES = {TOO_SELDOM: "R-BKP-1", NOT_IN_PLACE: "R-BKP-3", UNTESTED: "R-BKP-6", UNGUARDED: "R-BKP-9"}

FEWEST_HOLDERS = 2
# Clocks of two hosts differ, and so do days in two time zones.
_CLOCK_SKEW = timedelta(minutes=5)
_DAY = timedelta(days=1)


def of_device(name: str, item: BackupItem, facts: Facts, now: datetime) -> Iterator[Finding]:
    """Everything that is open about one device."""
    checks = _OfDevice(name, item, now)
    yield from checks.how_often(facts.backed_up)
    if facts.backed_up is None and facts.archived is None:
        return  # never backed up: that it lies nowhere and was never restored follows from it
    yield from checks.in_archive(facts.archived)
    if BackupPlace.COPY in item.places:
        yield from checks.in_copy(facts.copied, facts.archived)
    yield from checks.restored(facts.tested)
    if item.classification.guarded:
        yield from checks.guarded(facts.archived)


@dataclass(frozen=True, slots=True)
class _OfDevice:
    """The checks of one device."""

    device: str
    item: BackupItem
    now: datetime

    def how_often(self, last: datetime | Unknown | None) -> Iterator[Finding]:
        """BKP-002."""
        wanted = f"item {self.item.name} declares every {self.item.every_hours} h"
        fix = "See why: dcops jobs history, then dcops device test NAME"
        question = "is backed up as often as declared"
        if isinstance(last, Unknown):
            yield self._unknown(TOO_SELDOM, question, last.why)
        elif last is None:
            evidence = f"no good backup is known; {wanted}"
            yield self._fail(TOO_SELDOM, Severity.HIGH, "was never backed up", evidence, fix)
        elif self._to_come(last):
            yield self._unknown(TOO_SELDOM, question, _clock("its last good backup", last))
        elif self.now - last > self.item.oldest:
            evidence = f"the last good backup is of {rfc3339(last)}, {_span(self.now - last)} ago; {wanted}"
            yield self._fail(TOO_SELDOM, Severity.HIGH, "is not backed up as often as declared", evidence, fix)

    def in_archive(self, archived: Archived | Unknown | None) -> Iterator[Finding]:
        """BKP-003, the archive."""
        fix = "dcops archive verify names all that is damaged; fetch it from the second store"
        if isinstance(archived, Unknown):
            yield self._unknown(NOT_IN_PLACE, "is in the archive", archived.why)
        elif archived is None:
            evidence = "it was backed up, says the ledger, and the archive holds no version of it"
            yield self._fail(NOT_IN_PLACE, Severity.HIGH, "is not in the archive", evidence, fix)
        elif archived.problem:
            evidence = f"its newest version, of {rfc3339(archived.taken)}: {archived.problem}"
            yield self._fail(NOT_IN_PLACE, Severity.HIGH, "is not whole in the archive", evidence, fix)
        elif not archived.restores:
            evidence = f"its newest version, of {rfc3339(archived.taken)}, is only what the device says of itself"
            step = "Let it push its own backup file (docs/how-to/pushed-files.md), or bring one: dcops archive import"
            yield self._fail(
                NOT_IN_PLACE, Severity.MEDIUM, "has nothing in the archive that restores it", evidence, step
            )

    def in_copy(self, copied: Copied | Unknown | None, archived: Archived | Unknown | None) -> Iterator[Finding]:
        """BKP-003, the second store. Without a version here nothing can be missed there."""
        fix = "dcops archive copy says what stands in its way: docs/how-to/second-store.md"
        if copied is None:
            evidence = f"item {self.item.name} declares a copy, and [copy] to in dcops.toml names no place"
            step = "Name a second store (docs/how-to/second-store.md), or take copy out of its places"
            yield self._fail(NOT_IN_PLACE, Severity.HIGH, "is at no second store", evidence, step)
        elif isinstance(archived, Archived):
            yield from self._seen_there(copied, archived, fix)

    def _seen_there(self, copied: Copied | Unknown, archived: Archived, fix: str) -> Iterator[Finding]:
        question = "is at the second store"
        if isinstance(copied, Unknown):
            yield self._unknown(NOT_IN_PLACE, question, copied.why)
            return
        allowed = f"{_span(copied.max_lag)} are allowed"
        since = copied.waiting_since or archived.taken
        if copied.state is AtCopy.DAMAGED:
            evidence = f"its newest version, of {rfc3339(archived.taken)}, when every hash was last recomputed there"
            yield self._fail(NOT_IN_PLACE, Severity.HIGH, "is damaged at the second store", evidence, fix)
        elif copied.state is AtCopy.WAITING and self.now - since > copied.max_lag:
            what = "a version" if since < archived.taken else "its newest version"
            evidence = f"{what} of {rfc3339(since)} waits for {_span(self.now - since)}, and {allowed}"
            if copied.seen is None:
                evidence += "; nothing was ever copied there"
            yield self._fail(NOT_IN_PLACE, Severity.HIGH, "is not at the second store", evidence, fix)
        elif copied.seen is not None and self._to_come(copied.seen):
            yield self._unknown(NOT_IN_PLACE, question, _clock("the last look there", copied.seen))
        elif copied.seen is not None and self.now - copied.seen > copied.max_lag:
            why = f"nobody could look there for {_span(self.now - copied.seen)}, and {allowed}"
            yield self._unknown(NOT_IN_PLACE, question, why)

    def restored(self, tested: Drilled | Unknown | None) -> Iterator[Finding]:
        """BKP-004."""
        wanted = f"item {self.item.name} declares a test every {self.item.restore_test_days} days"
        fix = "Try one: dcops restore drill --identity KEY --device NAME"
        if isinstance(tested, Unknown):
            yield self._unknown(UNTESTED, "was restored in a test", tested.why)
        elif tested is None:
            evidence = f"no test is known; {wanted}"
            yield self._fail(UNTESTED, Severity.MEDIUM, "was never restored in a test", evidence, fix)
        elif self._to_come(tested.at):
            yield self._unknown(UNTESTED, "was restored in a test", _clock("its last test", tested.at))
        elif not tested.passed:
            evidence = f"on {rfc3339(tested.at)}: {tested.result or 'failed'}; {wanted}"
            yield self._fail(UNTESTED, Severity.HIGH, "did not pass its last restore test", evidence, fix)
        elif self.now - tested.at > self.item.restore_test_every:
            evidence = f"the last test is of {rfc3339(tested.at)}, {_span(self.now - tested.at)} ago; {wanted}"
            yield self._fail(UNTESTED, Severity.MEDIUM, "was not restored in a test for too long", evidence, fix)

    def guarded(self, archived: Archived | Unknown | None) -> Iterator[Finding]:
        """BKP-005: a key that is lost must not take the backup along. Of an archive that is away BKP-003 tells."""
        if isinstance(archived, Archived) and archived.holders < FEWEST_HOLDERS:
            evidence = (
                f"its newest version is sealed for {archived.holders} key, and item {self.item.name} is"
                f" {self.item.classification}: who loses that key has lost the backup"
            )
            fix = (
                f"Name {FEWEST_HOLDERS} holders or more in keys/holders.txt, then seal it for them: dcops archive keys"
            )
            yield self._fail(UNGUARDED, Severity.HIGH, "hangs on a single key", evidence, fix)

    def _to_come(self, moment: datetime) -> bool:
        return moment - self.now > _CLOCK_SKEW

    def _fail(self, id: str, severity: Severity, what: str, evidence: str, fix: str) -> Finding:
        return _finding(id, Status.FAIL, severity, self.device, f"{self.device} {what}", evidence, fix)

    def _unknown(self, id: str, question: str, why: str) -> Finding:
        title = f"Whether {self.device} {question} could not be checked"
        fix = "Mend what is named, then look again: dcops archive items"
        return _finding(id, Status.COULD_NOT_CHECK, Severity.MEDIUM, self.device, title, why, fix)


def of_item(item: BackupItem, today: date) -> Iterator[Finding]:
    """What is open about an item as such: the medium on a shelf, of which only a person can tell."""
    offline = item.offline
    if offline is None or BackupPlace.OFFLINE not in item.places:
        return
    medium = f"The offline medium of {item.name}"
    fix = "See to the medium, then write the day into offline.confirmed of the item"
    if offline.confirmed is None:
        evidence = f"nobody ever confirmed that it is on: {offline.medium}"
        yield _of_medium(NOT_IN_PLACE, f"{medium} was never confirmed", evidence, fix)
    elif offline.confirmed - today > _DAY:
        title = f"Whether {item.name} is on its offline medium could not be checked"
        evidence = f"offline.confirmed is {offline.confirmed}, which is still to come"
        yield _of_medium(NOT_IN_PLACE, title, evidence, fix, status=Status.COULD_NOT_CHECK)
    elif (days := (today - offline.confirmed).days) > offline.max_age_days:
        evidence = f"{offline.medium}: confirmed on {offline.confirmed}, {days} days ago"
        evidence += f", and {offline.max_age_days} are allowed"
        yield _of_medium(NOT_IN_PLACE, f"{medium} was not confirmed for too long", evidence, fix)
    if item.classification.guarded and not offline.encrypted:
        evidence = f"{offline.medium}: declared as not encrypted, and {item.name} is {item.classification}"
        fix = "Encrypt what is written to it; the sealed files of dcops are encrypted already"
        yield _of_medium(UNGUARDED, f"{medium} can be read by whoever holds it", evidence, fix, Severity.HIGH)


def _of_medium(
    id: str,
    title: str,
    evidence: str,
    fix: str,
    severity: Severity = Severity.MEDIUM,
    status: Status = Status.FAIL,
) -> Finding:
    return _finding(id, status, severity, "", title, evidence, fix)


def _finding(id: str, status: Status, severity: Severity, device: str, title: str, evidence: str, fix: str) -> Finding:
    return Finding(id, status, severity, device, title, evidence, fix, f"{DECLARED}, {_REFERENCES[id]}")


def _clock(what: str, moment: datetime) -> str:
    return f"{what} is of {rfc3339(moment)}, which is still to come: a clock was wrong"


def _span(age: timedelta) -> str:
    hours = age.total_seconds() / 3600
    if hours < 2:
        return f"{age.total_seconds() / 60:.0f} min"
    return f"{hours:.0f} h" if hours < 72 else f"{hours / 24:.0f} days"
