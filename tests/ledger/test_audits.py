"""Audits, as the ledger keeps them."""

from dataclasses import replace
from datetime import timedelta

import pytest

from dcops.ledger import audits, schema
from dcops.ledger.address import Address
from dcops.ledger.database import Database
from dcops.ledger.housekeeping import Pruned
from dcops.ledger.ledger import Ledger
from dcops.model.audit import EVERYTHING, AuditFinding, AuditPoint, AuditRecord, AuditSource, Tally
from dcops.model.finding import Severity, Status
from tests.ledger.conftest import NIGHT

DAY = timedelta(days=1)
PACK = "tcvn11930-l3"
TELNET = AuditFinding("rtr-1", "IOS-021", "aa11", Status.FAIL, Severity.HIGH, ("N-MGT-1", "CIS IOS XE 17.x 1.2"), NIGHT)
SILENT = AuditFinding("rtr-2", "IOS-021", "bb22", Status.COULD_NOT_CHECK, Severity.HIGH, (), NIGHT)
FIRST = AuditRecord(
    run="run-0",
    audit="compliance",
    at=NIGHT,
    origin="read now",
    packs=(PACK,),
    rules="5f5f",
    exceptions=({"check": "IOS-021", "device": "rtr-9", "until": "2026-02-01"},),
    tallies={
        ("rtr-1", PACK): Tally(passed=3, failed=1),
        ("rtr-1", EVERYTHING): Tally(passed=4, failed=1),
        ("rtr-2", PACK): Tally(could_not_check=4),
        ("rtr-2", EVERYTHING): Tally(could_not_check=5),
    },
    findings=(TELNET, SILENT),
    sources=(
        AuditSource("rtr-1", "config/running", NIGHT, "read now", "00ff"),
        AuditSource("rtr-2", "config/running", NIGHT, "read now", problem="không trả lời"),
    ),
)


def on(day, **changes):
    return replace(FIRST, run=f"run-{day}", at=NIGHT + day * DAY, **changes)


def only(device, record):
    return {key: tally for key, tally in record.tallies.items() if key[0] == device}


def test_an_audit_comes_back_as_it_was_recorded(ledger):
    ledger.record_audit(FIRST)

    assert ledger.audit("run-0") == FIRST
    assert ledger.audit("run-1") is None
    assert ledger.audits("compliance") == (replace(FIRST, tallies={}, findings=(), sources=()),)
    assert ledger.audits("ipv6") == ()


def test_what_was_seen_before_keeps_the_day_on_which_it_was_first_seen(ledger):
    ledger.record_audit(FIRST)
    new = replace(TELNET, fingerprint="cc33", first_seen=None)

    seen = ledger.record_audit(on(3, findings=(replace(TELNET, first_seen=None), new)))

    assert seen == {"aa11": NIGHT, "cc33": NIGHT + 3 * DAY}
    assert {one.fingerprint: one.first_seen for one in ledger.audit("run-3").findings} == seen


def test_what_another_kind_of_audit_saw_does_not_count_as_seen(ledger):
    ledger.record_audit(replace(FIRST, audit="ipv6"))

    assert ledger.record_audit(on(1))["aa11"] == NIGHT + DAY


def test_more_findings_than_a_statement_takes_are_looked_up_all_the_same(ledger, monkeypatch):
    monkeypatch.setattr(audits, "_AT_ONCE", 2)
    many = tuple(replace(TELNET, fingerprint=f"{number:04}") for number in range(5))
    ledger.record_audit(replace(FIRST, findings=many))

    assert set(ledger.record_audit(on(1, findings=many)).values()) == {NIGHT}


def test_a_fault_that_stands_there_twice_is_kept_once(ledger):
    ledger.record_audit(replace(FIRST, findings=(TELNET, TELNET)))

    assert ledger.audit("run-0").findings == (TELNET,)


def test_a_run_that_is_recorded_twice_stays_as_it_was(ledger):
    ledger.record_audit(FIRST)
    ledger.record_audit(replace(FIRST, findings=(), tallies={}))

    assert ledger.audit("run-0") == FIRST


def test_of_each_device_the_newest_audit_counts(ledger):
    ledger.record_audit(on(2, tallies=only("rtr-1", FIRST)))
    ledger.record_audit(on(1, tallies={key: Tally(failed=9) for key in FIRST.tallies}))

    stands = {(one.device, one.pack): (one.run, one.tally.failed) for one in ledger.standings("compliance")}
    assert stands == {
        ("rtr-1", EVERYTHING): ("run-2", 1),
        ("rtr-1", PACK): ("run-2", 1),
        ("rtr-2", EVERYTHING): ("run-1", 9),
        ("rtr-2", PACK): ("run-1", 9),
    }


