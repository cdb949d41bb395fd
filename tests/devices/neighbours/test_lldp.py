"""NAPALM's LLDP tables as neighbours."""

from ipaddress import ip_address

import pytest

from dcops.devices.neighbours import lldp


def test_a_detailed_table_keeps_everything_that_was_said():
    table = {
        "ethernet1/1": [
            {
                "remote_system_name": "sw-core-1",
                "remote_chassis_id": "02:00:5E:00:00:01",
                "remote_port": "Te1/1",
                "remote_system_description": "a switch\nof two lines",
                "remote_system_enable_capab": ["bridge", "router"],
                "remote_management_address": ["192.0.2.19", "2001:db8::19", "0.0.0.0"],
            }
        ]
    }

    (found,) = lldp.neighbours(table)

    assert (found.port, found.name, found.mac, found.remote_port) == (
        "ethernet1/1",
        "sw-core-1",
        "02:00:5e:00:00:01",
        "Te1/1",
    )
    assert found.addresses == (ip_address("192.0.2.19"), ip_address("2001:db8::19"))
    assert found.description == "a switch of two lines"
    assert found.capabilities == {"bridge", "router"}


def test_the_short_table_is_understood_too_and_an_address_is_no_name():
    named, nameless = lldp.neighbours(
        {"1": [{"hostname": "sw-1", "port": "2"}, {"hostname": "02:00:5E:00:00:07", "port": ""}]}
    )

    assert (named.name, named.mac) == ("sw-1", "")
    assert (nameless.name, nameless.mac) == ("", "02:00:5e:00:00:07")


@pytest.mark.parametrize(
    ("text", "mac"),
    [
        ("0200.5e00.0001", "02:00:5e:00:00:01"),
        ("02-00-5E-00-00-01", "02:00:5e:00:00:01"),
        ("2:0:5e:0:0:1", "02:00:5e:00:00:01"),
        ("sw-core-1", ""),
        ("", ""),
        ("192.0.2.1", ""),
    ],
)
def test_a_mac_address_is_known_in_every_way_of_writing(text, mac):
    assert lldp.mac_of(text) == mac


def test_capabilities_may_be_letters_or_words():
    assert lldp.capabilities("B,R") == {"bridge", "router"}
    assert lldp.capabilities(["Bridge", "wlan-access-point"]) == {"bridge", "wlan-access-point"}
    assert lldp.capabilities(()) == frozenset()
