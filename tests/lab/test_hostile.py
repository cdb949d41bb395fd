"""Configurations that try to harm: through the wire, into the archive, and back out byte for byte."""

import pytest

from tests.conftest import bring_down, bring_up

HOSTILE = [
    "interface Loopback77",
    " description \"quotes\" 'single' `id` $(reboot) ../../etc/passwd %s {0}",
    " description \x1b[2J\x1b]0;owned\x07 red \x1b[31m",
    " description caf\udce9 \udcff latin-1 bytes",
    " description Trung tâm dữ liệu tỉnh \u202etxt.exe",
    "banner motd ^C",
    "end",
    "% Invalid input detected at '^' marker.",
    "HOSTNAME#",
    "HOSTNAME#show running-config",
    "<secret:0123456789ab> password 0 innocent",
    "^C",
]


def test_hostile_lines_of_a_router_are_archived_shown_harmlessly_and_given_back_exactly(lab, tmp_path):
    router = lab.of_platform("ios")
    lines = [line.replace("HOSTNAME", router) for line in HOSTILE]
    lab.call("POST", f"/devices/{router}/change", {"lines": lines})

    code, items, _ = lab.backup("--device", router)
    shown = lab.dcops("archive", "show", router)
    identity = lab.folder / "keys" / "main.key"
    lab.dcops("archive", "export", router, "--to", str(tmp_path / "back"), "--identity", str(identity))
    exact = (tmp_path / "back").read_bytes()

    assert code == 0, items[router]
    assert "\x1b" not in shown.stdout
    assert "\u202e" not in shown.stdout
    assert "\\x1b[2J" in shown.stdout
    assert "dữ liệu" in shown.stdout
    for line in lines[:7]:
        assert line.encode("utf-8", "surrogateescape") in exact
    assert f"\n{router}#\n".encode() in exact
    assert exact.rstrip().endswith(b"end")


@pytest.fixture(scope="module")
def large_lab(tmp_path_factory):
    """A lab that also serves a PAN-OS configuration of 20 MB, from a recording made here."""
    recordings = tmp_path_factory.mktemp("recordings")
    folder = recordings / "cli/napalm-panos/test_get_config/normal"
    folder.mkdir(parents=True)
    entry = (
        '<entry name="host-{0}"><ip-netmask>198.51.100.{1}/32</ip-netmask>'
        "<description>object {0} of the large site</description></entry>"
    )
    objects = "".join(entry.format(number, number % 250) for number in range(165_000))
    users = '<users><entry name="admin"><phash>$5$example$notARealHashOfAnything0123456789</phash></entry></users>'
    config = (
        f'<config version="9.1.0" urldb="paloaltonetworks"><mgt-config>{users}</mgt-config><shared><address>{objects}'
        '</address></shared><devices><entry name="localhost.localdomain"/></devices></config>'
    )
    assert len(config) > 20_000_000
    (folder / "running_config.xml").write_text(f'<response status="success"><result>{config}</result></response>')
    state = tmp_path_factory.mktemp("large")
    yield bring_up(state, "--scale", "small", "--recordings", str(recordings)), config
    bring_down(state)


def test_a_configuration_of_20_megabytes_is_archived_and_delays_nobody(large_lab, tmp_path):
    lab, config = large_lab
    (name,) = [device for device in lab.devices if device.startswith("rec-panos")]
    lab.limit(60)

    code, items, _ = lab.backup()
    again, second, _ = lab.backup()
    identity = lab.folder / "keys" / "dr.key"
    lab.dcops("archive", "export", name, "--to", str(tmp_path / "back"), "--identity", str(identity))

    assert (code, again) == (0, 0), items
    assert items[name]["outcome"] == "changed"
    assert second[name]["outcome"] == "unchanged"
    assert config.encode() in (tmp_path / "back").read_bytes()
    assert "notARealHash" not in lab.dcops("archive", "show", name).stdout
