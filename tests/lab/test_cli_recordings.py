"""A recorded session of a real box that ships no description: a few lines of YAML read it through the wire."""

import os
from pathlib import Path

import pytest
import yaml

from lab.ios.recorded import unescape
from tests.conftest import bring_down, bring_up

RECORDINGS = os.environ.get("DCOPS_RECORDINGS", "")

if not RECORDINGS:
    pytest.skip("DCOPS_RECORDINGS names no folder", allow_module_level=True)

DESCRIPTION = r"""
# APC Network Management Card 3 CLI Guide, commands `about`, `upsabout` and `detstatus`.
title: APC AOS
vendor: Schneider Electric
comment: Unproven beyond one recorded session.
login:
  device_type: generic
  prompt: '(?P<name>\w+)> ?'
  logout: [quit]
documents:
  - source: state
    command: about
    contains: ['^Hardware Factory', '^Model Number:', '^APC Boot Monitor']
errors: ['^E1\d\d: ']
refused: ['^E10[12]: ']
noise:
  - '^E000: Success'
  - '^Management Uptime:'
secrets:
  - '^(?:Community|Password|Secret)\s*:\s*WORD'
facts:
  - command: about
    model: '^Model Number:\s+(\S+)'
    serial_number: '^Serial Number:\s+(\S+)'
    os_version: 'APC OS\(AOS\)(?:\n.*)*?\nVersion:\s+(\S+)'
    uptime: '^Management Uptime:\s+(.+)'
"""


@pytest.fixture(scope="module")
def session():
    """The recorded session as it lies there, in the shape that the lab replays."""
    (file,) = Path(RECORDINGS).glob("cli/oxidized-sessions/apcaos__*simulation.yaml")
    data = yaml.safe_load(file.read_text())
    greeting, _, prompt = unescape(data["init_prompt"]).replace("\r", "").rpartition("\n")
    answers = {}
    for typed, raw in data["commands"].items():
        command = unescape(typed).strip()
        answers[command] = unescape(raw).replace("\r", "").removesuffix(prompt).removeprefix(f"{command}\n")
    return f"{greeting}\n", prompt, answers


@pytest.fixture(scope="module")
def replayed(session, tmp_path_factory):
    greeting, prompt, answers = session
    folder, recordings = tmp_path_factory.mktemp("replayed"), tmp_path_factory.mktemp("session")
    entry = {
        "recording": 1,
        "platform": "apcaos",
        "vendor": "Schneider Electric",
        "model": "AP9640",
        "terminal": {"greeting": greeting, "prompt": prompt},
        "exchanges": [{"request": command, "answer": answer} for command, answer in answers.items()],
    }
    (recordings / "ups.yaml").write_text(yaml.safe_dump(entry, sort_keys=False))
    lab = bring_up(folder, "--scale", "small", "--recordings", str(recordings))
    (lab.site / "platforms").mkdir()
    (lab.site / "platforms" / "apcaos.yaml").write_text(DESCRIPTION)
    yield lab
    bring_down(folder)


def test_it_is_read_through_a_greeting_full_of_lines_and_twice_the_same(replayed):
    _, items, _ = replayed.backup("--device", "rec-ups")
    assert items["rec-ups"]["outcome"] == "changed", items
    assert "no restorable backup" in items["rec-ups"]["detail"]

    _, items, _ = replayed.backup("--device", "rec-ups")
    assert items["rec-ups"]["outcome"] == "unchanged", items


def test_what_is_archived_is_what_the_box_said_without_its_uptime(replayed, session):
    replayed.backup("--device", "rec-ups")
    shown = replayed.dcops("archive", "show", "rec-ups").stdout
    said = [line.rstrip() for line in session[2]["about"].splitlines()]

    for line in said:
        if line and not line.startswith(("E000", "Management Uptime")):
            assert line in shown
    assert "Management Uptime" not in shown


def test_its_facts_are_found(replayed):
    done = replayed.dcops("device", "test", "rec-ups", "--format", "json")

    assert "AP9640" in done.stdout
    assert "v2.5.0.8" in done.stdout
