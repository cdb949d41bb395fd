"""An audit as the ledger keeps it."""

from __future__ import annotations

from dcops.jobs.compliance import NAME
from dcops.jobs.compliance.result import AuditResult
from dcops.model.audit import AuditFinding, AuditRecord, AuditSource
from dcops.model.finding import Status


def record_of(result: AuditResult) -> AuditRecord:
    """What of an audit is worth a year: how every device stood, and what was not well; no words."""
    return AuditRecord(
        run=result.run,
        audit=NAME,
        at=result.at,
        origin=result.origin,
        packs=tuple(pack.name for pack in result.packs),
        all_packs=result.all_packs,
        rules=result.rules_digest,
        exceptions=tuple(
            {
                "check": one.exempt.rule,
                "device": one.exempt.device,
                "tag": one.exempt.tag,
                "owner": one.exempt.owner,
                "until": one.exempt.until.isoformat(),
            }
            for one in result.exceptions
        ),
        tallies={(device.name, pack): tally for device in result.devices for pack, tally in device.tallies.items()},
        findings=tuple(
            AuditFinding(
                device=finding.device,
                check=finding.id,
                fingerprint=finding.fingerprint,
                status=finding.status,
                severity=finding.severity,
                refs=tuple(finding.reference.split(", ")) if finding.reference else (),
            )
            for finding in result.findings
            if finding.status.open or finding.status is Status.EXCEPTION
        ),
        sources=tuple(
            AuditSource(device.name, source.title, source.taken, source.origin, source.sha256, source.problem)
            for device in result.devices
            for source in device.sources
        ),
    )
