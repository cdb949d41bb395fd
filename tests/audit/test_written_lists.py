"""Approved accounts and published weaknesses, as people write them down."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from dcops.audit.advisories import AGED
from dcops.audit.approvals import approved
from dcops.audit.library import load
from dcops.audit.reading.advisories import advisories_of
from dcops.audit.reading.approvals import approvals_of
from dcops.audit.subject import Subject
from dcops.errors import InvalidInput
from dcops.model.finding import Status
from dcops.yamlfile.sections import Mistakes

SHIPPED = Path(__file__).resolve().parents[2] / "compliance"
TODAY = date(2026, 1, 15)
ACCOUNTS = """\
accounts:
  - {name: netadmin, owner: network-team, role: emergencies, platforms: [ios], until: 2026-06-30}
  - {name: tool, owner: noc, role: reading, devices: ["rtr-*"], tags: [edge], until: 2026-06-30, rights: limited}
"""
ADVISORIES = """\
origin: the centre
date: 2026-01-10
covers: [ios, panos]
advisories:
  - id: CVE-0000-1
    platform: ios
    severity: high
    title: {en: A hole, vi: Một lỗ hổng}
    affected: [">=17.9, <17.9.4a"]
    fixed: [17.9.4a]
    link: https://maker.example.test/1
"""


def read(reader, text, folder):
    file = folder / "file.yaml"
    file.write_text(text, encoding="utf-8")
    mistakes = Mistakes(file)
    return reader(file, mistakes), [each.removeprefix(f"{file}:") for each in mistakes.found]


def names(approvals, **subject):
    return [each["name"] for each in approved(approvals, Subject(**subject))["accounts"]]


def test_an_account_is_approved_for_the_devices_that_all_it_says_fits(tmp_path):
    approvals, mistakes = read(approvals_of, ACCOUNTS, tmp_path)

    assert mistakes == []
    assert names(approvals, device="rtr-edge-1", platform="ios", tags=("edge",)) == ["netadmin", "tool"]
    assert names(approvals, device="rtr-edge-1", platform="ios") == ["netadmin"]
    assert names(approvals, device="sw-1", platform="ios", tags=("edge",)) == ["netadmin"]
    assert names(approvals, device="fw-1", platform="panos") == []


def test_no_password_has_a_place_in_the_file(tmp_path):
    text = ACCOUNTS.replace("role: emergencies", "role: emergencies, password: x")

    assert read(approvals_of, text, tmp_path)[1] == ["2: accounts: unknown key 'password'"]


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        ("accounts:\n  - {name: a, owner: b, role: c, until: 2026-06-30}\n", "2: accounts: says not for which devices"),
        ("accounts:\n  - {name: a, owner: b, role: c, platforms: [ios]}\n", "2: accounts: missing key until"),
        (
            "accounts:\n  - {name: a, owner: b, role: c, platforms: [ios], until: soon}\n",
            "2: accounts: until must be a day",
        ),
        ("accounts:\n  - {name: a, role: c, platforms: [ios], until: 2026-06-30}\n", "2: accounts: missing key owner"),
        ("acounts: []\n", "1: missing key accounts"),
    ],
)
def test_what_an_approval_lacks_is_told_with_its_line(tmp_path, text, mistake):
    assert any(each.startswith(mistake) for each in read(approvals_of, text, tmp_path)[1])


def test_a_device_is_told_of_the_weaknesses_of_its_platform_alone(tmp_path):
    found, mistakes = read(advisories_of, ADVISORIES, tmp_path)

    assert mistakes == []
    assert [each["id"] for each in found.of("ios")["advisories"]] == ["CVE-0000-1"]
    assert (found.of("panos")["advisories"], found.of("panos")["covered"]) == ([], True)
    assert found.of("sfos")["covered"] is False


@pytest.mark.parametrize(
    ("change", "mistake"),
    [
        (("<17.9.4a", "<17.9.x"), "9: advisories: affected: '<17.9.x' is no bound of ios such as"),
        (("platform: ios", "platform: sfos"), "6: advisories: covers does not name the platform sfos"),
        (("severity: high", "severity: hihg"), "7: advisories: severity is 'hihg', did you mean high?"),
        (("    link: https://maker.example.test/1\n", ""), "5: advisories: missing key link"),
        (("date: 2026-01-10", "date: January"), "2: date must be a day"),
    ],
)
def test_what_is_wrong_in_an_advisory_is_told_with_its_line(tmp_path, change, mistake):
    assert any(each.startswith(mistake) for each in read(advisories_of, ADVISORIES.replace(*change), tmp_path)[1])


def test_an_old_file_is_a_finding_of_its_own(tmp_path):
    found, _ = read(advisories_of, ADVISORIES, tmp_path)

    assert found.aged(TODAY, 30) is None
    aged = found.aged(TODAY + timedelta(days=90), 30)
    assert (aged.id, aged.status, aged.device) == (AGED, Status.FAIL, "")
    assert "95 days old; the limit is 30" in aged.evidence
    assert "95 ngày" in aged.told["vi"].evidence
    assert aged.fingerprint == found.aged(TODAY + timedelta(days=120), 30).fingerprint


def test_the_file_that_ships_says_that_it_is_an_example_and_is_always_a_finding(tmp_path):
    library = load(SHIPPED, None, TODAY)

    assert library.advisories.example
    assert "example" in library.advisories.aged(library.advisories.day, 30).evidence
    assert library.approvals is None


def test_a_site_root_brings_its_own_lists(tmp_path):
    (tmp_path / "accounts.yaml").write_text(ACCOUNTS, encoding="utf-8")
    (tmp_path / "advisories.yaml").write_text(ADVISORIES, encoding="utf-8")
    library = load(SHIPPED, tmp_path, TODAY)

    assert [each.name for each in library.approvals] == ["netadmin", "tool"]
    assert library.advisories.origin == "the centre"
    assert not library.advisories.example


def test_mistakes_of_both_files_are_told_with_all_others(tmp_path):
    (tmp_path / "accounts.yaml").write_text("accounts:\n  - {name: a}\n", encoding="utf-8")
    (tmp_path / "advisories.yaml").write_text(ADVISORIES.replace("17.9.4a", "seventeen"), encoding="utf-8")
    with pytest.raises(InvalidInput) as caught:
        load(SHIPPED, tmp_path, TODAY)

    assert "accounts.yaml:2" in caught.value.message
    assert "advisories.yaml:9" in caught.value.message
