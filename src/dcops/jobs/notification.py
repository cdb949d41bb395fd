"""Queues what people have to be told of a run, once.

For the scheduler:

- `announce(ledger, run, outcomes, audience=…, devices=…, archive=…, now=…)` after a run has ended and its row is
  written. It queues messages in the ledger and sends nothing. Calling it again for the same run queues nothing twice.
  Rows that were skipped are announced after all rows of a reconciliation have been written: only the newest due time
  speaks.
- `deliver(ledger, senders, now)` every few seconds in the daemon. It sends what is due, within a bounded time.

`audience` says in whose words and over which channels; `devices` are those that the job covers on its schedule, or
None when the inventory cannot be read: bad news must get out all the same;
`outcomes` is what `ledger.outcomes(run.key)` gives; `senders` maps `mail`, `webhook`, `alertmanager` to what
`assembly.senders_of(settings)` makes of dcops.toml, and its keys are the audience's channels.

What is told: a job or a device that turned bad or good again, and configurations that changed, with their redacted
difference. What stays bad is not repeated; the morning report holds it. Devices under maintenance are silent, and keep
the standing that they had before: what is still broken afterwards is told then.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from dcops.archive.archive import Archive
from dcops.errors import DcopsError, InvalidInput
from dcops.jobs.changes import Changed, changed_in
from dcops.jobs.delivery import ALERTMANAGER, CHANNELS, MAIL, WEBHOOK, Delivery, deliver
from dcops.jobs.maintenance import covers, covers_everything, in_force
from dcops.ledger.ledger import Ledger
from dcops.model.device import Device
from dcops.model.job import DeviceResult, LedgerRun, Message, RunState, RunTrigger
from dcops.model.run import Result

if TYPE_CHECKING:
    from dcops.notify.alertmanager import Alert
    from dcops.templates.render import Texts

__all__ = ["ALERTMANAGER", "CHANNELS", "MAIL", "WEBHOOK", "Audience", "Delivery", "News", "announce", "deliver"]

# An alert that no later run renews ends by itself after this time: a day and some hours, as jobs are nightly.
ALERT_HOLDS = timedelta(hours=26)

BAD = frozenset({Result.FAILED.value, Result.TIMEOUT.value})
GOOD = frozenset({Result.OK.value, Result.CHANGED.value, Result.UNCHANGED.value})


@dataclass(frozen=True, slots=True)
class Audience:
    """Who is told, and in whose words."""

    site: str
    """`[site] name`."""
    texts: Texts
    channels: Collection[str]
    """Those of `mail`, `webhook`, `alertmanager` that are set up."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What was last said about a job."""

    due: datetime | None = None
    trouble: str = ""
    """The state of the job's newest run when that was bad; empty when all is well."""
    since: datetime | None = None
    failing: Mapping[str, datetime] = field(default_factory=dict)
    """Device to the due time of the run in which it turned bad."""


@dataclass(frozen=True, slots=True)
class News:
    """What a run changed, as templates see it."""

    job: str
    run: LedgerRun
    turned_bad: bool
    turned_good: bool
    failed: tuple[DeviceResult, ...]
    """Devices that were well before."""
    recovered: tuple[str, ...]
    still: tuple[str, ...]
    """Devices that were bad before and are now."""
    reasons: Mapping[str, DeviceResult]
    """What is known of each device that is bad now."""
    changed: tuple[Changed, ...]
    changes_error: str = ""
    """Why it cannot be told what changed, though something did."""

    @property
    def anything(self) -> bool:
        """Whether there is something to tell a person."""
        return bool(
            self.turned_bad or self.turned_good or self.failed or self.recovered or self.changed or self.changes_error
        )


