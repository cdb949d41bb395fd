"""Recorded answers of real devices, replayed by the lab and archived by dcops. They stay in their own folder."""

import os
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.conftest import bring_down, bring_up

RECORDINGS = os.environ.get("DCOPS_RECORDINGS", "")

if not RECORDINGS:
    pytest.skip("DCOPS_RECORDINGS names no folder", allow_module_level=True)


@pytest.fixture(scope="module")
def recorded(tmp_path_factory):
    folder = tmp_path_factory.mktemp("recorded")
    lab = bring_up(folder, "--scale", "small", "--recordings", RECORDINGS)
    code, items, _ = lab.backup()
    yield lab, code, items
    bring_down(folder)


def test_every_recorded_device_is_archived(recorded):
    _, code, items = recorded

    names = [name for name in items if name.startswith("rec-")]
    assert code == 0
    assert "rec-c9200l" in names
    assert sum(name.startswith("rec-panos") for name in names) >= 2
    assert {items[name]["outcome"] for name in names} == {"changed"}


def test_a_startup_configuration_that_the_recording_lacks_is_named_and_no_failure(recorded):
    _, _, items = recorded

    assert items["rec-c9200l"]["detail"].startswith("first version")
    assert "startup: Authorization failed" in items["rec-c9200l"]["detail"]


def test_nothing_that_the_recording_lists_as_secret_is_in_git(recorded):
    lab, _, _ = recorded
    (listed,) = Path(RECORDINGS).glob("cli/oxidized-sessions/ios__C9200L*__secret.yaml")
    history = subprocess.run(
        ["git", "--git-dir", lab.site / "state/archive/readable.git", "log", "-p", "--all"],
        capture_output=True,
        check=True,
    ).stdout.decode()
    secrets = yaml.safe_load(listed.read_text())["fail"]

    assert secrets
    # Its list holds words ("public"), so the lines that the recording marks are looked at, not every line.
    shown = lab.dcops("archive", "show", "rec-c9200l").stdout
    assert "LAB-SW123_9200L" in shown
    for secret in secrets:
        assert secret not in shown
    assert "AAAAAAAAAABBBBBBBBBB" not in history
    assert "fnRL/G5lXVMug" not in history


def test_what_was_sealed_is_what_the_box_said(recorded, tmp_path):
    lab, _, _ = recorded
    file = tmp_path / "c9200l.cfg"
    lab.dcops("archive", "export", "rec-c9200l", "--to", str(file), "--identity", str(lab.folder / "keys/main.key"))
    (session,) = Path(RECORDINGS).glob("cli/oxidized-sessions/ios__C9200L*__simulation.yaml")
    said = yaml.safe_load(session.read_text())["commands"]["show running-config\n"]
    wanted = [line.rstrip() for line in said.replace("\\x20", " ").splitlines()[1:-1]]

    assert [line.rstrip() for line in file.read_text().splitlines()] == wanted
