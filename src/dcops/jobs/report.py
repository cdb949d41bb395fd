"""Write the nightly report in all its forms, and queue the morning mail.

For the catalogue: `run(sources, texts, folder=…, channels=…, clock=…)` talks to no device and has no outcomes.

- `sources`: `nightly.gather.Sources`: the site's name and time zone, ledger, archive, the devices that `[jobs.backup]`
  selects (without those of other organisations), and the plans of all jobs, so that a job without a run is seen;
- `texts`: `Texts.of(root, language=settings.site.language, timezone=settings.site.timezone)`;
- `folder`: `<state>/reports`;
- `channels`: which of `mail` and `webhook` are set up.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Collection
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from dcops.errors import CannotRun
from dcops.jobs.nightly import forms
from dcops.jobs.nightly.content import NightlyReport
from dcops.jobs.nightly.gather import REPORT, Sources, gather
from dcops.jobs.notification import MAIL, WEBHOOK
from dcops.ledger.ledger import Ledger
from dcops.model.run import JobRun, new_run_id
from dcops.templates.render import Texts

NAME = REPORT
# Spreadsheets take a file without this mark for one of an older encoding.
BYTE_ORDER_MARK = "\ufeff"
NAMES = {"html": "nightly.html", "json": "nightly.json", "csv": "nightly.csv", "txt": "nightly.txt"}


def run(
    sources: Sources, texts: Texts, *, folder: Path, channels: Collection[str], clock: Callable[[], datetime]
) -> JobRun:
    """Gather the night that ended today, write `<folder>/<date>/nightly.{html,json,csv,txt}` and queue the mail."""
    started = clock()
    report = gather(sources, now=started)
    place = write(report, texts, folder)
    queued = announce(sources.ledger, report, texts, channels=channels, place=place, now=clock())
    return JobRun(
        command=NAME,
        run=new_run_id(started),
        started=started,
        finished=clock(),
        outcomes=(),
        extra={
            "night": report.night.isoformat(),
            "verdict": report.verdict.value,
            "to_act": report.to_act,
            "to_look": report.to_look,
            "folder": str(place),
            "messages": queued,
        },
    )


def write(report: NightlyReport, texts: Texts, folder: Path) -> Path:
    """Write every form of a report; a reader finds the old file or the whole new one. Gives the night's folder."""
    place = folder / report.night.isoformat()
    written = {
        "html": forms.html(report, texts),
        "json": forms.json_text(report),
        "csv": BYTE_ORDER_MARK + forms.csv_text(report, texts),
        "txt": forms.text(report, texts),
    }
    try:
        place.mkdir(mode=0o750, parents=True, exist_ok=True)
        for form, content in written.items():
            replace_file(place / NAMES[form], content)
    except OSError as error:
        raise CannotRun(
            f"the report cannot be written to {place}: {error.strerror or error}",
            next_step="See whether the disk is full and who owns the state folder: dcops doctor",
        ) from None
    return place


def announce(
    ledger: Ledger,
    report: NightlyReport,
    texts: Texts,
    *,
    channels: Collection[str],
    place: Path | None,
    now: datetime,
) -> int:
    """Queue the morning message, once per night and channel; gives how many were queued."""
    subject = forms.subject(report, texts)
    text = forms.text(report, texts, place=str(place / NAMES["html"]) if place else "")
    key = f"{NAME}:{report.night.isoformat()}"
    queued = []
    if MAIL in channels:
        queued.append(ledger.enqueue(MAIL, subject, text, now=now, dedup=f"{key}:{MAIL}"))
    if WEBHOOK in channels:
        body = json.dumps(
            {"text": f"{subject}\n\n{text}", "event": "nightly-report", **forms.as_json(report)}, ensure_ascii=False
        )
        queued.append(ledger.enqueue(WEBHOOK, subject, body, now=now, dedup=f"{key}:{WEBHOOK}"))
    return sum(message is not None for message in queued)


def replace_file(file: Path, content: str) -> None:
    """Write a file so that it is there whole or not at all, also after a power cut."""
    draft = file.with_name(f".{file.name}.{os.getpid()}.tmp")
    try:
        with draft.open("w", encoding="utf-8", newline="") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        draft.replace(file)
    except OSError:
        with suppress(OSError):
            draft.unlink()
        raise
