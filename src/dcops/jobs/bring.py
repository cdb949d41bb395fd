"""Take into the archive what a person brings: a configuration or backup file that no job could read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from dcops.archive.archive import Archive, Change, Entry, Item, Version
from dcops.diff.form import FORM, form_of
from dcops.diff.formats import Formats
from dcops.diff.redact import Conceal
from dcops.diff.size import check_size
from dcops.diff.visible import quoted
from dcops.errors import DeviceError, InvalidInput, UsageError
from dcops.jobs.pushed.fitting import SHA256, entry, fitting
from dcops.jobs.pushed.whole_file import WholeFile
from dcops.model.device import WATCHED_PLATFORMS, Device
from dcops.model.moment import rfc3339
from dcops.model.run import new_run_id
from dcops.model.snapshot import ConfigSource

SMALLEST_BYTES = 1024


@dataclass(frozen=True, slots=True)
class Rooms:
    """What bringing a file needs."""

    archive: Archive
    formats: Callable[[], Formats]
    """Opened only for a configuration: an opaque file must get in whatever is wrong with a description."""
    conceal: Conceal
    clock: Callable[[], datetime]
    largest_bytes: int
    smallest_share: float
    """0 accepts a file however small."""


@dataclass(frozen=True, slots=True)
class Brought:
    """What a file is beside the archive, and what came of it."""

    device: str
    source: ConfigSource
    size: int
    sha256: str
    taken: datetime
    change: Change
    added: int = 0
    removed: int = 0
    revision: str | None = None
    """The version that was made of it, or that holds it already; None for one that was only looked at."""
    run: str = ""


def bring(
    rooms: Rooms,
    device: Device,
    file: Path,
    *,
    source: ConfigSource = ConfigSource.FILE,
    taken: datetime | None = None,
    store: bool = True,
) -> Brought:
    """Check a file as if the device had given it, and archive it; the file itself is left as it is.

    Without `taken` its own time counts. One whose content the archive holds already, in whatever version, is not
    stored again; neither is one that is older than what the archive holds.
    """
    if device.foreign:
        raise UsageError(f"{device.name} belongs to another organisation and is never touched")
    exact, sha256, own_time = _read(file, rooms.largest_bytes)
    now = rooms.clock()
    moment = taken or min(own_time, now)
    if moment > now:
        raise UsageError(f"{rfc3339(moment)} is still to come", next_step="Say when the device gave it: --taken")
    newest = rooms.archive.newest(device.name)
    same = rooms.archive.with_exact(device.name, source, exact)
    told = Brought(device.name, source, len(exact), sha256, moment, Change.UNCHANGED)
    if same is not None:
        return _of(told, same)
    made = _entry(rooms, device, file.name, exact, source, moment, sha256, newest)
    _refuse_older(newest, source, moment)
    if not store:
        return _of(told, None, Change.CHANGED if newest else Change.NEW)
    run = new_run_id(now)
    session = rooms.archive.session(run)
    session.put(made)
    committed = session.commit()
    (stored,) = committed.stored
    if stored.note:
        raise UsageError(f"{file} was not archived: {stored.note}", next_step=f"See: dcops archive log {device.name}")
    revision = committed.revision or (newest.revision if newest else None)
    return Brought(
        device.name, source, len(exact), sha256, moment, stored.change, stored.added, stored.removed, revision, run
    )


def _read(file: Path, largest_bytes: int) -> tuple[bytes, str, datetime]:
    """The content of a file, its hash, and the time it says of itself."""
    try:
        with WholeFile.open(file) as opened:
            sha256 = opened.digest(largest_bytes)
            return opened.content(sha256), sha256, datetime.fromtimestamp(opened.status.st_mtime, UTC)
    except DeviceError as error:
        raise InvalidInput(error.message, next_step=error.next_step) from None
    except OSError as error:
        raise UsageError(f"{quoted(str(file))} cannot be read: {error.strerror or error}") from None
    except (OverflowError, ValueError):
        raise UsageError(f"the time of {quoted(str(file))} is none", next_step="Say it with --taken") from None


def _entry(
    rooms: Rooms,
    device: Device,
    name: str,
    exact: bytes,
    source: ConfigSource,
    taken: datetime,
    sha256: str,
    newest: Version | None,
) -> Entry:
    """What the archive would keep, after the checks that the device's own answer would have to pass."""
    document = newest.record.documents.get(source) if newest else None
    previous = document.size if document else None
    try:
        if source is ConfigSource.FILE:
            smallest = device.drop.smallest_bytes if device.drop else SMALLEST_BYTES
            fitting(exact, name=name, smallest_bytes=smallest, previous=previous, smallest_share=rooms.smallest_share)
            return entry(device, exact, taken, {SHA256: sha256})
        if device.platform is None or device.platform in WATCHED_PLATFORMS:
            lacking = f"platform {device.platform}" if device.platform else "no platform"
            raise UsageError(
                f"{device.name} has {lacking}: nothing tells whether this is a whole {source} configuration",
                next_step="Bring it as it is: --source file; or give it the platform whose configuration it is",
            )
        format_ = rooms.formats().of(device.platform)
        # Copied by way of a PC a text often comes with its line ends; the device has, and is read with, its own.
        content = exact.replace(b"\r\n", b"\n")
        format_.check(content, source)
        check_size(source, len(content), previous, rooms.smallest_share)
        readable = format_.readable(content, source, rooms.conceal)
    except DeviceError as error:
        raise InvalidInput(error.message, next_step=error.next_step) from None
    facts = {**readable.facts, SHA256: sha256, FORM: form_of(format_)}
    item = Item(source, format_.suffix(source), readable.text, exact, facts)
    return Entry(device.name, device.platform, taken, (item,))


def _refuse_older(newest: Version | None, source: ConfigSource, taken: datetime) -> None:
    if newest is None or source not in newest.record.documents:
        return
    held = newest.record.read_at(source)
    if taken < held:
        raise UsageError(
            f"it is of {rfc3339(taken)}, and the archive holds one of {rfc3339(held)}, version {newest.revision[:8]}",
            next_step="If it is newer all the same, say when the device gave it: --taken TIME",
        )


def _of(told: Brought, version: Version | None, change: Change = Change.UNCHANGED) -> Brought:
    revision = version.revision if version else None
    return Brought(told.device, told.source, told.size, told.sha256, told.taken, change, revision=revision)
