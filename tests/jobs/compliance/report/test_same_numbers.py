"""Table, JSON, CSV and page of one audit say the same numbers."""

import json
import re

import pytest

from dcops.cli.audit_compliance_forms import Shown
from dcops.cli.audit_compliance_output import show
from dcops.errors import DeviceError, ErrorKind
from dcops.jobs.compliance.document import document
from tests.jobs.compliance.audits import GOOD, NO_AAA, TELNET, device
from tests.jobs.compliance.report.reading import COUNTS, Page, counts_of_row, html, rows, texts


@pytest.fixture
def done(site):
    """An audit in which every status occurs, the second of two."""
    site.texts = {
        "rtr-1": GOOD.format(name="rtr-1"),
        "rtr-2": TELNET.format(name="rtr-2"),
        "rtr-3": NO_AAA.format(name="rtr-3"),
        "rtr-4": TELNET.format(name="rtr-4"),
        "rtr-5": DeviceError(ErrorKind.TIMEOUT, "no answer"),
        "rtr-6": "version 17.9\nhostname rtr-6\naaa new-model\nend\n",
    }
    site.allow("- {rule: T-002, device: rtr-4, owner: noc, reason: old, ticket: C-1, until: 2026-02-01}\n")
    site.audit()
    return site.audit(*(device(name) for name in site.texts), device("ups-1", None))


def as_table(done, capsys):
    """The lines of the table about devices, and the last one about all of them."""
    show(done, Shown("table", texts(), "Site A", lab=False))
    out = capsys.readouterr().out
    devices = {
        name: dict(zip(COUNTS, map(int, numbers.split()), strict=True))
        for name, numbers in re.findall(r"(?m)^ *(rtr-\d) +ios +((?:\d+ +){4}\d+)\b", out)
    }
    last = {status: int(number) for number, status in re.findall(r"(\d+) ([a-z ]+)", out.strip().splitlines()[-1])}
    packs = {
        pack: {status: int(number) for number, status in re.findall(r"(\d+) ([a-z ]+)", said)}
        for pack, said in re.findall(r"(?m)^ (\w+), mapped to .*: (\d+ pass.*)$", out)
    }
    return devices, last, packs


def test_all_five_statuses_occur(done):
    assert all(done.result.tally.by_status.values())


def test_of_all_devices_together(done, capsys):
    wanted = {status: done.result.tally.by_status[status] for status in COUNTS}
    _, last, _ = as_table(done, capsys)

    assert {status: last[status] for status in COUNTS} == wanted
    assert {status: document(done)["summary"]["checks"][status] for status in COUNTS} == wanted
    (row,) = [row for row in rows(done) if row["part"] == "audit"]
    assert counts_of_row(row) == wanted
    assert Page(html(done)).tiles == wanted
    assert Page(html(done, "vi")).tiles == wanted


def test_of_each_device(done, capsys):
    devices, _, _ = as_table(done, capsys)

    assert len(devices) == 6
    assert {one["device"]: one["checks"] for one in document(done)["devices"]} == devices
    assert {row["device"]: counts_of_row(row) for row in rows(done) if row["part"] == "device"} == devices
    seen = Page(html(done)).counts
    assert {name: counts for (kind, name), counts in seen.items() if kind == "device"} == devices


def test_of_each_pack(done, capsys):
    _, _, packs = as_table(done, capsys)
    told = {one["pack"]: one["checks"] for one in document(done)["audit"]["packs"]}

    assert set(packs) == {"both", "strict"}
    for name, said in packs.items():
        assert len(said) == 4
        assert said.items() <= told[name].items()
    assert {row["id"]: counts_of_row(row) for row in rows(done) if row["part"] == "pack"} == told
    assert {name: counts for (kind, name), counts in Page(html(done)).counts.items() if kind == "pack"} == told


def test_of_each_control(done):
    told = {one["control"]: one["checks"] for one in document(done)["controls"]}

    assert told["N-MGT-1"]["fail"]
    assert {row["id"]: counts_of_row(row) for row in rows(done) if row["part"] == "control"} == told
    assert {name: counts for (kind, name), counts in Page(html(done)).counts.items() if kind == "control"} == told


def test_of_each_rule_and_they_add_up(done):
    told = {row["id"]: counts_of_row(row) for row in rows(done) if row["part"] == "rule"}

    assert {name: counts for (kind, name), counts in Page(html(done)).counts.items() if kind == "rule"} == told
    for status in COUNTS:
        assert sum(counts[status] for counts in told.values()) == done.result.tally.by_status[status]


def test_of_each_audit_in_the_trend(done):
    told = {point["run"]: point["checks"] for point in document(done)["audit"]["trend"]}
    told[done.result.run] = document(done)["summary"]["checks"]

    assert len(told) == 2
    assert {row["id"]: counts_of_row(row) for row in rows(done) if row["part"] == "trend"} == told
    assert {name: counts for (kind, name), counts in Page(html(done)).counts.items() if kind == "run"} == told


def test_of_findings_by_severity(done):
    told = {severity: number for severity, number in document(done)["summary"]["failed_by_severity"].items() if number}

    assert told
    assert Page(html(done)).severities == told
    listed = [row for row in rows(done) if row["part"] == "severity"]
    assert {row["id"]: int(row["number"]) for row in listed if int(row["number"])} == told


def test_of_findings(done):
    told = [(one["id"], one["device"], one["status"]) for one in document(done)["findings"]]

    assert [(row["id"], row["device"], row["status"]) for row in rows(done) if row["part"] == "finding"] == told
    shown = re.findall(r'data-check="([^"]+)" data-findings="(\d+)"', html(done))
    failing = [check for check, _, status in told if status == "fail"]
    assert {check: int(number) for check, number in shown} == {check: failing.count(check) for check in failing}


def test_json_is_what_is_printed(done, capsys):
    show(done, Shown("json", texts(), "Site A", lab=False))

    assert json.loads(capsys.readouterr().out)["controls"] == document(done)["controls"]
