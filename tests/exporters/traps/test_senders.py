"""Who may send, as the inventory and the logins say, and what an edit changes."""

import os

import pytest

from dcops.assembly.snmp import ByCommunity
from dcops.errors import DeviceError
from dcops.exporters.traps.senders import Watch

DEVICE = """\
  - {{name: {name}, site: main, role: ups, vendor: APC, model: SMT, management: {{ipv4: {address}{more}}},
     snmp: {{credential: {login}, version: "2c", reason: "the card knows no other"}}}}
"""
HEAD = """\
sites: [{name: main, title: Main, role: main}]
credentials: [{name: snmp-cards}, {name: lost}]
devices:
"""


def device(name, address, login="snmp-cards", more=""):
    return DEVICE.format(name=name, address=address, login=login, more=more)


@pytest.fixture
def root(tmp_path):
    (tmp_path / "inventory").mkdir()
    (tmp_path / "dcops.toml").write_text('[site]\nname = "test"\n')
    file = tmp_path / "credentials.toml"
    file.touch(0o600)
    file.write_text('[snmp-cards]\npassword = "cards-read"\n')
    write(tmp_path, device("ups-1", "192.0.2.1", more=', ipv6: "2001:db8::1"'), device("ups-2", "192.0.2.2", "lost"))
    return tmp_path


def write(root, *devices):
    file = root / "inventory" / "all.yaml"
    file.write_text(HEAD + "".join(devices))
    # Two edits within one tick of the file system's clock.
    os.utime(file, ns=(file.stat().st_mtime_ns + len(devices), file.stat().st_mtime_ns + len(devices)))


def test_a_device_is_known_by_both_of_its_addresses_and_one_without_a_login_is_not_believed(root):
    senders = Watch(root).standing.senders

    assert {address: sender.device.name for address, sender in senders.items()} == {
        "192.0.2.1": "ups-1",
        "2001:db8::1": "ups-1",
        "192.0.2.2": "ups-2",
    }
    assert isinstance(senders["192.0.2.1"].login, ByCommunity)
    assert isinstance(senders["192.0.2.2"].login, DeviceError)
    assert "cards-read" not in repr(senders)


def test_an_edit_counts_and_a_broken_one_leaves_what_counted_before(root):
    watch = Watch(root)
    assert watch.look() is None

    write(root, device("ups-1", "192.0.2.1"), device("ups-3", "192.0.2.3"), device("ups-4", "192.0.2.4"))
    assert set(watch.look().senders) == {"192.0.2.1", "192.0.2.3", "192.0.2.4"}

    (root / "inventory" / "all.yaml").write_text("devices: [{name: ups-5}]\n")
    assert watch.look() is None
    assert not watch.up
    assert set(watch.standing.senders) == {"192.0.2.1", "192.0.2.3", "192.0.2.4"}

    write(root, device("ups-1", "192.0.2.1"))
    assert set(watch.look().senders) == {"192.0.2.1"}
    assert watch.up