def announce(
    ledger: Ledger,
    run: LedgerRun,
    outcomes: Sequence[DeviceResult],
    *,
    audience: Audience,
    devices: Sequence[Device] | None,
    archive: Archive | None,
    now: datetime,
) -> tuple[Message, ...]:
    """Queue what has to be told about an ended run; gives the queued messages."""
    before = _standing(ledger.noted(_note(run.job)))
    newest = ledger.last(run.job)
    outdated = (before.due and run.due < before.due) or (
        newest and newest.due > run.due and run.state is RunState.SKIPPED
    )
    if not run.state.ended or outdated:
        return ()
    windows = in_force(ledger.windows(since=run.due), run.started or run.due, run.finished or now)
    silent = {device.name for device in devices or () if any(covers(window, device) for window in windows)}
    all_silent = any(covers_everything(window) for window in windows)

    after = _judged(run, outcomes, before, devices, silent, all_silent)
    told = [outcome for outcome in outcomes if outcome.device not in silent]
    changed, changes_error = _changes(archive, told, run)
    news = News(
        job=run.job,
        run=run,
        turned_bad=bool(after.trouble) and after.trouble != before.trouble,
        turned_good=bool(before.trouble) and not after.trouble,
        failed=tuple(one for one in told if one.result in BAD and one.device not in before.failing),
        recovered=tuple(sorted(set(before.failing) - set(after.failing))),
        still=tuple(sorted(set(before.failing) & set(after.failing))),
        reasons={one.device: one for one in told if one.result in BAD},
        changed=changed,
        changes_error=changes_error,
    )
    queued = _queue(ledger, news, before, after, {device.name: device for device in devices or ()}, audience, now)
    ledger.note(_note(run.job), _as_note(after))
    return tuple(message for message in queued if message is not None)


def _judged(
    run: LedgerRun,
    outcomes: Sequence[DeviceResult],
    before: Standing,
    devices: Sequence[Device] | None,
    silent: Collection[str],
    all_silent: bool,
) -> Standing:
    """The standing of a job after a run."""
    known = {device.name for device in devices} if devices is not None else None
    failing = {name: since for name, since in before.failing.items() if known is None or name in known}
    for outcome in outcomes:
        if outcome.result in GOOD:
            failing.pop(outcome.device, None)
        elif outcome.result in BAD and outcome.device not in silent:
            failing.setdefault(outcome.device, run.due)
    by_hand = run.trigger is RunTrigger.MANUAL
    whole = not by_hand or (known is not None and known <= {outcome.device for outcome in outcomes})
    trouble = before.trouble
    if whole and not all_silent:
        excused = run.state is RunState.PARTIAL and not any(
            outcome.result in BAD and outcome.device not in silent for outcome in outcomes
        )
        if run.state.succeeded or (excused and not failing):
            trouble = ""
        elif not excused:
            trouble = run.state.value
    return Standing(run.due, trouble, (before.since if before.trouble else run.due) if trouble else None, failing)


def _queue(
    ledger: Ledger,
    news: News,
    before: Standing,
    after: Standing,
    devices: Mapping[str, Device],
    audience: Audience,
    now: datetime,
) -> list[Message | None]:
    # The run's own end is in the key, so that a retried attempt of the same due time can speak again.
    key = f"{news.job}:{news.run.due.isoformat()}:{news.run.attempt}:{news.run.state}"
    queued: list[Message | None] = []
    if news.anything and {MAIL, WEBHOOK} & set(audience.channels):
        subject, text = _words(news, audience)
        if MAIL in audience.channels:
            queued.append(ledger.enqueue(MAIL, subject, text, now=now, dedup=f"{key}:{MAIL}"))
        if WEBHOOK in audience.channels:
            body = _document(news, audience, subject, text)
            queued.append(ledger.enqueue(WEBHOOK, subject, body, now=now, dedup=f"{key}:{WEBHOOK}"))
    if ALERTMANAGER in audience.channels:
        alerts = _alerts(news, before, after, devices, audience, now)
        if alerts:
            subject = f"{news.job}: {len(alerts)}"
            queued.append(
                ledger.enqueue(ALERTMANAGER, subject, _as_json(alerts), now=now, dedup=f"{key}:{ALERTMANAGER}")
            )
    return queued


def _changes(archive: Archive | None, told: Sequence[DeviceResult], run: LedgerRun) -> tuple[tuple[Changed, ...], str]:
    """What changed; when the archive cannot be read, the other news must get out all the same."""
    names = [outcome.device for outcome in told if outcome.result == Result.CHANGED]
    if archive is None or not names:
        return (), ""
    try:
        return changed_in(archive, names, run), ""
    except DcopsError as error:
        return (), f"{', '.join(names)}: {error}"


