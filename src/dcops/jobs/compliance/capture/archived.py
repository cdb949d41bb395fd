"""Sources from the archive, of now or of any past night: no device is touched."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from dcops.archive.archive import Version
from dcops.archive.history import History
from dcops.archive.moment import chosen
from dcops.archive.program import LOST
from dcops.errors import DeviceError, ErrorKind, UsageError
from dcops.jobs.compliance.capture.captured import Captured, Means
from dcops.jobs.compliance.capture.confirmed import Confirmed
from dcops.jobs.compliance.capture.documents import Text, sources
from dcops.jobs.compliance.subjects import version_in
from dcops.model.device import WATCHED_PLATFORMS, Device
from dcops.model.snapshot import ConfigSource
from dcops.model.source import Source, SourceKind

_AT_ONCE = 100
"""Devices whose texts are in memory at the same time."""


@dataclass(frozen=True, slots=True)
class Archived:
    """Reads texts as the archive held them at a time."""

    at: str | None
    """A revision, a day or a time; None: the newest."""
    confirmed: Mapping[str, Confirmed]
    """When each device was last seen to have what is archived of it."""
    now: datetime
    """The time as of which it is judged."""

    def gives(self, platform: str) -> tuple[str, ...]:
        """The sources that it captures of a platform."""
        return () if not platform or platform in WATCHED_PLATFORMS else ("config",)

    def capture(self, means: Means, devices: Sequence[Device]) -> Iterator[Captured]:
        """What the archive holds of each device."""
        history = History(means.archive.folder)
        held = history.head().devices if history.exists else {}
        for device in devices:
            if device.name not in held:
                yield _nothing(device, self.now, "the archive holds nothing of it", "Run: dcops backup")
        archived = [device for device in devices if device.name in held]
        for start in range(0, len(archived), _AT_ONCE):
            yield from self._some(means, history, archived[start : start + _AT_ONCE])

    def _some(self, means: Means, history: History, devices: Sequence[Device]) -> Iterator[Captured]:
        logs = means.archive.logs([device.name for device in devices])
        versions: dict[str, Version] = {}
        for device in devices:
            try:
                versions[device.name] = chosen(logs[device.name], self.at, history.git.commits)
            except UsageError as error:
                yield _nothing(device, self.now, error.message, error.next_step)
        texts = _texts(history, versions.values())
        for device in devices:
            if version := versions.get(device.name):
                yield self._captured(means, device, version, texts[device.name])

    def _captured(
        self, means: Means, device: Device, version: Version, held: Mapping[ConfigSource, bytes | None]
    ) -> Captured:
        record, confirmed = version.record, self.confirmed.get(device.name)
        if record.platform != device.platform:
            return _nothing(device, self.now, f"it was archived as {record.platform}", "Run: dcops backup")
        texts: dict[ConfigSource, Text] = {}
        weak: dict[ConfigSource, frozenset[str] | None] = {}
        for source, document in record.documents.items():
            if source is ConfigSource.FILE:
                continue
            content = held[source]
            if content is None:
                return _nothing(device, self.now, f"the archive lost its {source}", LOST)
            text = content.decode("utf-8", "backslashreplace")
            taken = record.read_at(source)
            if confirmed is not None and source not in confirmed.missing and document.kept_from is None:
                taken = max(taken, confirmed.at)
            texts[source] = Text(source, text, taken, document.site_key)
            weak[source] = means.well_known.among(text, site_key=document.site_key, device=device.name)
        found = tuple(sources(device.name, texts, f"archive {version.revision[:8]}", weak))
        if not found:
            return _nothing(device, self.now, "the archive holds nothing of it that can be read", "")
        told = (version_in(record.platform, document.facts) for document in record.documents.values())
        return Captured(device, found, next((word for word in told if word), ""))


def _texts(history: History, versions: Collection[Version]) -> Mapping[str, Mapping[ConfigSource, bytes | None]]:
    """The readable texts of several versions, in one call of git; None is one that is lost."""
    wanted = [
        (version.record.device, source, f"{version.revision}:{version.record.device}/{document.file}")
        for version in versions
        for source, document in version.record.documents.items()
        if source is not ConfigSource.FILE
    ]
    found: dict[str, dict[ConfigSource, bytes | None]] = {version.record.device: {} for version in versions}
    contents = history.git.contents([name for _, _, name in wanted])
    for (device, source, _), content in zip(wanted, contents, strict=True):
        found[device][source] = content
    return found


def _nothing(device: Device, now: datetime, why: str, next_step: str) -> Captured:
    error = DeviceError(ErrorKind.INVALID, why, next_step=next_step)
    return Captured(device, (Source(device.name, SourceKind.CONFIG, "", now, "archive", problem=why),), error=error)
