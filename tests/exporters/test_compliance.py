"""How devices stand in their audits, as Prometheus sees it: what nobody could check is never a zero."""

from datetime import UTC, datetime, timedelta

from dcops.exporters.jobs import families
from dcops.exporters.sources import Sources
from dcops.model.audit import EVERYTHING, AuditRecord, Tally

PREFIX = "dcops_compliance_"


def series(site):
    sources = Sources(site.root, lambda: datetime.now(UTC))
    try:
        told = [family for family in families(sources.read()) if family.name.startswith(PREFIX)]
    finally:
        sources.close()
    return {
        family.name.removeprefix(PREFIX): {tuple(one.labels.values()): one.value for one in family.samples}
        for family in told
    }


def audit(at, tallies, **changes):
    return AuditRecord(run=f"run-{at}", audit="compliance", at=at, origin="read now", tallies=tallies, **changes)


def test_each_device_tells_what_fails_by_pack_and_over_all_and_when_it_was_judged(any_site, last_night):
    with any_site.ledger() as ledger:
        tallies = {
            ("rtr-1", EVERYTHING): Tally(passed=7, failed=2, exception=1),
            ("rtr-1", "level-3"): Tally(passed=3, could_not_check=1),
            ("rtr-1", "clean"): Tally(passed=3, not_applicable=1),
            ("retired-1", EVERYTHING): Tally(failed=9),
        }
        ledger.record_audit(audit(last_night, tallies, packs=("clean", "level-3")))

    told = series(any_site)

    assert told["failed_checks"] == {("main", "rtr-1", "all"): 2, ("main", "rtr-1", "clean"): 0}
    assert told["checks"]["main", "rtr-1", "all", "exception"] == 1
    assert told["checks"]["main", "rtr-1", "level-3", "could_not_check"] == 1
    assert {labels[-1] for labels in told["checks"]} == {
        "pass", "fail", "not_applicable", "could_not_check", "exception",
    }  # fmt: skip
    assert set(told["audit_timestamp_seconds"].values()) == {last_night.timestamp()}


def test_where_something_could_not_be_checked_no_zero_is_told(site, last_night):
    with site.ledger() as ledger:
        ledger.record_audit(audit(last_night, {("rtr-1", EVERYTHING): Tally(could_not_check=8, passed=1)}))

    told = series(site)

    assert told["failed_checks"] == {}
    assert told["checks"]["main", "rtr-1", "all", "could_not_check"] == 8


def test_the_end_of_an_exception_is_the_end_of_its_last_day(site, last_night):
    with site.ledger() as ledger:
        exceptions = (
            {"check": "IOS-021", "device": "rtr-1", "tag": "", "owner": "noc", "until": "2026-02-01"},
            {"check": "IOS-021", "device": "rtr-1", "tag": "", "owner": "noc", "until": "2026-01-01"},
            {"check": "PAN-001", "device": "", "tag": "old", "owner": "noc", "until": "2026-03-01"},
        )
        ledger.record_audit(audit(last_night, {}, exceptions=({**exceptions[0], "until": "2030-01-01"},)))
        ledger.record_audit(audit(last_night + timedelta(hours=1), {}, exceptions=exceptions))

    assert series(site)["exception_end_timestamp_seconds"] == {
        ("IOS-021", "rtr-1", ""): datetime(2026, 2, 2, tzinfo=UTC).timestamp(),
        ("PAN-001", "", "old"): datetime(2026, 3, 2, tzinfo=UTC).timestamp(),
    }


def test_where_nothing_was_judged_there_is_no_series(site):
    with site.ledger():
        pass

    assert not any(series(site).values())