def _words(news: News, audience: Audience) -> tuple[str, str]:
    """Subject and text: the template's first line is the subject."""
    texts = audience.texts
    name = f"message/{texts.language}/run.txt.j2"
    values = {"site": audience.site, "news": news, "run": news.run}
    try:
        text = texts.render(name, values)
    except InvalidInput as error:
        # A mistake in the site's own template must not keep an alarm back: ours says it, and says why.
        text = f"{texts.shipped.render(name, values)}\n({error})\n"
    subject, _, body = text.partition("\n")
    return subject.strip(), body.lstrip("\n")


def _document(news: News, audience: Audience, subject: str, text: str) -> str:
    run = news.run
    return json.dumps(
        {
            "text": f"{subject}\n\n{text}",
            "event": "job",
            "site": audience.site,
            "job": run.job,
            "due": _stamp(run.due),
            "state": run.state.value,
            "reason": run.reason,
            "turned_bad": news.turned_bad,
            "turned_good": news.turned_good,
            "failed": [
                {"device": one.device, "kind": one.error_kind, "message": one.error_message, "next_step": one.next_step}
                for one in news.failed
            ],
            "recovered": list(news.recovered),
            "still_failing": list(news.still),
            "changed": [
                {"device": one.device, "added": one.added, "removed": one.removed, "diff": one.diff}
                for one in news.changed
            ],
        },
        ensure_ascii=False,
    )


def _alerts(
    news: News,
    before: Standing,
    after: Standing,
    devices: Mapping[str, Device],
    audience: Audience,
    now: datetime,
) -> list[Alert]:
    """Everything that is bad now, renewed, and what has just become good, ended."""
    from dcops.notify.alertmanager import Alert

    words = audience.texts.words
    job = words(f"job.{news.job}", otherwise=news.job)
    alerts = []
    if after.trouble or before.trouble:
        state = after.trouble or before.trouble
        alerts.append(
            Alert(
                {"alertname": "DcopsJobFailed", "job_name": news.job, "severity": "critical", "source": "dcops"},
                starts=after.since or before.since or now,
                ends=now + ALERT_HOLDS if after.trouble else now,
                annotations={"summary": words("alert.job", job=job, state=words(f"state.{state}"), site=audience.site)},
            )
        )
    for name in sorted(set(before.failing) | set(after.failing)):
        bad = name in after.failing
        device = devices.get(name)
        labels = {"alertname": "DcopsDeviceFailed", "job_name": news.job, "device": name, "severity": "warning"}
        labels |= {"source": "dcops"} | ({"site": device.site} if device else {})
        kind = news.reasons[name].error_kind if name in news.reasons else ""
        annotations = {"summary": words("alert.device", job=job, device=name)}
        if kind:
            annotations["description"] = words(
                f"kind.{news.job}-{kind}", otherwise=words(f"kind.{kind}", otherwise=kind)
            )
        since = after.failing.get(name) or before.failing[name]
        alerts.append(Alert(labels, starts=since, ends=now + ALERT_HOLDS if bad else now, annotations=annotations))
    return alerts


def _as_json(alerts: Sequence[Alert]) -> str:
    from dcops.notify.alertmanager import as_json

    return as_json(alerts)


def _note(job: str) -> str:
    return f"announced:{job}"


def _standing(note: str | None) -> Standing:
    if not note:
        return Standing()
    value = json.loads(note)
    return Standing(
        due=datetime.fromisoformat(value["due"]),
        trouble=value["trouble"],
        since=datetime.fromisoformat(value["since"]) if value["since"] else None,
        failing={name: datetime.fromisoformat(since) for name, since in value["failing"].items()},
    )


def _as_note(standing: Standing) -> str:
    return json.dumps(
        {
            "due": _stamp(standing.due) if standing.due else None,
            "trouble": standing.trouble,
            "since": _stamp(standing.since) if standing.since else None,
            "failing": {name: _stamp(since) for name, since in standing.failing.items()},
        }
    )


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
