"""An audit as machines read it."""

from __future__ import annotations

from typing import Any

from dcops.jobs.compliance.report.controls import ControlLine, lines_of
from dcops.jobs.compliance.report.unknown import blind_platforms
from dcops.jobs.compliance.result import AuditResult
from dcops.jobs.compliance.run import Done
from dcops.jobs.runs.result import as_json
from dcops.model.audit import AuditPoint, Tally
from dcops.model.finding import Finding
from dcops.model.moment import rfc3339


def document(done: Done) -> dict[str, Any]:
    """The JSON of every command that works on devices, with a finding for every pair of rule and device."""
    result = done.result
    whole = as_json(done.run)
    whole["summary"]["findings"] = len(result.open)
    whole["findings"] = [_finding(one, result) for one in result.findings]
    return {
        **whole,
        "audit": {
            "as_of": rfc3339(result.at),
            "origin": result.origin,
            "pre_service": list(result.pre_service),
            "rules": result.rules_digest,
            "packs": [
                {
                    "pack": pack.name,
                    "title": pack.title.en,
                    "mapped_to": pack.standard or None,
                    "level": pack.level,
                    "checks": _tally(result.tally_of(pack.name)),
                    "trend": [_point(point) for point in result.trends.get(pack.name, ())],
                }
                for pack in result.packs
            ],
            "trend": [_point(point) for point in result.trend],
            "baseline": _baseline(result),
        },
        "devices": [
            {
                "device": device.name,
                "site": device.site,
                "role": device.role,
                "platform": device.platform,
                "version": device.version or None,
                "in_service": device.in_service,
                "checks": _tally(device.tally),
                "sources": [
                    {
                        "source": source.title,
                        "origin": source.origin,
                        "taken": rfc3339(source.taken),
                        "age_seconds": round(source.age_seconds, 1),
                        "sha256": source.sha256 or None,
                        "problem": source.problem or None,
                    }
                    for source in device.sources
                ],
            }
            for device in result.devices
        ],
        "controls": [_control(line) for line in lines_of(result)],
        "platforms": {
            "limited": {
                platform: {"en": reason.en, "vi": reason.vi} for platform, reason in result.limits.platforms.items()
            },
            "only_inventory": {platform: list(devices) for platform, devices in blind_platforms(result).items()},
        },
        "not_judged": [{"reason": one.reason, "devices": list(one.devices)} for one in result.unjudged],
        "exceptions": [
            {
                "rule": one.exempt.rule,
                "device": one.exempt.device or None,
                "tag": one.exempt.tag or None,
                "owner": one.exempt.owner,
                "reason": one.exempt.reason,
                "ticket": one.exempt.ticket,
                "until": one.exempt.until.isoformat(),
                "days_left": one.days_left,
                "ends_soon": one.ends_soon,
                "ended": one.ended,
                "covers": one.covers,
            }
            for one in result.exceptions
        ],
    }


def _control(line: ControlLine) -> dict[str, Any]:
    control, limit = line.control, line.limit
    return {
        "control": control.id,
        "title": {"en": control.title.en, "vi": control.title.vi},
        "standards": list(control.standards),
        "confidence": control.confidence,
        "standing": line.standing.value,
        "rules": list(line.rules),
        "devices": line.devices,
        "checks": _tally(line.tally),
        "not_checked": {"part": "all" if limit.whole else "some", "en": limit.reason.en, "vi": limit.reason.vi}
        if limit
        else None,
    }


def _finding(finding: Finding, result: AuditResult) -> dict[str, Any]:
    first = result.first_seen.get(finding.fingerprint)
    vietnamese = finding.told.get("vi")
    return {
        "id": finding.id,
        "status": finding.status.value,
        "severity": finding.severity.value,
        "device": finding.device,
        "title": finding.title,
        "evidence": finding.evidence,
        "fix": finding.fix,
        "reference": finding.reference,
        "block": finding.block or None,
        "source": finding.source or None,
        "fingerprint": finding.fingerprint or None,
        "first_seen": rfc3339(first) if first else None,
        "new": _is_new(finding, result),
        "allowed": finding.allowed or None,
        "vi": {"title": vietnamese.title, "evidence": vietnamese.evidence, "fix": vietnamese.fix}
        if vietnamese
        else None,
    }


def _is_new(finding: Finding, result: AuditResult) -> bool | None:
    """None: there is nothing to compare with, or it is not open."""
    if result.baseline is None or not finding.status.open:
        return None
    return finding.fingerprint in result.baseline.new


def _baseline(result: AuditResult) -> dict[str, Any] | None:
    one = result.baseline
    if one is None:
        return None
    return {
        "run": one.run,
        "at": rfc3339(one.at),
        "new": len(one.new),
        "gone": one.gone,
        "only_new": one.only_new,
        "devices_unknown_then": list(one.unknown),
    }


def _tally(tally: Tally) -> dict[str, int]:
    return {status.value: number for status, number in tally.by_status.items()}


def _point(point: AuditPoint) -> dict[str, Any]:
    return {"run": point.run, "at": rfc3339(point.at), "devices": point.devices, "checks": _tally(point.tally)}
