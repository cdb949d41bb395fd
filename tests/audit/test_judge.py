"""A result for every rule and device, and never silence."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from dcops.audit.applies import Applies
from dcops.audit.check import check
from dcops.audit.exceptions import Exempt
from dcops.audit.judge import MOST_TOLD, Judge
from dcops.audit.parameters import Layer, Parameters
from dcops.audit.said import NotApplicable, Said, Unknown
from dcops.audit.subject import Subject
from dcops.audit.whole import as_rule, judge
from dcops.errors import InvalidInput
from dcops.model.finding import Severity, Status
from tests.audit.rulebook import NOW, config

EDGE = Subject("rtr-1", "ios", role="edge", site="main", tags=("isp",), version="17.9.4a", level=3)
FIREWALL = Subject("fw-1", "panos")
NONE = Parameters()
GOOD = "version 17.9\nhostname rtr-1\naaa new-model\nend\n"
BAD = GOOD.replace("aaa", "no aaa")


def judged(rules, sources, subjects=(EDGE,), parameters=NONE, exceptions=(), now=NOW, checks=()):
    return judge(rules, checks, sources, subjects, parameters, exceptions, now)


@pytest.fixture
def aaa(book):
    return book.rule('must: ["aaa new-model"]')


def test_every_pair_of_rule_and_device_has_a_result(book, aaa):
    ssh = replace(book.rule('in: {block: "^line vty "}\nmust: ["transport input ssh"]'), id="TST-002")
    zones = replace(book.rule('xpath_one: "//zone"', "panos"), id="TST-003")

    found = judged([aaa, ssh, zones], [config(GOOD, "rtr-1")], [EDGE, FIREWALL, replace(EDGE, device="rtr-2")])

    assert {(each.device, each.id): each.status.value for each in found} == {
        ("rtr-1", "TST-001"): "pass",
        ("rtr-1", "TST-002"): "could not check",
        ("rtr-1", "TST-003"): "not applicable",
        ("fw-1", "TST-001"): "not applicable",
        ("fw-1", "TST-002"): "not applicable",
        ("fw-1", "TST-003"): "could not check",
        ("rtr-2", "TST-001"): "could not check",
        ("rtr-2", "TST-002"): "could not check",
        ("rtr-2", "TST-003"): "not applicable",
    }


@pytest.mark.parametrize(
    ("asked", "subject", "status"),
    [
        ("{role: [edge]}", EDGE, "pass"),
        ("{role: ['ed*', lan]}", EDGE, "pass"),
        ("{role: [lan]}", EDGE, "not applicable"),
        ("{role: [edge]}", replace(EDGE, role=""), "could not check"),
        ("{tags: [isp]}", EDGE, "pass"),
        ("{tags: [lab]}", EDGE, "not applicable"),
        ("{tags: [lab]}", replace(EDGE, tags=()), "not applicable"),
        ("{not: {tags: [isp]}}", EDGE, "not applicable"),
        ("{not: {role: [lan]}}", EDGE, "pass"),
        ("{version: '>=15.0'}", EDGE, "pass"),
        ("{version: '>=15.0, <17.0'}", EDGE, "not applicable"),
        ("{version: '>=15.0'}", replace(EDGE, version=""), "could not check"),
        ("{level: '>=3'}", EDGE, "pass"),
        ("{level: '>=4'}", EDGE, "not applicable"),
        ("{level: '>=3'}", replace(EDGE, level=None), "could not check"),
        ("{in_service: true}", EDGE, "pass"),
        ("{in_service: true}", replace(EDGE, in_service=False), "not applicable"),
        ("{site: [dr], role: [edge]}", EDGE, "not applicable"),
    ],
)
def test_a_rule_is_for_what_the_inventory_says(book, asked, subject, status):
    """What nobody knows of a device is no reason to leave it out."""
    rule = book.rule(f'applies: {asked}\nmust: ["aaa new-model"]')

    (finding,) = judged([rule], [config(GOOD, "rtr-1")], [subject])

    assert finding.status.value == status


def test_a_rule_that_is_for_nobody_in_particular_asks_nothing():
    Applies().refuse(Subject("x", "ios"))


def test_a_parameter_that_nobody_defined_stops_the_run_before_it_looks(book):
    rules = [book.rule('must: ["ntp server {{ servers }}"]'), book.rule('must_not: ["limit {{ most }}"]')]

    with pytest.raises(InvalidInput, match=r"servers \(TST-001\); most \(TST-001\)"):
        judged(rules, [config(GOOD, "rtr-1")])
    assert judged(rules, [], [FIREWALL]), "no router, so nobody asks"


def test_a_parameter_can_differ_from_site_to_site(book):
    rule = book.rule('must: ["ntp server {{ server }}"]')
    parameters = Parameters((Layer({"server": "192.0.2.1"}), Layer({"server": "198.51.100.1"}, sites=("dr",))))
    text = GOOD.replace("end", "ntp server 192.0.2.1\nend")
    there = replace(EDGE, device="rtr-9", site="dr")

    found = judged([rule], [config(text, "rtr-1"), config(text, "rtr-9")], [EDGE, there], parameters)

    assert [each.status.value for each in found] == ["pass", "fail"]
    assert found[1].evidence == "`ntp server 198.51.100.1` is missing"


def test_a_monster_of_faults_is_told_in_part_and_says_so(book):
    rule = book.rule('in: {block: "^interface "}\nmust: [x]')
    text = GOOD.replace("end", "".join(f"interface e{n}\n" for n in range(MOST_TOLD + 5)) + "end")

    found = judged([rule], [config(text, "rtr-1")])

    assert len(found) == MOST_TOLD + 1
    assert found[-1].evidence == f"and more of the same: only the first {MOST_TOLD} are told"


class TestFingerprints:
    def of(self, rule, text, device="rtr-1"):
        found = judged([rule], [config(text, device)], [replace(EDGE, device=device)])
        return {each.fingerprint for each in found}

    def test_they_stay_when_lines_move_secrets_change_and_limits_are_set_otherwise(self, book):
        rule = book.rule('value: {regex: "limit (\\\\d+).*", "<=": 5}')
        moved = GOOD.replace("aaa", "\n\nip cef\nlimit 9 <secret:000000000000>\naaa")
        other = book.rule('value: {regex: "limit (\\\\d+).*", "<=": 6}')

        first = self.of(rule, GOOD.replace("aaa", "limit 9 <secret:0123456789ab>\naaa"))
        assert first == self.of(rule, moved) == self.of(other, moved)
        assert len(first) == 1

    def test_they_differ_from_fault_to_fault(self, book):
        rule = book.rule('in: {block: "^line "}\nmust: [login, exec]')
        text = GOOD.replace("end", "line con 0\nline vty 0 4\nend")

        assert len(self.of(rule, text)) == 4
        assert not self.of(rule, text) & self.of(rule, text, "rtr-2")

    def test_what_passes_has_none(self, aaa):
        assert self.of(aaa, GOOD) == {""}
        assert self.of(aaa, GOOD[:-4]) != {""}, "what could not be checked is open, and can be known"


class TestChecks:
    def test_the_docstring_is_title_and_reason(self):
        @check("TST-009", severity=Severity.HIGH, platforms=["ios"], reference="RFC 7381", fix="Mend it")
        def is_well(look):
            """It is well.

            Because it was tried.
            """
            yield from [] if look.lines().top.texts.get("aaa new-model") else ["it is not"]

        assert (is_well.title, is_well.why, is_well.name) == ("It is well", "Because it was tried.", "is-well")
        (good,) = judged([], [config(GOOD, "rtr-1")], checks=[is_well])
        (bad,) = judged([], [config(BAD, "rtr-1")], checks=[is_well])
        assert (good.status, good.id) == (Status.PASS, "TST-009")
        assert (bad.status, bad.evidence, bad.fix, bad.reference) == (Status.FAIL, "it is not", "Mend it", "RFC 7381")

    @pytest.mark.parametrize(
        ("answer", "status"),
        [
            (Unknown(Said("fact unknown", "version")), "could not check"),
            (NotApplicable(Said("not for", "role", "lan")), "not applicable"),
            (ZeroDivisionError("a secret could stand here"), "could not check"),
        ],
    )
    def test_what_it_raises_is_an_answer(self, answer, status):
        @check("TST-009", severity=Severity.HIGH, platforms=["ios"])
        def breaks(look):  # noqa: ARG001
            """It breaks."""
            raise answer

        (finding,) = judged([], [], checks=[breaks])

        assert finding.status.value == status
        assert "secret" not in finding.evidence

    def test_one_without_a_title_is_none(self):
        with pytest.raises(TypeError, match="has no docstring"):
            check("TST-009", severity=Severity.HIGH, platforms=["ios"])(lambda look: [])

    def test_it_is_a_rule_like_any_other(self):
        @check("TST-009", severity=Severity.HIGH, platforms=["ios"], parameters=["limit"])
        def needs(look):  # noqa: ARG001
            """It needs something."""
            return []

        with pytest.raises(InvalidInput, match="limit"):
            Judge([as_rule(needs)]).prepare([EDGE])


class TestExceptions:
    UNTIL = date(2026, 6, 30)

    def exempt(self, **given):
        known = {"rule": "TST-001", "owner": "net", "reason": "old", "ticket": "CHG-1", "until": self.UNTIL}
        return Exempt(**{**known, **({"device": "rtr-1"} if "tag" not in given else {}), **given})

    def statuses(self, rule, text, exception, now=NOW):
        found = judged([rule], [config(text, "rtr-1", taken=now)], exceptions=[exception], now=now)
        return {each.id: each.status.value for each in found}

    def test_what_fails_is_allowed_and_says_by_whom(self, aaa):
        found = judged([aaa], [config(BAD, "rtr-1")], exceptions=[self.exempt()])

        assert [each.status for each in found] == [Status.EXCEPTION]
        assert found[0].allowed == "net, CHG-1, until 2026-06-30: old"
        assert not found[0].status.open

    @pytest.mark.parametrize(
        "given",
        [
            {"device": "rtr-2"},
            {"tag": "lab"},
            {"rule": "TST-002"},
            {"evidence": "something else"},
            {"block": "^line vty"},
        ],
    )
    def test_one_for_something_else_allows_nothing(self, aaa, given):
        assert self.statuses(aaa, BAD, self.exempt(**given))["TST-001"] == "fail"

    def test_one_for_a_tag_is_for_all_with_it(self, aaa):
        assert self.statuses(aaa, BAD, self.exempt(tag="isp"))["TST-001"] == "exception"

    def test_it_is_as_narrow_as_its_block_and_evidence(self, book):
        rule = book.rule('in: {block: "^line "}\nmust: [login]')
        text = GOOD.replace("end", "line con 0\nline vty 0 4\nend")

        found = judged([rule], [config(text, "rtr-1")], exceptions=[self.exempt(block="^line vty")])

        assert {each.block: each.status.value for each in found} == {"line con 0": "fail", "line vty 0 4": "exception"}
        found = judged([rule], [config(text, "rtr-1")], exceptions=[self.exempt(evidence="con 0.*login")])
        assert {each.block: each.status.value for each in found} == {"line con 0": "exception", "line vty 0 4": "fail"}

    def test_after_its_end_it_fails_again_and_the_end_is_a_finding(self, aaa):
        last, after = (NOW.replace(month=6, day=30), NOW.replace(month=7, day=1))

        assert self.statuses(aaa, BAD, self.exempt(), last) == {"TST-001": "exception", "EXC-002": "fail"}
        assert self.statuses(aaa, BAD, self.exempt(), after) == {"TST-001": "fail", "EXC-001": "fail"}

    def test_thirty_days_before_its_end_somebody_is_warned(self, aaa):
        day = NOW.replace(year=2026, month=5, day=31)

        assert self.statuses(aaa, BAD, self.exempt(), day - timedelta(days=1)) == {"TST-001": "exception"}
        assert self.statuses(aaa, BAD, self.exempt(), day) == {"TST-001": "exception", "EXC-002": "fail"}

    def test_one_that_covers_nothing_is_told_only_where_somebody_looked(self, aaa):
        assert self.statuses(aaa, GOOD, self.exempt()) == {"TST-001": "pass", "EXC-003": "fail"}
        assert self.statuses(aaa, GOOD[:-4], self.exempt()) == {"TST-001": "could not check"}
        assert self.statuses(aaa, GOOD, self.exempt(device="rtr-2")) == {"TST-001": "pass"}
        assert self.statuses(aaa, GOOD, self.exempt(rule="TST-777")) == {"TST-001": "pass"}

    def test_what_could_not_be_checked_is_never_allowed(self, aaa):
        assert self.statuses(aaa, "", self.exempt())["TST-001"] == "could not check"

    def test_it_is_told_in_both_languages(self, aaa):
        found = judged([aaa], [config(GOOD, "rtr-1")], exceptions=[self.exempt()])

        assert found[-1].told["vi"].title == "Ngoại lệ không dùng đến"
        assert "CHG-1" in found[-1].told["vi"].evidence
