"""The parts that a report is made of."""

from dataclasses import replace

import pytest

from dcops.audit.limits import Limit, Limits
from dcops.audit.packs import Control
from dcops.audit.words import Words
from dcops.errors import DeviceError, ErrorKind
from dcops.jobs.compliance.report.chart import HEIGHT, bars
from dcops.jobs.compliance.report.controls import Standing, lines_of
from dcops.jobs.compliance.report.groups import failing, parts
from dcops.jobs.compliance.report.names import ranges
from dcops.jobs.compliance.report.sources import own_sources, source_lines
from dcops.jobs.compliance.report.unknown import blind_platforms, unknowns
from dcops.jobs.sheets import csv_table
from dcops.model.audit import AuditPoint, Tally
from dcops.model.finding import Status
from tests.jobs.compliance.audits import GOOD, NIGHT, NO_AAA, TELNET, device


def audit(site, **found):
    site.texts = {
        name.replace("_", "-"): text if isinstance(text, DeviceError) else text.format(name=name)
        for name, text in found.items()
    }
    return site.audit().result


def standing(result):
    return {line.control.id: line.standing for line in lines_of(result)}


def with_controls(result, **limits):
    words = Words("t", "t")
    controls = {
        id_: Control(id_, words, "C", standards)
        for id_, standards in (
            ("N-MGT-1", ("TCVN 1:2026",)), ("N-LOG-3", ("TCVN 1:2026",)), ("N-OLD-1", ("TCVN 9:1999",)),
        )
    }  # fmt: skip
    known = {id_.replace("_", "-"): Limit(id_, whole=whole, reason=words) for id_, whole in limits.items()}
    return replace(result, controls=controls, limits=Limits(known))


def test_a_control_fails_when_any_of_its_rules_fails_anywhere(site):
    assert standing(audit(site, rtr_1=GOOD, rtr_2=TELNET))["N-MGT-1"] is Standing.FAIL


def test_a_control_of_which_something_is_not_known_does_not_pass(site):
    result = audit(site, rtr_1=GOOD, rtr_2=DeviceError(ErrorKind.TIMEOUT, "silent"))

    assert standing(result)["N-MGT-1"] is Standing.COULD_NOT_CHECK


def test_a_control_passes_only_when_rules_look_at_all_of_it(site):
    result = audit(site, rtr_1=GOOD)

    assert standing(with_controls(result))["N-MGT-1"] is Standing.PASS
    assert standing(with_controls(result, N_MGT_1=False))["N-MGT-1"] is Standing.IN_PART


def test_an_exception_is_no_pass(site):
    site.allow("- {rule: T-002, device: rtr-2, owner: noc, reason: old, ticket: C-1, until: 2026-09-01}\n")

    assert standing(audit(site, rtr_2=TELNET))["N-MGT-1"] is Standing.EXCEPTION


def test_controls_without_a_rule_are_listed_and_those_of_other_standards_are_not(site):
    result = with_controls(audit(site, rtr_1=GOOD), N_LOG_3=True)

    assert standing(result) == {"N-MGT-1": Standing.PASS, "N-LOG-3": Standing.NOT_COVERED}


def test_a_control_whose_rules_are_for_other_devices_was_not_asked(site):
    site.texts = {}

    assert standing(site.audit(device("ups-1", None)).result)["N-MGT-1"] is Standing.NOT_ASKED


def test_a_check_that_fails_on_more_devices_comes_before_its_equal(site):
    result = audit(site, rtr_1=NO_AAA, rtr_2=TELNET, rtr_3=TELNET)

    assert [(group.check, list(group.by_device)) for group in failing(result)] == [
        ("T-002", ["rtr-2", "rtr-3"]),
        ("T-001", ["rtr-1"]),
    ]


