"""Every rule that ships on real configurations, where the recordings are at hand, and on what the lab serves."""

import os
from collections import Counter
from pathlib import Path

import pytest
import yaml

from dcops.audit.judge import Judge
from dcops.audit.subject import Subject
from dcops.diff.formats import Formats
from dcops.diff.redact import keyed
from dcops.model.finding import Status
from dcops.model.snapshot import ConfigSource
from tests.audit.rulebook import NOW, config
from tests.audit.shipped import library

ROOT = Path(os.environ.get("DCOPS_RECORDINGS", "")) / "cli"
recorded = pytest.mark.skipif(not os.environ.get("DCOPS_RECORDINGS"), reason="DCOPS_RECORDINGS is not set")
CONCEAL = keyed(b"a site key of the tests")


def judged(platform, content):
    """Counts of what every rule says; a text that the format accepts must be readable to every rule."""
    text = Formats().of(platform).readable(content, ConfigSource.RUNNING, CONCEAL).text
    subject = Subject("dev-1", platform, role="edge-router", site="main", version="15.5", level=3)
    findings = Judge(library().rules, library().parameters()).judge(subject, [config(text)], NOW)
    for finding in findings:
        assert "a mistake of ours" not in finding.evidence
        assert "cannot be read" not in finding.evidence
    assert {finding.id for finding in findings} == {rule.id for rule in library().rules}
    return Counter(finding.status for finding in findings)


def running_config(path):
    """What the recorded session answers to `show running-config`, without echo and prompt."""
    commands = yaml.safe_load(path.read_text())["commands"]
    answer = next(text for command, text in commands.items() if command.strip() == "show running-config")
    return ("\n".join(answer.encode().decode("unicode_escape").split("\n")[1:-1]) + "\n").encode()


@recorded
def test_recorded_switches_are_judged_by_every_rule():
    sessions = sorted((ROOT / "oxidized-sessions").glob("ios__*__simulation.yaml"))
    assert sessions
    for session in sessions:
        counts = judged("ios", running_config(session))
        assert counts[Status.PASS] > 5
        assert counts[Status.FAIL] > 5


@recorded
def test_recorded_routers_are_judged_by_every_rule():
    answers = sorted((ROOT / "napalm-ios" / "test_get_config").rglob("show_*_config.txt"))
    assert answers
    for path in answers:
        assert judged("ios", path.read_bytes())[Status.FAIL] > 5


@recorded
def test_recorded_firewalls_are_judged_by_every_rule():
    answers = sorted((ROOT / "napalm-panos" / "test_get_config").rglob("*.xml"))
    assert answers
    for path in answers:
        wrapped = path.read_bytes()
        bare = wrapped[wrapped.index(b"<config ") : wrapped.rindex(b"</config>") + len(b"</config>")]
        assert judged("panos", bare)[Status.FAIL] > 5
