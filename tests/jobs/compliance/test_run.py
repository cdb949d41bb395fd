"""An audit from devices or archive to its result, with the judging in this process."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from dcops.errors import DeviceError, ErrorKind, InvalidInput, UsageError
from dcops.jobs.runs.result import state_of
from dcops.model.audit import EVERYTHING, Tally
from dcops.model.finding import Severity, Status
from dcops.model.job import DeviceResult, RunKey, RunState
from dcops.model.run import Result
from dcops.model.source import SourceKind
from tests.jobs.compliance.audits import GOOD, NIGHT, NO_AAA, TELNET, InThisProcess, device, seen

SILENT = DeviceError(ErrorKind.TIMEOUT, "no answer within 10 s", next_step="Log in by hand")


def named(text, name="rtr-1"):
    return text.format(name=name)


def test_every_rule_gives_every_device_a_verdict_and_what_is_wrong_is_found_worst_first(site):
    site.texts = {"rtr-1": named(GOOD), "rtr-2": named(TELNET.replace("aaa new-model\n", ""), "rtr-2")}

    done = site.audit()

    assert {(one.check, one.device) for one in done.result.verdicts} == {
        (check, name) for check in ("T-001", "T-002", "T-003", "T-004") for name in ("rtr-1", "rtr-2")
    }
    assert [(one.id, one.device) for one in done.result.open] == [("T-002", "rtr-2"), ("T-001", "rtr-2")]
    assert state_of(done.run) is RunState.FINDINGS
    assert [outcome.detail for outcome in done.run.outcomes] == ["0 of 4 checks fail", "2 of 4 checks fail"]
    assert done.result.tally.by_status[Status.FAIL] == 2


def test_a_silent_device_could_not_be_checked_and_the_rest_are_judged(site):
    site.texts = {"rtr-1": named(TELNET), "rtr-2": SILENT}

    done = site.audit()

    silent = [one for one in done.result.verdicts if one.device == "rtr-2"]
    assert {one.status for one in silent} == {Status.COULD_NOT_CHECK}
    assert len(silent) == 4
    assert ("T-002", "rtr-1", "fail") in seen(done)
    assert [outcome.result for outcome in done.run.outcomes] == [Result.OK, Result.TIMEOUT]
    assert "no answer within 10 s" in next(one for one in done.result.open if one.device == "rtr-2").evidence
    assert state_of(done.run) is RunState.PARTIAL


def test_a_truncated_configuration_passes_nothing(site):
    site.texts = {"rtr-1": named(GOOD).removesuffix("end\n")}

    done = site.audit()

    assert {one.status for one in done.result.verdicts} == {Status.COULD_NOT_CHECK}
    assert done.result.devices[0].error is not None


def test_a_fresh_reading_and_the_archive_are_judged_alike(site):
    texts = {"rtr_1": TELNET + "", "rtr_2": NO_AAA.replace("end\n", "snmp-server community public RO\nend\n")}
    site.back_up(**texts)
    site.texts = {name.replace("_", "-"): named(text, name.replace("_", "-")) for name, text in texts.items()}

    fresh, archived = site.audit(), site.audit(archive=True)

    def told(done):
        return [(one.id, one.device, one.status, one.evidence, one.fingerprint) for one in done.result.findings]

    assert told(fresh) == told(archived)
    assert ("T-003", "rtr-2", "fail") in seen(archived)
    assert [one.sha256 for one in fresh.result.devices[0].sources] == [
        one.sha256 for one in archived.result.devices[0].sources
    ]
    assert fresh.result.devices[0].sources[0].origin == "read now"
    assert archived.result.devices[0].sources[0].origin.startswith("archive ")


def test_no_device_is_asked_when_the_archive_is_judged(site):
    site.back_up(rtr_1=GOOD)

    site.audit(device("rtr-1"), archive=True)

    assert site.fleet.asked == []


def test_no_secret_stands_in_what_is_told(site):
    site.texts = {"rtr-1": named(GOOD).replace("end\n", "snmp-server community private RW\nend\n")}

    done = site.audit()

    assert ("T-003", "rtr-1", "fail") in seen(done)
    assert "private" not in repr(done.result) + repr(done.run)


def test_a_secret_whose_key_is_not_here_could_not_be_compared(site):
    site.back_up(rtr_1=GOOD.replace("end\n", "snmp-server community public RO\nend\n"))
    site.keys = {}

    assert ("T-003", "rtr-1", "could not check") in seen(site.audit(device("rtr-1"), archive=True))


def test_what_an_unchanged_night_confirmed_is_fresh_and_what_nobody_confirmed_is_stale(site):
    site.back_up(rtr_1=GOOD, rtr_2=GOOD)
    site.now = NIGHT + timedelta(days=9)
    key = RunKey("backup", site.now - timedelta(hours=3))
    site.ran(key, [DeviceResult("backup", key.due, "rtr-1", "unchanged")])

    done = site.audit(device("rtr-1"), device("rtr-2"), archive=True)

    unknown = {device for _, device, _ in seen(done, "could not check")}
    assert unknown == {"rtr-2"}
    assert "old" in next(one for one in done.result.open if one.device == "rtr-2").evidence


def test_a_source_that_the_last_backup_missed_is_as_old_as_its_version(site):
    site.back_up(rtr_1=GOOD)
    site.now = NIGHT + timedelta(days=9)
    key = RunKey("backup", site.now - timedelta(hours=3))
    site.ran(key, [DeviceResult("backup", key.due, "rtr-1", "unchanged", detail="running: not authorised")])

    assert {one.status for one in site.audit(device("rtr-1"), archive=True).result.verdicts} == {Status.COULD_NOT_CHECK}


def test_a_past_night_is_judged_as_it_was_and_leaves_no_trace_in_the_ledger(site):
    site.back_up(night=0, rtr_1=TELNET)
    site.back_up(night=5, rtr_1=GOOD)

    then = site.audit(device("rtr-1"), archive=True, at="2026-01-16T03:00:00Z")
    now = site.audit(device("rtr-1"), archive=True)

    assert seen(then) == [("T-002", "rtr-1", "fail")]
    assert seen(now) == []
    assert then.result.past
    assert then.result.at < NIGHT + timedelta(days=2)
    assert [one.run for one in site.ledger.audits("compliance")] == [now.result.run]


def test_a_revision_names_a_past_night_too(site):
    first = site.back_up(night=0, rtr_1=TELNET)
    site.back_up(night=5, rtr_1=GOOD)

    assert seen(site.audit(device("rtr-1"), archive=True, at=first[:8])) == [("T-002", "rtr-1", "fail")]
    with pytest.raises(UsageError, match="no revision"):
        site.audit(device("rtr-1"), archive=True, at="ffffffff")


def test_a_device_that_was_not_archived_then_could_not_be_checked(site):
    site.back_up(night=5, rtr_1=GOOD)

    done = site.audit(device("rtr-1"), archive=True, at="2026-01-16T03:00:00Z")

    assert {one.status for one in done.result.verdicts} == {Status.COULD_NOT_CHECK}


def test_what_the_backup_has_just_read_is_not_read_again(site):
    site.back_up(rtr_1=GOOD)
    site.texts = {"rtr-1": named(GOOD), "rtr-2": named(GOOD, "rtr-2")}
    site.now += timedelta(hours=2)

    done = site.audit(reuse=timedelta(hours=6))

    assert site.fleet.asked == ["rtr-2"]
    assert {one.name: one.sources[0].origin[:7] for one in done.result.devices} == {
        "rtr-1": "archive",
        "rtr-2": "read no",
    }


def test_a_device_without_rules_is_named_and_not_judged(site):
    site.texts = {"rtr-1": named(GOOD)}

    done = site.audit(device("rtr-1"), device("ups-1", None), device("wan-1", "peplink"))

    assert [(one.reason, one.devices) for one in done.result.unjudged] == [
        ("it has no platform", ("ups-1",)),
        ("no rule is for platform peplink", ("wan-1",)),
    ]
    assert [outcome.result for outcome in done.run.outcomes] == [Result.OK, Result.SKIPPED, Result.SKIPPED]


def test_a_parameter_that_nobody_defined_stops_the_run_before_it_looks_at_anything(site):
    site.texts = {"rtr-1": named(GOOD)}
    site.write(site.shipped / "parameters.yaml", "parameters: {}\n")

    with pytest.raises(InvalidInput, match="minutes"):
        site.audit()

    assert site.fleet.asked == []


def test_a_pack_with_parameters_of_its_own_is_judged_by_them_and_what_fails_only_by_them_is_told(site):
    site.texts = {"rtr-1": named(GOOD).replace("exec-timeout 2", "exec-timeout 4")}

    done = site.audit()

    assert done.result.devices[0].tallies == {
        EVERYTHING: Tally(passed=4),
        "both": Tally(passed=2),
        "strict": Tally(failed=1),
    }
    assert seen(done) == [("T-004", "rtr-1", "fail")]


def test_one_pack_alone_is_judged_with_its_parameters_and_severities(site):
    site.write(
        site.shipped / "packs/both.yaml",
        "pack: both\ntitle: {en: Both, vi: B}\nrules: [T-001, {id: T-002, severity: low}]\n",
    )
    site.texts = {"rtr-1": named(TELNET)}

    alone, every = site.audit(packs=("both",)), site.audit()

    assert {one.check for one in alone.result.verdicts} == {"T-001", "T-002"}
    assert [one.severity for one in alone.result.open] == [Severity.LOW]
    assert [one.severity for one in every.result.open] == [Severity.CRITICAL]
    with pytest.raises(UsageError, match="no pack"):
        site.audit(packs=("bot",))


def test_an_exception_is_counted_as_one_and_warned_of_before_it_ends(site):
    site.texts = {"rtr-1": named(TELNET)}
    site.allow("""
        - {rule: T-002, device: rtr-1, owner: noc, reason: old monitor, ticket: C-1, until: 2026-02-01}
        - {rule: T-001, device: rtr-1, owner: noc, reason: gone, ticket: C-2, until: 2026-01-10}
        - {rule: T-003, device: rtr-1, owner: noc, reason: later, ticket: C-3, until: 2026-12-01}
    """)

    done = site.audit()

    assert done.result.tally == Tally(passed=3, exception=1)
    assert [
        (one.exempt.rule, one.days_left, one.ends_soon, one.ended, one.covers) for one in done.result.exceptions
    ] == [
        ("T-001", -5, False, True, 0),
        ("T-002", 17, True, False, 1),
        ("T-003", 320, False, False, 0),
    ]
    told = [one["check"] for one in done.run.extra["exceptions_ending"]]
    assert told == ["T-001", "T-002"]
    assert {"EXC-001", "EXC-002"} <= {one.id for one in done.result.open}


def test_an_exception_counts_on_its_last_day_as_people_there_call_it(site):
    from zoneinfo import ZoneInfo

    site.texts = {"rtr-1": named(TELNET)}
    site.allow("- {rule: T-002, device: rtr-1, owner: noc, reason: old, ticket: C-1, until: 2026-01-15}\n")

    # 18:00 in UTC is the next day in Ho Chi Minh City.
    assert site.audit().result.tally.exception == 1
    site.changes = {"zone": ZoneInfo("Asia/Ho_Chi_Minh")}
    assert site.audit().result.tally.failed == 1


def test_a_device_before_its_service_is_judged_and_the_report_says_so(site):
    site.texts = {"rtr-1": named(GOOD), "rtr-2": named(GOOD, "rtr-2")}
    planned, running = device("rtr-1", in_service_from=date(2026, 3, 1)), device("rtr-2")

    assert site.audit(planned).result.is_pre_service
    both = site.audit(planned, running).result
    assert both.pre_service == ("rtr-1",)
    assert not both.is_pre_service
    assert not site.audit(device("rtr-1", in_service_from=date(2026, 1, 15))).result.pre_service


def test_an_audit_is_compared_with_the_one_before(site):
    site.texts = {"rtr-1": named(TELNET)}
    first = site.audit()
    site.texts = {"rtr-1": named(NO_AAA)}

    second = site.audit()

    assert first.result.baseline is None
    assert second.result.baseline.run == first.result.run
    assert [one.id for one in second.result.new] == ["T-001"]
    assert second.result.baseline.gone == 1
    assert len(second.result.open) == 1
    assert [point.run for point in second.result.trend] == [first.result.run]
    assert second.run.extra["new"] == 1


def test_with_a_baseline_only_what_is_new_is_open(site):
    site.texts = {"rtr-1": named(TELNET)}
    first = site.audit()

    again = site.audit(baseline="last")
    site.texts = {"rtr-1": named(TELNET).replace("aaa new-model\n", "")}
    changed = site.audit(baseline=first.result.run)

    assert again.result.open == ()
    assert again.run.open_findings == ()
    assert [one.id for one in changed.result.open] == ["T-001"]
    assert changed.result.tally.failed == 2
    with pytest.raises(UsageError, match="no audit 'nonsense'"):
        site.audit(baseline="nonsense")


def test_what_could_not_be_looked_at_is_neither_gone_nor_new_again(site):
    site.texts = {"rtr-1": named(TELNET)}
    site.audit()
    site.texts = {"rtr-1": SILENT}
    silent = site.audit()
    site.texts = {"rtr-1": named(TELNET)}

    back = site.audit()

    assert silent.result.baseline.gone == 0
    assert silent.run.extra["new"] == 0
    assert silent.run.extra["new_unknown"] == 4
    assert back.result.new == ()
    assert back.result.baseline.gone == 4


def test_a_device_that_was_not_judged_then_is_said_to_be_all_new(site):
    site.texts = {"rtr-1": named(GOOD)}
    site.audit()
    site.texts["rtr-2"] = named(TELNET, "rtr-2")

    assert site.audit().result.baseline.unknown == ("rtr-2",)


def test_an_audit_of_one_device_in_between_is_no_measure_for_all(site):
    site.texts = {"rtr-1": named(GOOD), "rtr-2": named(TELNET, "rtr-2")}
    first = site.audit()
    site.audit(device("rtr-1"))

    baseline = site.audit().result.baseline

    assert (baseline.run, baseline.unknown, baseline.new) == (first.result.run, (), frozenset())


def test_when_something_was_first_seen_is_told(site):
    site.texts = {"rtr-1": named(TELNET)}
    first = site.audit()
    site.now += timedelta(days=1)

    again = site.audit()

    fault = again.result.open[0]
    assert again.result.first_seen[fault.fingerprint] == first.result.at


def test_without_a_ledger_an_audit_works_and_a_baseline_is_refused(site):
    site.texts = {"rtr-1": named(TELNET)}
    site.changes = {"ledger": None}

    assert seen(site.audit()) == [("T-002", "rtr-1", "fail")]
    with pytest.raises(Exception, match="ledger"):
        site.audit(baseline="last")


def test_a_device_whose_judging_was_ended_passes_nothing_and_the_others_are_judged(site):
    class OneHangs(InThisProcess):
        def verdicts(self):
            for one in super().verdicts():
                yield replace(one, findings={}, problem="it took too long") if one.subject.device == "rtr-1" else one

    site.texts = {"rtr-1": named(GOOD), "rtr-2": named(TELNET, "rtr-2")}
    site.changes = {"panel": OneHangs}

    done = site.audit()

    assert {one.status for one in done.result.verdicts if one.device == "rtr-1"} == {Status.COULD_NOT_CHECK}
    assert ("T-002", "rtr-2", "fail") in seen(done)
    assert done.run.outcomes[0].error.message == "it took too long"


def test_a_run_that_is_told_to_stop_says_of_whom_it_knows_nothing(site):
    class Closed(InThisProcess):
        def verdicts(self):
            yield from list(super().verdicts())[:1]

    site.texts = {"rtr-1": named(GOOD), "rtr-2": named(GOOD, "rtr-2")}
    site.changes = {"panel": Closed, "stopping": lambda: True}

    done = site.audit()

    assert {one.status for one in done.result.verdicts if one.device == "rtr-2"} == {Status.COULD_NOT_CHECK}
    assert "told to stop" in done.run.outcomes[1].error.message


def test_what_the_inventory_states_can_be_judged_and_counts_as_read_now(site):
    site.texts = {"rtr-1": named(GOOD)}

    done = site.audit(device("rtr-1", serial="X1"))

    inventory = next(one for one in done.result.devices[0].sources if one.title == "inv")
    assert inventory.origin == "inventory"
    assert inventory.age_seconds == 0


def test_another_capturer_adds_its_sources(site):
    from dcops.jobs.compliance.capture.captured import Captured
    from dcops.model.source import Source

    class Facts:
        def gives(self, platform):
            return ("state/facts",) if platform == "ios" else ()

        def capture(self, means, devices):
            for one in devices:
                source = Source(one.name, SourceKind.STATE, "facts", means.clock(), "read now", {"up": True})
                yield Captured(one, (source,), seconds=0.5)

    site.texts = {"rtr-1": named(GOOD)}
    site.changes = {"capturers": (Facts(),)}

    done = site.audit()

    assert [one.title for one in done.result.devices[0].sources][:3] == ["config/running", "state/facts", "inv"]
    assert done.run.outcomes[0].seconds == pytest.approx(0.6)


def test_the_ledger_keeps_how_each_device_stood_what_was_found_and_what_was_read(site):
    site.texts = {"rtr-1": named(TELNET)}

    done = site.audit()

    kept = site.ledger.audit(done.result.run)
    assert kept.tallies["rtr-1", "both"] == Tally(passed=1, failed=1)
    assert [(one.check, one.status, one.refs) for one in kept.findings] == [("T-002", Status.FAIL, ("N-MGT-1",))]
    assert {one.source for one in kept.sources} >= {"config/running", "inv"}
    assert all(one.problem or len(one.sha256) == 64 for one in kept.sources)
    assert {one.pack for one in site.ledger.standings("compliance")} == {EVERYTHING, "both", "strict"}
