"""Recorded sessions and configurations, replayed through the wire."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import yaml

SESSION = """\
init_prompt: |-

  a greeting of our own
  SW-EXAMPLE#
commands:
  "terminal length 0\\n": |-
    terminal length 0
    SW-EXAMPLE#
  "show version\\n": |-
    show version
    Cisco IOS Software [Example], "quoted" \\"escaped\\" trailing\\x20
    SW-EXAMPLE uptime is 1 week
    SW-EXAMPLE#
  "show running-config\\n": |-
    show running-config
    Building configuration...

    Current configuration : 99999 bytes
    !
    hostname SW-EXAMPLE
    !
    end

    SW-EXAMPLE#
  "exit\\n": ""
"""
CONFIG = '<config version="8.0.0" urldb="paloaltonetworks"><shared><a>{}</a></shared>\n</config>'
ENVELOPE = '<response status="success"><result>{}</result></response>'


@pytest.fixture
def replayed(tmp_path, command, running_lab):
    """A lab that replays a folder of recordings; gives a function, so that the folder can be made first."""
    state = tmp_path / "lab"

    def start(folder):
        done = command("up", "--scale", "small", "--state", str(state), "--recordings", str(folder))
        assert done.returncode == 0, done.stdout + done.stderr
        return running_lab(state)

    yield start
    command("down", "--state", str(state))


@pytest.fixture
def folder(tmp_path):
    recordings = tmp_path / "recordings"
    session = recordings / "cli/oxidized-sessions/ios__C9200L-24P-4G_17.09.04a__simulation.yaml"
    session.parent.mkdir(parents=True)
    session.write_text(SESSION)
    for case, text in (("one", "1"), ("same", "1"), ("two", "2")):
        file = recordings / "cli/napalm-panos/test_get_config" / case / "running_config.xml"
        file.parent.mkdir(parents=True)
        file.write_text(ENVELOPE.format(CONFIG.format(text)))
    other = recordings / "cli/napalm-panos/test_get_facts/normal/info.xml"
    other.parent.mkdir(parents=True)
    other.write_text(ENVELOPE.format("<system/>"))
    return recordings


def test_a_recorded_session_is_answered_from_the_recording_and_beyond_it_as_the_platform_would(replayed, folder):
    lab = replayed(folder)
    with lab.ssh("rec-c9200l", "recording") as client:
        channel = client.invoke_shell()
        channel.settimeout(5)
        text = ""
        while not text.endswith("SW-EXAMPLE#"):
            text += channel.recv(4096).decode()
        assert "a greeting of our own" in text
    with lab.shell("rec-c9200l", "recording") as shell:
        assert shell.ask("terminal width 511") == ""
        assert shell.ask("terminal length 0") == ""
        assert shell.ask("show version", "SW-EXAMPLE#") == (
            'Cisco IOS Software [Example], "quoted" "escaped" trailing \nSW-EXAMPLE uptime is 1 week'
        )
        assert shell.ask("show running-config", "SW-EXAMPLE#").endswith("hostname SW-EXAMPLE\n!\nend\n")
        assert "% Authorization failed." in shell.ask("show startup-config")
        assert "% Invalid input" in shell.ask("show nonsense")


def test_recorded_configurations_are_bare_exports_and_each_comes_once(replayed, folder):
    lab = replayed(folder)
    names = [device["name"] for device in lab.endpoints["devices"] if device["name"].startswith("rec-panos")]
    assert names == ["rec-panos-1", "rec-panos-2"]
    for name, text in zip(names, ("1", "2"), strict=True):
        with lab.api(name, "recording") as api:
            assert api.export().data.decode() == CONFIG.format(text)
            fields = {"type": "export", "category": "configuration"}
            by_header = api.pool.request("GET", "/api/", fields=fields, headers={"X-PAN-KEY": api.key})
            assert by_header.status == 403, "before 9.0 the key is a parameter only"


def test_replayed_devices_are_in_the_inventory_and_tagged(replayed, folder):
    lab = replayed(folder)
    content = yaml.safe_load((lab.site / "inventory/recordings.yaml").read_text())
    assert {device["name"] for device in content["devices"]} == {"rec-c9200l", "rec-panos-1", "rec-panos-2"}
    assert all(device["tags"] == ["recording"] for device in content["devices"])
    assert not any(key.startswith("_") for device in content["devices"] for key in device)
    assert lab.endpoints["recordings"] == str(folder)


def test_a_recording_does_not_change(replayed, folder):
    lab = replayed(folder)
    assert lab.control("POST", "/devices/rec-c9200l/change", {"lines": ["hostname x"]})[0] == 400


def test_a_folder_without_recordings_is_said(replayed, tmp_path):
    empty = tmp_path / "empty"
    empty.mkdir()
    lab = replayed(empty)
    assert any(entry["name"] == "recordings" for entry in lab.endpoints["left_out"])


if "DCOPS_RECORDINGS" in os.environ:

    def test_the_recordings_of_real_devices_are_replayed(replayed):
        lab = replayed(Path(os.environ["DCOPS_RECORDINGS"]))
        with lab.shell("rec-c9200l", "recording") as shell:
            shell.ask("terminal length 0")
            version = shell.ask("show version", "LAB-SW123_9200L#")
            assert 'the GNU General Public License ("GPL") Version 2.0' in version
            assert "\\x20" not in version
            assert shell.ask("show running-config", "LAB-SW123_9200L#").rstrip().endswith("\nend")
        exports = [device["name"] for device in lab.endpoints["devices"] if device["platform"] == "panos"]
        exports = [name for name in exports if name.startswith("rec-panos-")]
        assert exports
        for name in exports:
            with lab.api(name, "recording") as api:
                data = api.export().data
                assert data.startswith(b"<config ")
                assert data.endswith(b"</config>")
