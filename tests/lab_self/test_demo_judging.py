"""What the demo says of an audit: each planted weakness found or not, and what nobody planted."""

import json

from lab.commands import judging, vcenters
from lab.planted import planted


def audit(findings):
    checks = {"pass": 1, "fail": len(findings), "not applicable": 0, "could not check": 0, "exception": 0}
    return {
        "summary": {"devices_judged": 2, "checks": checks},
        "audit": {"packs": [{"mapped_to": "TCVN 1:2026", "checks": checks}]},
        "findings": findings,
    }


def finding(device, rule, evidence, status="fail"):
    return {"device": device, "id": rule, "evidence": evidence, "status": status}


def judged(folder, findings, unseen=()):
    said = []

    def dcops(*_words):
        (folder / "compliance.json").write_text(json.dumps(audit(findings)))

    return judging.judge(dcops, folder, unseen, said.append), said


def everything():
    return [finding(one.device, one.rule, f"line 1: `{one.where}`") for one in planted()]


def test_an_audit_that_finds_all_is_as_it_should_be(tmp_path):
    problems, said = judged(tmp_path, everything())

    assert problems == []
    assert f"planted in the lab: {len(planted())}; found: {len(planted())}" in "\n".join(said)


def test_what_is_not_found_or_found_elsewhere_is_a_problem(tmp_path):
    found = everything()
    found[0]["evidence"] = "line 9: something else"
    found[1]["status"] = "could not check"

    problems, said = judged(tmp_path, found)

    first, second = planted()[:2]
    assert problems == [
        f"the audit did not find {first.rule} on {first.device}",
        f"the audit did not find {second.rule} on {second.device}",
    ]
    assert sum(" no     " in line for line in said) == 2


def test_devices_that_the_lab_leaves_out_are_not_missed(tmp_path):
    hosts = {one.device for one in planted() if one.device.startswith("esx-")}
    found = [one for one in everything() if one["device"] not in hosts]

    assert hosts
    assert judged(tmp_path, found, unseen=hosts)[0] == []
    assert len(judged(tmp_path, found)[0]) == sum(one.device in hosts for one in planted())


def test_what_nobody_planted_is_told_devices_that_are_alike_together(tmp_path):
    others = [finding("sw-1", "SOF-003", "old"), finding("sw-2", "SOF-003", "old"), finding("rtr-9", "IOS-007", "x")]

    _, said = judged(tmp_path, everything() + others)

    assert "  rtr-9: IOS-007" in said
    assert "  sw-1, sw-2: SOF-003" in said


def test_no_report_is_a_problem(tmp_path):
    assert judging.judge(lambda *_words: None, tmp_path, (), lambda _line: None) == ["the audit wrote no report"]


def test_a_vcenter_is_shown_once_every_collector_has_told():
    half = 'dcops_probe_success 1\ndcops_probe_collector_success{collector="quick"} 0\n'
    whole = half.replace(" 0\n", " 1\n") + 'dcops_vm_info{vcenter="vc-main",moid="vm-1"} 1\n'
    answers, said = iter([half, whole]), []

    def got(url):
        return (
            json.dumps([{"targets": ["vc-main"]}, {"targets": ["vc-dr"]}])
            if url.endswith("/sd/vsphere")
            else next(answers)
        )

    assert vcenters.follow("http://x", got, ["vc-main"], said.append, pause=0) == []
    assert len(said) == 1
    assert said[0].startswith("vc-main: 1 machines, 0 hosts, 0 datastores; 3 lines")
