"""What changed in configurations: between two times, or in one run. Readable text only, bounded in size."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from dcops.archive.archive import Archive, Difference, Version
from dcops.jobs.pushed.fitting import ARRIVED
from dcops.model.job import LedgerRun
from dcops.model.snapshot import ConfigSource

DIFF_LINES = 40
LINE_LENGTH = 160
DEVICES_WITH_DIFF = 25


@dataclass(frozen=True, slots=True)
class ChangedDocument:
    """A change that one or several configurations of a device share (`running` and `startup`, mostly)."""

    sources: tuple[str, ...]
    added: int
    removed: int
    diff: str
    """Unified, without a heading, the first lines of it."""
    hidden: int
    """How many lines of the difference are left out here."""


@dataclass(frozen=True, slots=True)
class Changed:
    """A device whose archived configuration changed."""

    device: str
    taken: datetime
    revision: str
    before: str
    """The revision it is compared with; empty for a first version."""
    key_rotated: bool = False
    documents: tuple[ChangedDocument, ...] = ()
    versions: int = 1
    """How many versions were archived in that time."""

    @property
    def first(self) -> bool:
        """The device was not in the archive before."""
        return not self.before

    @property
    def added(self) -> int:
        """Lines that were not there before; a line that several configurations share counts once."""
        return sum(document.added for document in self.documents)

    @property
    def removed(self) -> int:
        """Lines that are there no more."""
        return sum(document.removed for document in self.documents)

    @property
    def diff(self) -> str:
        """The differences of all configurations, one after the other."""
        return "\n".join(document.diff for document in self.documents)


def changed_between(archive: Archive, devices: Sequence[str], since: datetime, until: datetime) -> tuple[Changed, ...]:
    """What the archive gained from `since` to `until`, as the net difference, by device."""
    found: list[Changed] = []
    newest = {summary.device: summary.newest.taken for summary in archive.devices()}
    gained = [device for device in sorted(devices) if device in newest and newest[device] >= since]
    for device, versions in archive.logs(gained).items():
        inside = [version for version in versions if since <= version.taken <= until and _tells(version, versions)]
        if inside:
            before = next((version for version in versions if version.taken < since), None)
            found.append(_changed(archive, device, before, inside, with_diff=len(found) < DEVICES_WITH_DIFF))
    return tuple(found)


def changed_in(archive: Archive, devices: Sequence[str], run: LedgerRun) -> tuple[Changed, ...]:
    """What one run archived of these devices."""
    found: list[Changed] = []
    for versions in archive.logs(sorted(devices)).values():
        for position, version in enumerate(versions):
            if _of_run(version, run) and _tells(version, versions):
                before = versions[position + 1] if position + 1 < len(versions) else None
                with_diff = len(found) < DEVICES_WITH_DIFF
                found.append(_changed(archive, version.record.device, before, [version], with_diff=with_diff))
                break
    return tuple(found)


def _tells(version: Version, versions: Sequence[Version]) -> bool:
    """Whether the configuration changed, as far as anybody can know.

    A backup that a device pushes is sealed by the device and differs each night though nothing was changed; that it
    came is told elsewhere. The first version of a device is news all the same.
    """
    return version is versions[-1] or any(not _pushed(version, source) for source in version.record.changed)


def _pushed(version: Version, source: ConfigSource) -> bool:
    document = version.record.documents.get(source)
    return source is ConfigSource.FILE and document is not None and ARRIVED in document.facts


def _of_run(version: Version, run: LedgerRun) -> bool:
    if run.run:
        return version.record.run == run.run
    return run.started is not None and run.started <= version.taken <= (run.finished or version.taken)


def _changed(
    archive: Archive, device: str, before: Version | None, inside: Sequence[Version], *, with_diff: bool
) -> Changed:
    newest = inside[0]
    if before is None and len(inside) > 1:
        # New in this time and changed in it: what changed since its first version is what people want to see.
        before = inside[-1]
    if before is None:
        return Changed(device, newest.taken, newest.revision, "", versions=len(inside))
    differences = archive.between(before, newest)
    return Changed(
        device=device,
        taken=newest.taken,
        revision=newest.revision,
        before=before.revision,
        key_rotated=any(one.key_rotated for one in differences),
        documents=_documents(
            [one for one in differences if not _pushed(newest, one.source)], DIFF_LINES if with_diff else 0
        ),
        versions=len(inside),
    )


def _documents(differences: Sequence[Difference], most: int) -> tuple[ChangedDocument, ...]:
    sources: dict[tuple[str, ...], list[str]] = {}
    texts: dict[tuple[str, ...], list[str]] = {}
    for one in differences:
        if not one.text:
            continue
        lines = one.text.splitlines()
        # The same lines stand at other places of `startup`: what was changed makes two changes the same.
        essence = tuple(line for line in lines if line[:1] in "+-")
        sources.setdefault(essence, []).append(one.source.value)
        texts.setdefault(essence, lines)
    return tuple(
        ChangedDocument(
            sources=tuple(sources[essence]),
            added=sum(line.startswith("+") for line in essence),
            removed=sum(line.startswith("-") for line in essence),
            diff="\n".join(_short(line) for line in lines[:most]),
            hidden=max(0, len(lines) - most),
        )
        for essence, lines in texts.items()
    )


def _short(line: str) -> str:
    return line if len(line) <= LINE_LENGTH else f"{line[: LINE_LENGTH - 1]}…"
