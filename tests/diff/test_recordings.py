"""Configurations of real devices, where the recordings are at hand (`DCOPS_RECORDINGS`)."""

import os
from pathlib import Path

import pytest
import yaml

from dcops.diff.formats import Formats
from dcops.errors import DeviceError, ErrorKind
from dcops.model.snapshot import ConfigSource

ROOT = Path(os.environ.get("DCOPS_RECORDINGS", "")) / "cli"
pytestmark = pytest.mark.skipif(not os.environ.get("DCOPS_RECORDINGS"), reason="DCOPS_RECORDINGS is not set")
IOS, PANOS = Formats().of("ios"), Formats().of("panos")


def simulated(path):
    """What the recorded session answers to `show running-config`, without echo and prompt."""
    commands = yaml.safe_load(path.read_text())["commands"]
    answer = next(text for command, text in commands.items() if command.strip() == "show running-config")
    return "\n".join(answer.encode().decode("unicode_escape").split("\n")[1:-1]) + "\n"


def test_a_recorded_switch_is_accepted_and_leaks_nothing(conceal):
    folder = ROOT / "oxidized-sessions"
    sessions = sorted(folder.glob("ios__*__simulation.yaml"))
    assert sessions
    for session in sessions:
        content = simulated(session).encode()
        IOS.check(content, ConfigSource.RUNNING)
        result = IOS.readable(content, ConfigSource.RUNNING, conceal)
        listed = yaml.safe_load(session.with_name(session.name.replace("simulation", "secret")).read_text())
        for secret in listed["fail"]:
            assert secret in content.decode()
            assert secret not in result.text
        assert result.facts["last_changed_by"] == "oxidized"
        assert "bytes" not in result.text.split("\n")[0]
        for length in range(0, len(content.rstrip()), 101):
            with pytest.raises(DeviceError):
                IOS.check(content[:length], ConfigSource.RUNNING)


def test_recorded_napalm_answers_are_accepted_and_leak_nothing(conceal):
    answers = sorted((ROOT / "napalm-ios" / "test_get_config").rglob("show_*_config.txt"))
    assert answers
    for path in answers:
        source = ConfigSource.RUNNING if "running" in path.name else ConfigSource.STARTUP
        IOS.check(path.read_bytes(), source)
        result = IOS.readable(path.read_bytes(), ConfigSource.RUNNING, conceal)
        assert result.secrets == 2
        assert "password cisco" not in result.text
        assert "password 0 cisco" not in result.text
        assert result.text.startswith("version 15.5\n")


def test_running_and_startup_of_one_recording_read_the_same(conceal):
    folder = ROOT / "napalm-ios" / "test_get_config" / "normal"
    texts = {
        IOS.readable((folder / f"show_{name}_config.txt").read_bytes(), ConfigSource.RUNNING, conceal).text
        for name in ("running", "startup")
    }
    assert len(texts) == 1


def test_a_part_of_a_configuration_is_refused():
    parts = sorted((ROOT / "ntc-cisco_ios").glob("show_running-config*/*.raw"))
    assert parts
    for path in parts:
        with pytest.raises(DeviceError):
            IOS.check(path.read_bytes(), ConfigSource.RUNNING)


def test_recorded_firewalls_are_accepted_unwrapped_and_leak_nothing(conceal):
    answers = sorted((ROOT / "napalm-panos" / "test_get_config").rglob("*.xml"))
    assert answers
    for path in answers:
        wrapped = path.read_bytes()
        with pytest.raises(DeviceError, match="wrapped") as caught:
            PANOS.check(wrapped, ConfigSource.RUNNING)
        assert caught.value.kind is ErrorKind.INVALID
        bare = wrapped[wrapped.index(b"<config ") : wrapped.rindex(b"</config>") + len(b"</config>")]
        PANOS.check(bare, ConfigSource.RUNNING)
        result = PANOS.readable(bare, ConfigSource.RUNNING, conceal)
        assert "fnRL/G5lXVMug" not in result.text
        assert "3DpWw" not in result.text
        assert result.secrets == 2
        assert result.facts["version"] == "7.0.0"
