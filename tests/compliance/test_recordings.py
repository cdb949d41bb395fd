"""Configurations of real devices, where the recordings are at hand (`DCOPS_RECORDINGS`)."""

import os
import re
from pathlib import Path

import pytest
import yaml

from dcops.audit.subject import Subject
from tests.compliance.site import judged, readable, rules, statuses

ROOT = Path(os.environ.get("DCOPS_RECORDINGS", "")) / "cli"
pytestmark = pytest.mark.skipif(not os.environ.get("DCOPS_RECORDINGS"), reason="DCOPS_RECORDINGS is not set")


def subject(text):
    return Subject("recorded", "ios", version=re.search(r"(?m)^version (\S+)$", text)[1])


def test_recorded_routers_are_judged_by_every_rule():
    files = sorted((ROOT / "napalm-ios").rglob("show_*_config.txt"))
    assert files
    for file in files:
        text = readable(file.read_text())
        seen = statuses(subject(text), text)
        assert set(seen) == {rule.id for rule in rules()}
        assert set(seen.values()) <= {"pass", "fail", "not applicable"}, file
        # What everybody can see in them: an account `cisco` with the password `cisco`, no SSH, no log server.
        assert {seen[rule] for rule in ("IOS-006", "IOS-010", "IOS-021", "IOS-081")} == {"fail"}
        assert {seen[rule] for rule in ("IOS-001", "IOS-003", "IOS-029", "IOS-051")} == {"pass"}


def test_a_recorded_switch_is_judged_by_every_rule():
    for session in sorted((ROOT / "oxidized-sessions").glob("ios__*__simulation.yaml")):
        commands = yaml.safe_load(session.read_text())["commands"]
        answer = next(text for command, text in commands.items() if command.strip() == "show running-config")
        text = readable("\n".join(answer.encode().decode("unicode_escape").split("\n")[1:-1]) + "\n")
        seen = statuses(subject(text), text)
        # `public` with the right to write; and somebody cut the lines out of it.
        assert {seen[rule] for rule in ("IOS-051", "IOS-053", "IOS-054")} == {"fail"}
        assert {rule for rule, status in seen.items() if status == "could not check"} == {
            *("IOS-021", "IOS-022", "IOS-023", "IOS-024", "IOS-026")
        }


def test_parts_of_configurations_pass_nothing():
    files = sorted((ROOT / "ntc-cisco_ios").rglob("*show_running-config*.raw"))
    assert files
    for file in files:
        found = judged(Subject("recorded", "ios", version="15.7"), file.read_text(errors="replace"))
        # What hangs on the version alone is not applicable; nothing else is said.
        assert {finding.status.value for finding in found} <= {"could not check", "not applicable"}, file
        assert sum(finding.status == "not applicable" for finding in found) == len({"IOS-031", "IOS-123"})
