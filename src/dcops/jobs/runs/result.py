"""What a run ended with, as JSON: the shape of every command that works on devices."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dcops.archive import durable
from dcops.model.finding import Finding
from dcops.model.job import DeviceResult, RunKey, RunState
from dcops.model.moment import rfc3339
from dcops.model.run import JobRun, Outcome, Result

LONGEST_REASON = 500
"""A reason is a sentence for a list; the rest stands in the log."""
MOST_FINDINGS = 200
"""So many of a run's findings are kept in its row, for the morning report; the rest stands in its folder."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a run ended, and what came of each device."""

    state: RunState
    reason: str = ""
    exit_code: int | None = None
    run: str = ""
    command: str = ""
    started: str = ""
    finished: str = ""
    summary: Mapping[str, Any] = field(default_factory=dict)
    items: tuple[Mapping[str, Any], ...] = ()
    findings: tuple[Mapping[str, Any], ...] = ()

    @classmethod
    def of(cls, run: JobRun, *, reason: str = "") -> Ended:
        """What a job that ran to its end came to."""
        document = as_json(run)
        state = state_of(run)
        code = 0 if state is RunState.OK else 1
        told = {name: document[name] for name in ("run", "command", "started", "finished", "summary")}
        items, findings = tuple(document["items"]), tuple(document.get("findings", ()))
        return cls(state, reason or _in_words(run), code, items=items, findings=findings, **told)

    def outcomes(self, key: RunKey) -> tuple[DeviceResult, ...]:
        """What came of each device, as the ledger holds it."""
        return tuple(_device_result(key, item) for item in self.items)

    @property
    def row_summary(self) -> Mapping[str, Any]:
        """The summary as the ledger keeps it: with the first findings, which the report of the night shows."""
        return {**self.summary, **({"found": self.findings[:MOST_FINDINGS]} if self.findings else {})}

    def write(self, file: Path) -> None:
        """Write it so that a reader finds all of it or nothing."""
        document = {
            "command": self.command,
            "run": self.run,
            "started": self.started,
            "finished": self.finished,
            "state": self.state.value,
            "reason": self.reason,
            "exit_code": self.exit_code,
            "summary": dict(self.summary),
            "items": list(self.items),
            "findings": list(self.findings),
        }
        durable.replace(file, (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode())

    @classmethod
    def read(cls, file: Path) -> Ended | None:
        """What stands in the file; None when there is none that can be read."""
        try:
            data = json.loads(file.read_text(encoding="utf-8"))
            lists = {"items": tuple(data["items"]), "findings": tuple(data.get("findings", ()))}
            return cls(**{**data, "state": RunState(data["state"]), **lists})
        except (OSError, ValueError, KeyError, TypeError):
            return None


def state_of(run: JobRun) -> RunState:
    """The state of a run that came to its end."""
    if run.failure:
        return RunState.FAILED
    if run.failed:
        worked = any(outcome.result is not Result.SKIPPED and not outcome.failed for outcome in run.outcomes)
        return RunState.PARTIAL if worked else RunState.FAILED
    return RunState.FINDINGS if run.held or run.open_findings else RunState.OK


def as_json(run: JobRun) -> dict[str, Any]:
    """The JSON shape of every command that works on devices."""
    document: dict[str, Any] = {
        "command": run.command,
        "run": run.run,
        "started": rfc3339(run.started),
        "finished": rfc3339(run.finished),
        "summary": {"total": len(run.outcomes), **run.counts, **run.extra},
        "items": [_item(outcome) for outcome in run.outcomes],
    }
    if run.findings is not None:
        document["summary"]["findings"] = len(run.open_findings)
        document["findings"] = [finding_json(finding) for finding in run.findings]
    return document


def write_run(run: JobRun, file: str) -> None:
    """Write a run to a file as JSON: a reader finds the old file or the whole new one."""
    target = Path(file)
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    draft.write_text(json.dumps(as_json(run), ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    draft.replace(target)


def shortened(text: str) -> str:
    """A reason of bearable length, on one line."""
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_REASON else f"{line[: LONGEST_REASON - 1]}…"


def _item(outcome: Outcome) -> dict[str, Any]:
    error = outcome.error
    return {
        "device": outcome.device,
        "outcome": outcome.result.value,
        "detail": outcome.detail,
        "seconds": round(outcome.seconds, 3) if outcome.seconds is not None else None,
        "error": {"kind": error.kind.value, "message": error.message, "next_step": error.next_step} if error else None,
    }


def finding_json(finding: Finding) -> dict[str, Any]:
    """A finding, as every command tells it."""
    return {
        "id": finding.id,
        "status": finding.status.value,
        "severity": finding.severity.value,
        "device": finding.device,
        "title": finding.title,
        "evidence": finding.evidence,
        "fix": finding.fix,
        "reference": finding.reference,
    }


def _device_result(key: RunKey, item: Mapping[str, Any]) -> DeviceResult:
    error = item["error"] or {}
    return DeviceResult(
        key.job,
        key.due,
        item["device"],
        item["outcome"],
        item["detail"],
        error.get("kind", ""),
        error.get("message", ""),
        error.get("next_step", ""),
        item["seconds"],
    )


def _in_words(run: JobRun) -> str:
    """Why a run is not simply ok, in a few words."""
    parts = [shortened(run.failure)] if run.failure else []
    if run.failed:
        parts.append(f"{len(run.failed)} of {len(run.outcomes)} devices failed")
    if run.held:
        parts.append(f"{len(run.held)} held by another run")
    if found := len(run.open_findings):
        parts.append(f"{found} findings" if found > 1 else "1 finding")
    return ", ".join(parts)
