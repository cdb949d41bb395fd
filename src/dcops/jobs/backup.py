"""Archive the configurations of every device."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dcops.archive.archive import Change, Entry, Item, Stored
from dcops.devices.fleet import Answer
from dcops.diff import redact
from dcops.diff.form import FORM, form_of
from dcops.diff.formats import Formats
from dcops.diff.size import check_size
from dcops.errors import DeviceError, ErrorKind
from dcops.jobs.context import Context, no_reader
from dcops.model.device import Device
from dcops.model.run import JobRun, Outcome, Result, new_run_id
from dcops.model.snapshot import ConfigSource, Snapshot

NAME = "backup"


@dataclass(frozen=True, slots=True)
class Prepared:
    """A device's configurations, found complete and made readable."""

    entry: Entry
    missing: tuple[str, ...]
    read_at: float
    """Seconds since the run began."""


def run(context: Context, devices: Sequence[Device], *, smallest_share: float = 0.5) -> JobRun:
    """Read every device, refuse what is not complete, and archive what changed since the last run.

    A device that fails becomes a failed outcome and the others go on. A device whose platform has no driver is
    skipped. `smallest_share` is the share of the last archived size below which a configuration counts as
    truncated; 0 accepts any size.
    """
    started = context.clock()
    run_id = new_run_id(started)
    known = set(context.fleet.drivers.platforms())
    within_reach = [device for device in devices if device.platform in known]
    outcomes = {device.name: _unsupported(device) for device in devices if device.platform not in known}
    session = context.archive.session(run_id)
    context.progress.started(within_reach)
    sizes = {device.name: context.archive.previous_sizes(device.name) for device in within_reach}
    prepare = Prepare(context.formats, context.site_key, sizes, smallest_share)
    read_seconds = 0.0
    answers = {}
    for answer in context.fleet.configurations(within_reach, prepare):
        answers[answer.device.name] = answer
        if answer.value:
            read_seconds = max(read_seconds, answer.value.read_at)
            outcomes[answer.device.name] = _stored(answer, answer.value, session.put(answer.value.entry))
        else:
            outcomes[answer.device.name] = _failure(answer)
        context.progress.finished(outcomes[answer.device.name])
    committed = session.commit()
    # Another run may have archived the same text in the meantime: what the commit says is what happened.
    for stored in committed.stored:
        answer = answers[stored.device]
        if answer.value:
            outcomes[stored.device] = _stored(answer, answer.value, stored)

    return JobRun(
        command=NAME,
        run=run_id,
        started=started,
        finished=context.clock(),
        outcomes=tuple(outcomes[device.name] for device in devices),
        extra={"revision": committed.revision, "read_seconds": round(read_seconds, 3)},
    )


class Prepare:
    """Turns a snapshot into an archive entry, in the device's own thread."""

    def __init__(
        self,
        formats: Formats,
        site_key: bytes,
        sizes: Mapping[str, Mapping[ConfigSource, int]],
        smallest_share: float,
    ) -> None:
        self._conceal = redact.keyed(site_key)
        self._formats = formats
        self._sizes = sizes
        self._smallest_share = smallest_share
        self._started = time.monotonic()
        # Reads the code once: threads that begin together would each do it.
        form_of()

    def __call__(self, device: Device, snapshot: Snapshot) -> Prepared:
        """The entry; raises DeviceError for what is not whole."""
        format_ = self._formats.of_one_device(snapshot.platform)
        items = []
        for document in snapshot.documents:
            format_.check(document.content, document.source)
            before = self._sizes[device.name].get(document.source)
            check_size(document.source, len(document.content), before, self._smallest_share)
            readable = format_.readable(document.content, document.source, self._conceal)
            items.append(
                Item(
                    source=document.source,
                    suffix=format_.suffix(document.source),
                    readable=readable.text,
                    exact=document.content,
                    facts={**document.facts, **readable.facts, FORM: form_of(format_)},
                )
            )
        entry = Entry(device.name, snapshot.platform, snapshot.taken, tuple(items))
        return Prepared(entry, snapshot.missing, time.monotonic() - self._started)


def _stored(answer: Answer[Prepared], prepared: Prepared, stored: Stored) -> Outcome:
    parts = (_change(prepared.entry, stored), stored.note, *prepared.missing)
    detail = "; ".join(part for part in parts if part)
    result = Result.UNCHANGED if stored.change is Change.UNCHANGED else Result.CHANGED
    return Outcome(answer.device.name, result, detail, seconds=answer.seconds)


def _change(entry: Entry, stored: Stored) -> str:
    match stored.change:
        case Change.NEW:
            lines = sum(item.readable.count("\n") for item in entry.items)
            return f"first version, {lines} lines"
        case Change.CHANGED if stored.key_rotated:
            return "site key rotated, nothing else changed"
        case Change.CHANGED:
            return f"{', '.join(stored.documents)}: +{stored.added} -{stored.removed} lines"
        case _:
            return ""


def _failure(answer: Answer[Prepared]) -> Outcome:
    error = answer.error or DeviceError(ErrorKind.INTERNAL, "no answer and no error")
    result = Result.TIMEOUT if error.kind is ErrorKind.TIMEOUT else Result.FAILED
    return Outcome(answer.device.name, result, error=error, seconds=answer.seconds)


def _unsupported(device: Device) -> Outcome:
    return Outcome(device.name, Result.SKIPPED, error=no_reader(device))