def test_a_pack_that_is_no_more_leaves_no_standing_of_the_devices_that_were_judged_since(ledger):
    ledger.record_audit(FIRST)
    renamed = {("rtr-1", "new-pack"): Tally(passed=1), ("rtr-1", EVERYTHING): Tally(passed=1)}

    ledger.record_audit(on(1, packs=("new-pack",), tallies=renamed, all_packs=False))
    assert {one.pack for one in ledger.standings("compliance") if one.device == "rtr-1"} == {"", PACK, "new-pack"}

    ledger.record_audit(on(2, packs=("new-pack",), tallies=renamed, all_packs=True))
    assert {one.pack for one in ledger.standings("compliance") if one.device == "rtr-1"} == {"", "new-pack"}
    assert {one.pack for one in ledger.standings("compliance") if one.device == "rtr-2"} == {"", PACK}


def test_a_trend_counts_the_same_devices_by_the_same_packs(ledger):
    ledger.record_audit(FIRST)
    ledger.record_audit(on(1, tallies=only("rtr-1", FIRST)))
    ledger.record_audit(on(2, packs=("other",)))

    def trend(devices, **changes):
        words = {"packs": (PACK,), "pack": PACK, "before": NIGHT + 9 * DAY, "limit": 10, **changes}
        return ledger.audit_trend("compliance", devices=devices, **words)

    assert trend(None) == (
        AuditPoint("run-1", NIGHT + DAY, 1, Tally(passed=3, failed=1)),
        AuditPoint("run-0", NIGHT, 2, Tally(passed=3, failed=1, could_not_check=4)),
    )
    assert [point.devices for point in trend({"rtr-2"})] == [1]
    assert [point.run for point in trend(None, before=NIGHT + DAY)] == ["run-0"]
    assert [point.run for point in trend(None, limit=1)] == ["run-1"]
    assert trend(None, pack=EVERYTHING)[0].tally == Tally(passed=4, failed=1)


def test_old_audits_go_with_all_they_found_and_the_newest_of_each_kind_stays(ledger, monkeypatch):
    monkeypatch.setattr(audits, "BATCH", 2)
    for day in range(5):
        ledger.record_audit(on(day))
    ledger.record_audit(replace(FIRST, run="other", audit="ipv6"))

    assert ledger.prune(before=NIGHT + 365 * DAY) == Pruned(audits=4)

    assert [one.run for one in ledger.audits("compliance")] == ["run-4"]
    assert ledger.audit("run-4").findings == on(4).findings
    assert [one.run for one in ledger.audits("ipv6")] == ["other"]
    assert ledger.audit_trend(
        "compliance", packs=(PACK,), pack=PACK, devices=None, before=NIGHT + 2 * DAY, limit=9
    ) == ()  # fmt: skip


def test_how_a_device_stands_is_forgotten_when_it_was_not_judged_for_as_long_as_evidence_is_kept(ledger):
    ledger.record_audit(FIRST)
    ledger.record_audit(on(9, tallies=only("rtr-1", FIRST)))

    ledger.prune(before=NIGHT + DAY)

    assert {one.device for one in ledger.standings("compliance")} == {"rtr-1"}


def test_a_time_without_a_zone_is_refused_and_nothing_is_kept(ledger):
    with pytest.raises(ValueError, match="zone"):
        ledger.record_audit(replace(FIRST, at=NIGHT.replace(tzinfo=None)))

    assert ledger.audits("compliance") == ()


def test_a_ledger_from_before_audits_gets_their_tables_and_keeps_what_it_holds(ledger_url, monkeypatch):
    with monkeypatch.context() as yesterday:
        yesterday.setattr(schema, "NEWEST", "0002")
        with Ledger.open(ledger_url) as old:
            old.note("state:backup", "ok")
    database = Database(Address.of(ledger_url), None)
    assert not database.read(lambda connection: connection.dialect.has_table(connection, "audit_run"))
    database.close()

    with Ledger.open(ledger_url) as ledger:
        ledger.record_audit(FIRST)
        assert ledger.noted("state:backup") == "ok"
        assert ledger.audit("run-0") == FIRST
