"""The versions of devices, as git keeps them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from pathlib import Path

from dcops.archive import durable, fates, record
from dcops.archive.entry import require_device_name
from dcops.archive.fates import Fates
from dcops.archive.git import Git
from dcops.archive.program import LOST
from dcops.archive.record import Record
from dcops.errors import ArchiveDamaged, CannotRun, InvalidInput, UsageError
from dcops.model.snapshot import ConfigSource

_AT_ONCE = 500
_FEW_PATHS = 40


_COMMIT = re.compile(r"[0-9a-f]{40}")


@dataclass(frozen=True, slots=True)
class Held:
    """A device in the newest commit."""

    record: Record
    names: Mapping[str, str]
    """The hash by which git knows each of its files."""

    def holds(self, source: ConfigSource, readable: bytes) -> bool:
        """Whether its readable text of this source is exactly this one."""
        document = self.record.documents.get(source)
        return document is not None and self.names.get(document.file) == blob_name(readable)


@dataclass(frozen=True, slots=True)
class Head:
    """What the newest commit holds, read once."""

    revision: str | None
    devices: Mapping[str, Held]


@dataclass(frozen=True, slots=True)
class Version:
    """A commit in which a device changed."""

    revision: str
    record: Record

    @property
    def taken(self) -> datetime:
        """When the device was read."""
        return self.record.taken

    @property
    def added(self) -> int:
        """Lines that the version before did not have."""
        return sum(lines.added for lines in self.record.changed.values())

    @property
    def removed(self) -> int:
        """Lines that only the version before had."""
        return sum(lines.removed for lines in self.record.changed.values())


def blob_name(content: bytes) -> str:
    """The hash by which git knows this content: comparing costs no call of git."""
    return hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()


class History:
    """Reads the readable part of an archive."""

    def __init__(self, folder: Path) -> None:
        self.git = Git(folder / "readable.git")
        self._mark = folder / "tip"

    @property
    def exists(self) -> bool:
        """Whether there is a repository."""
        with durable.explained(self.git.folder, "read"):
            return self.git.folder.is_dir()

    def require(self) -> None:
        """Refuse to read what is not there."""
        if not self.exists:
            raise CannotRun(f"there is no archive in {self._mark.parent} yet", next_step="Run: dcops backup")

    def revision(self) -> str | None:
        """The newest commit; None before the first one, but never because the history got lost."""
        found = self.git.tip()
        if found is None and (lost := self.last_known()):
            raise ArchiveDamaged(f"the history of {self.git.folder} is lost: commit {lost} was there", next_step=LOST)
        return found

    def last_known(self) -> str | None:
        """The commit that was made last, as noted outside git."""
        try:
            return self._mark.read_text(encoding="ascii").strip() or None
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError) as error:
            raise ArchiveDamaged(f"{self._mark} cannot be read ({error})") from None

    def note(self, revision: str, parent: str | None) -> None:
        """Note outside git which commit was made last.

        A commit that was noted and is no longer part of the history stays noted, so that nobody overlooks that the
        history was set back: the next backup must not cover it up.
        """
        with suppress(ArchiveDamaged):
            known = self.last_known()
            if known and known != parent and _COMMIT.fullmatch(known) and not self.git.is_ancestor(known, revision):
                return
        durable.replace(self._mark, f"{revision}\n".encode())

    def head(self) -> Head:
        """What the newest commit holds."""
        self.require()
        revision = self.revision()
        if revision is None:
            return Head(None, {})
        names: dict[str, dict[str, str]] = {}
        for blob in self.git.files(revision):
            device, slash, file = blob.path.partition("/")
            if not slash:
                # Beside the devices stands what is about all of them.
                continue
            names.setdefault(device, {})[file] = blob.name
        for device, files in names.items():
            if record.FILE_NAME not in files:
                raise ArchiveDamaged(f"{device} has no record in commit {revision}", next_step=LOST)
        contents = self.git.contents([files[record.FILE_NAME] for files in names.values()])
        return Head(
            revision,
            {
                device: Held(self._parsed(content, device), files)
                for (device, files), content in zip(names.items(), contents, strict=True)
            },
        )

    def fates(self, revision: str | None = None) -> Fates:
        """What became of sealed files that are gone, as the newest commit or another one knows it."""
        self.require()
        known = revision or self.revision()
        return fates.parse(self.git.contents([f"{known}:{fates.FILE_NAME}"])[0]) if known else Fates()

    def versions(self, device: str) -> tuple[Version, ...]:
        """Every version of a device, newest first."""
        self.require()
        try:
            require_device_name(device)
        except InvalidInput:
            raise self._unknown(device) from None
        if self.revision() is None:
            raise self._unknown(device)
        path = f"{device}/{record.FILE_NAME}"
        revisions = [revision for revision, _ in self.git.log(path)]
        if not revisions:
            raise self._unknown(device)
        contents = self.git.contents([f"{revision}:{path}" for revision in revisions])
        return tuple(
            Version(revision, self._parsed(content, device))
            for revision, content in zip(revisions, contents, strict=True)
        )

    def versions_of(self, devices: Collection[str]) -> Mapping[str, tuple[Version, ...]]:
        """Every version of several devices, newest first: two calls of git, however many devices."""
        self.require()
        found: dict[str, list[Version]] = {device: [] for device in devices}
        if not found:
            return {}
        if self.revision() is None:
            raise self._unknown(next(iter(found)))
        paths = [f"{require_device_name(device)}/{record.FILE_NAME}" for device in found]
        # git compares each file of each commit with each of many paths: then all are told, and ours picked out.
        asked = paths if len(paths) <= _FEW_PATHS else [f":(glob)*/{record.FILE_NAME}"]
        wanted = set(paths)
        places = [(revision, path) for revision, touched in self.git.log(*asked) for path in touched if path in wanted]
        contents = self.git.contents([f"{revision}:{path}" for revision, path in places])
        for (revision, path), content in zip(places, contents, strict=True):
            device = path.partition("/")[0]
            found[device].append(Version(revision, self._parsed(content, device)))
        if missing := next((device for device, versions in found.items() if not versions), None):
            raise self._unknown(missing)
        return {device: tuple(versions) for device, versions in found.items()}

    def every_version(self, revision: str) -> Iterator[Version]:
        """Every version of every device up to a commit, newest first."""
        places = [
            (commit, path)
            for commit, paths in self.git.log(f":(glob)*/{record.FILE_NAME}", of=revision)
            for path in paths
        ]
        for start in range(0, len(places), _AT_ONCE):
            some = places[start : start + _AT_ONCE]
            contents = self.git.contents([f"{commit}:{path}" for commit, path in some])
            for (commit, path), content in zip(some, contents, strict=True):
                yield Version(commit, self._parsed(content, path.partition("/")[0]))

    def text(self, version: Version, source: ConfigSource) -> bytes:
        """The readable text of one configuration of a version."""
        document = version.record.documents[source]
        return self.content(f"{version.revision}:{version.record.device}/{document.file}")

    def content(self, name: str) -> bytes:
        """What git holds under a name that must be there."""
        (content,) = self.git.contents([name])
        if content is None:
            raise ArchiveDamaged(f"{name} is missing in {self.git.folder}", next_step=LOST)
        return content

    def _parsed(self, content: bytes | None, device: str) -> Record:
        if content is None:
            raise ArchiveDamaged(f"the record of {device} is missing", next_step=LOST)
        return record.parse(content, device)

    def _unknown(self, device: str) -> UsageError:
        near = get_close_matches(device, self.head().devices, 1)
        hint = f"Did you mean {near[0]}?" if near else "See: dcops archive list"
        return UsageError(f"the archive holds no device {device!r}", next_step=hint)
