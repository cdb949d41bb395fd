"""Who is it: names, serial numbers, addresses and MAC addresses lead to the device that the inventory means."""

from ipaddress import ip_address

import pytest

from dcops.discovery.identity import Identities, is_virtual
from dcops.model.device import Device, Management
from dcops.model.seen import AddressSeen, Neighbour, Protocol, Sighting


def device(name, *, ipv4=None, ipv6=None, serial=None):
    management = Management(ipv4 and ip_address(ipv4), ipv6 and ip_address(ipv6))
    return Device(
        name=name,
        site="main",
        role="switch",
        vendor="V",
        model="M",
        platform="ios",
        serial=serial,
        management=management,
    )


def neighbour(name="", *, mac="", addresses=()):
    return Neighbour(Protocol.LLDP, "Gi0/1", name, addresses=tuple(map(ip_address, addresses)), mac=mac)


CORE = device("sw-core-1", ipv4="192.0.2.19", ipv6="2001:db8::19", serial="FCW00000009")
DMZ = device("sw-dmz-1.main", ipv4="192.0.2.32", serial="FOC00000022")


@pytest.mark.parametrize(
    "name",
    [
        "sw-core-1",
        "SW-Core-1",
        "sw-core-1.dc.example.test",
        "sw-core-1.dc.example.test.",
        "sw-core-1(FCW00000009)",
        "whatever(FCW00000009)",
        "FCW00000009",
    ],
)
def test_a_name_means_its_device_however_it_is_announced(name):
    assert Identities([CORE, DMZ]).of_neighbour(neighbour(name)) == "sw-core-1"


def test_a_name_with_a_domain_in_the_inventory_is_known_without_it():
    assert Identities([CORE, DMZ]).of_neighbour(neighbour("sw-dmz-1(XYZ)")) == "sw-dmz-1.main"


def test_a_short_name_that_two_devices_share_means_neither():
    twins = [device("sw-1.main"), device("sw-1.dr")]

    assert Identities(twins).of_neighbour(neighbour("sw-1")) is None
    assert Identities(twins).of_neighbour(neighbour("sw-1.dr")) == "sw-1.dr"


@pytest.mark.parametrize("name", ["sw-core-10", "core-1", "", "sw-core", "example.test"])
def test_another_name_is_not_taken_for_it(name):
    assert Identities([CORE]).of_neighbour(neighbour(name)) is None


def test_an_address_of_the_inventory_makes_a_nameless_neighbour_known():
    assert Identities([CORE]).of_neighbour(neighbour("Switch", addresses=["2001:db8::19"])) == "sw-core-1"


def test_what_a_device_says_of_itself_is_learned():
    said = Sighting(
        "sw-core-1",
        hostname="CORE-OLD-NAME",
        serial="REAL1",
        own_addresses=(ip_address("198.51.100.1"),),
        own_macs=frozenset({"02:00:5e:00:00:01"}),
    )
    known = Identities([CORE], [said])

    assert known.of_neighbour(neighbour("core-old-name.example.test")) == "sw-core-1"
    assert known.of_neighbour(neighbour("x(REAL1)")) == "sw-core-1"
    assert known.of_address(ip_address("198.51.100.1")) == "sw-core-1"
    assert known.of_mac("02:00:5e:00:00:01") == "sw-core-1"


def test_a_factory_name_is_nobodys_name():
    known = Identities([CORE], [Sighting("sw-core-1", hostname="Switch")])

    assert known.of_neighbour(neighbour("Switch")) is None


def test_an_address_that_the_inventory_lacks_is_known_by_the_box_behind_it():
    # The inventory states the IPv6 address; the same box answers for an IPv4 address and a link-local one.
    table = Sighting(
        "rtr-1",
        addresses=(
            AddressSeen(Protocol.ARP, ip_address("192.0.2.77"), "02:00:5e:00:00:09"),
            AddressSeen(Protocol.ND, ip_address("2001:db8::19"), "02:00:5e:00:00:09"),
        ),
    )
    known = Identities([device("sw-core-1", ipv6="2001:db8::19")], [table])

    assert known.of_address(ip_address("192.0.2.77"), "02:00:5e:00:00:09") == "sw-core-1"
    assert known.of_address(ip_address("192.0.2.77"), "02:00:5e:00:00:08") is None


def test_a_neighbour_vouches_for_its_addresses_and_they_for_its_mac_in_any_order():
    arp = Sighting("a", addresses=(AddressSeen(Protocol.ARP, ip_address("192.0.2.200"), "02:00:5e:00:00:07"),))
    cdp = Sighting("b", neighbours=(neighbour("sw-core-1", addresses=["192.0.2.200"]),))
    other = Sighting("c", addresses=(AddressSeen(Protocol.ARP, ip_address("192.0.2.201"), "02:00:5e:00:00:07"),))

    known = Identities([CORE], [other, arp, cdp])

    assert known.of_address(ip_address("192.0.2.201"), "02:00:5e:00:00:07") == "sw-core-1"


def test_the_address_of_a_redundancy_group_tells_no_box():
    table = Sighting("a", addresses=(AddressSeen(Protocol.ARP, ip_address("192.0.2.19"), "00:00:0c:9f:f0:0a"),))

    assert is_virtual("00:00:0c:9f:f0:0a")
    assert is_virtual("00:00:5e:00:01:14")
    assert not is_virtual("00:00:5e:00:53:01")
    assert Identities([CORE], [table]).of_mac("00:00:0c:9f:f0:0a") is None


def test_a_link_local_address_of_one_device_makes_no_other_known():
    said = Sighting("sw-core-1", own_addresses=(ip_address("fe80::1"),))

    assert Identities([CORE], [said]).of_neighbour(neighbour("", addresses=["fe80::1"])) is None