def test_what_could_not_be_checked_is_told_by_its_reason_and_adds_up(site):
    silent = DeviceError(ErrorKind.TIMEOUT, "no answer")
    result = audit(site, rtr_1=GOOD, rtr_2=silent, rtr_3=silent, rtr_4=DeviceError(ErrorKind.AUTH, "refused"))
    found = unknowns(result)

    assert [(one.kind, one.devices, one.number) for one in found] == [
        ("timeout", ("rtr-2", "rtr-3"), 8),
        ("auth", ("rtr-4",), 4),
    ]
    assert sum(one.number for one in found) == result.tally.by_status[Status.COULD_NOT_CHECK]


def test_a_platform_of_which_rules_read_the_inventory_alone_is_named(site):
    site.write(
        site.shipped / "rules/software.yaml",
        "rules:\n  - id: S-001\n    title: {en: a, vi: b}\n    severity: low\n    platforms: [fos]\n    source: inv\n"
        "    property: {path: a, equals: b}\n    refs: [N-MGT-1]\n    why: {en: a, vi: b}\n    fix: {en: a, vi: b}\n"
        "    samples: {pass: {a: b}, fail: {a: c}}\n",
    )
    site.texts = {"rtr-1": GOOD.format(name="rtr-1"), "sw-fc-1": GOOD.format(name="sw-fc-1")}

    assert blind_platforms(site.audit(device("rtr-1"), device("sw-fc-1", "fos")).result) == {"fos": ("sw-fc-1",)}


def test_a_source_that_all_have_in_common_is_told_once(site):
    result = audit(site, rtr_1=GOOD, rtr_2=TELNET, rtr_3=DeviceError(ErrorKind.TIMEOUT, "no answer"))
    lines = {line.title: line for line in source_lines(result)}

    assert (lines["config/running"].devices, lines["config/running"].shared) == (2, None)
    shared = [line.title for line in lines.values() if line.shared is not None]
    for one in result.devices:
        assert {source.title for source in own_sources(one, tuple(lines.values()))}.isdisjoint(shared)


@pytest.mark.parametrize(
    ("names", "told"),
    [
        (["esx-01", "esx-02", "esx-03", "esx-04"], ("esx-01…esx-04",)),
        (["esx-01", "esx-02", "esx-03"], ("esx-01", "esx-02", "esx-03")),
        (["sw-8", "sw-9", "sw-10", "sw-11"], ("sw-8…sw-11",)),
        (["sw-08", "sw-9", "sw-10", "sw-11"], ("sw-08", "sw-9", "sw-10", "sw-11")),
        (["b", "a-1", "a-3", "a-2", "a-5", "a-4", "a-4"], ("a-1…a-5", "b")),
        ([], ()),
    ],
)
def test_names_that_count_up_are_told_by_the_first_and_the_last(names, told):
    assert ranges(names) == told


def test_words_for_a_person_are_told_apart_from_lines_to_type():
    told = parts("Have an account that works, then:\naaa new-model\nline vty 0 4\n login\nTry it.\n")

    assert [(one.typed, one.text) for one in told] == [
        (False, "Have an account that works, then:"),
        (True, "aaa new-model\nline vty 0 4\n login"),
        (False, "Try it."),
    ]


def test_one_audit_is_no_trend_and_bars_never_leave_the_chart():
    points = [AuditPoint(f"r{n}", NIGHT, 1, Tally(failed=n, could_not_check=100 - n)) for n in range(40)]

    assert bars(points[:1]) == ()
    drawn = bars(points)
    assert drawn[-1].point is points[-1]
    assert all(bar.failed + bar.unknown <= HEIGHT + 0.01 for bar in drawn)
    assert bars([AuditPoint("r", NIGHT, 1, Tally())] * 2)[0].failed == 0


def test_no_cell_of_a_spreadsheet_is_a_formula_or_steers_a_terminal():
    text = csv_table(("a", "b"), [{"a": "=1+1", "b": "x\x1b[31m"}, {"b": -1}])

    assert text == "a,b\r\n'=1+1,x\ufffd[31m\r\n,-1\r\n"
