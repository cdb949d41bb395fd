"""What is on the network and not in the inventory, and the reverse; what could not be seen is never called well."""

from dataclasses import replace
from ipaddress import ip_address, ip_network

import pytest

from dcops.discovery.compare import Scope, compare
from dcops.model.device import Device, Management
from dcops.model.facility import Prefix
from dcops.model.finding import Severity, Status
from dcops.model.seen import AddressSeen, Neighbour, Protocol, Sighting

WHOLE = [Scope("main", whole=True)]
PREFIXES = [
    Prefix(ip_network("192.0.2.0/24"), "main", "inside", parent=True),
    Prefix(ip_network("192.0.2.0/26"), "main", "management"),
    Prefix(ip_network("192.0.2.64/27"), "main", "servers"),
    Prefix(ip_network("192.0.2.224/27"), "main", "links"),
    Prefix(ip_network("2001:db8:0:10::/64"), "main", "Mạng quản trị"),
]


def device(name, ipv4, *, site="main", foreign=False):
    return Device(
        name=name,
        site=site,
        role="switch",
        vendor="V",
        model="M",
        platform=None if foreign else "ios",
        foreign=foreign,
        management=Management(ip_address(ipv4)) if ipv4 else None,
    )


ROUTER, SWITCH = device("rtr-1", "192.0.2.11"), device("sw-1", "192.0.2.21")
OURS = [ROUTER, SWITCH]


def near(name, port="Gi0/1", *, protocol=Protocol.CDP, mac="", addresses=(), capabilities=("switch",), **more):
    return Neighbour(
        protocol,
        port,
        name,
        mac=mac,
        addresses=tuple(map(ip_address, addresses)),
        capabilities=frozenset(capabilities),
        **more,
    )


def arp(address, mac="02:00:5e:00:00:99", interface="Vlan10"):
    protocol = Protocol.ND if ":" in address else Protocol.ARP
    return AddressSeen(protocol, ip_address(address), mac, interface)


def saw(name, *things, told=(Protocol.CDP, Protocol.ARP)):
    return Sighting(
        name,
        neighbours=tuple(one for one in things if isinstance(one, Neighbour)),
        addresses=tuple(one for one in things if isinstance(one, AddressSeen)),
        told=frozenset(told),
    )


def ids(comparison):
    return [finding.id for finding in comparison.findings]


def test_a_network_that_is_as_the_inventory_says_has_no_findings():
    seen = [saw("rtr-1", near("sw-1.example.test"), arp("192.0.2.21")), saw("sw-1", near("rtr-1"), arp("192.0.2.11"))]

    comparison = compare(seen, OURS, PREFIXES, WHOLE)

    assert comparison.findings == ()
    assert comparison.known == 2


def test_a_neighbour_that_nobody_wrote_down_is_found_with_all_that_is_known_of_it():
    stranger = near("lab-switch", mac="02:00:5e:00:00:42", addresses=["192.0.2.60"], description="cisco WS-C2960")
    seen = [saw("rtr-1", replace(stranger, port="Gi0/0/3"), arp("192.0.2.60")), saw("sw-1", stranger)]

    (finding,) = compare(seen, [ROUTER, SWITCH], PREFIXES, WHOLE).findings

    assert (finding.id, finding.status, finding.severity) == ("DISC-001", Status.FAIL, Severity.MEDIUM)
    assert finding.title == "lab-switch at rtr-1 Gi0/0/3 is not in the inventory"
    for told in ("twice by CDP", "rtr-1 Gi0/0/3", "sw-1 Gi0/1", "192.0.2.60", "02:00:5e:00:00:42", "cisco WS-C2960"):
        assert told in finding.evidence
    assert "rtr-1 Gi0/0/3" in finding.fix


def test_the_same_box_over_two_protocols_on_one_port_is_seen_once():
    seen = [
        saw(
            "rtr-1",
            near("lab-switch", "GigabitEthernet1/0/16"),
            near("lab-switch", "Gi1/0/16", protocol=Protocol.LLDP, mac="02:00:5e:00:00:42"),
        ),
        saw("sw-1"),
    ]

    (finding,) = compare(seen, OURS, PREFIXES, WHOLE).findings

    assert "seen once by CDP, LLDP" in finding.evidence


def test_two_strangers_that_turn_out_to_be_one_are_one_finding():
    seen = [
        saw("rtr-1", near("", "Gi1", mac="02:00:5e:00:00:42"), near("lab-switch", "Gi2", addresses=["192.0.2.60"])),
        saw("sw-1", near("lab-switch", "Gi3", mac="02:00:5e:00:00:42")),
    ]

    (finding,) = compare(seen, OURS, PREFIXES, WHOLE).findings

    assert "seen 3 times" in finding.evidence


def test_two_boxes_with_the_name_from_the_factory_are_two_findings():
    seen = [saw("rtr-1", near("Switch", "Gi1"), near("Switch", "Gi2")), saw("sw-1")]

    assert ids(compare(seen, OURS, PREFIXES, WHOLE)) == ["DISC-001", "DISC-001"]


@pytest.mark.parametrize(
    ("capabilities", "severity"),
    [
        (("router",), Severity.MEDIUM),
        (("bridge", "telephone"), Severity.LOW),
        (("station",), Severity.LOW),
        ((), Severity.MEDIUM),
    ],
)
def test_what_passes_traffic_on_weighs_more_than_a_phone(capabilities, severity):
    seen = [saw("rtr-1", near("stranger", capabilities=capabilities)), saw("sw-1")]

    (finding,) = compare(seen, OURS, PREFIXES, WHOLE).findings

    assert finding.severity is severity


def test_a_device_of_another_organisation_is_known_and_never_missed():
    isp = device("isp-radio", "192.0.2.50", foreign=True)
    seen = [saw("rtr-1", near("isp-radio")), saw("sw-1", near("rtr-1"))]

    assert compare(seen, [*OURS, isp], PREFIXES, WHOLE).findings == ()
    assert compare(seen[1:], [*OURS, isp], PREFIXES, [Scope("main", whole=True)]).findings == ()


def test_an_unknown_address_is_found_in_management_and_link_networks_only():
    seen = [
        saw(
            "rtr-1", arp("192.0.2.57"), arp("192.0.2.70", "02:00:5e:00:00:70"), arp("192.0.2.230", "02:00:5e:00:00:71")
        ),
        saw(
            "sw-1",
            arp("192.0.2.57"),
            arp("2001:db8:0:10::57", "02:00:5e:00:00:72"),
            arp("203.0.113.9", "02:00:5e:00:00:73"),
        ),
    ]

    found = compare(seen, OURS, PREFIXES, WHOLE).findings

    assert [finding.title.split()[0] for finding in found] == ["192.0.2.230", "192.0.2.57", "2001:db8:0:10::57"]
    assert {finding.id for finding in found} == {"DISC-002"}
    (management,) = [finding for finding in found if finding.title.startswith("192.0.2.57 ")]
    assert "rtr-1 Vlan10, sw-1 Vlan10" in management.evidence
    assert "MAC 02:00:5e:00:00:99" in management.evidence


def test_all_addresses_of_one_box_are_one_finding():
    seen = [saw("rtr-1", arp("192.0.2.57"), arp("2001:db8:0:10::57"), arp("192.0.2.58")), saw("sw-1")]

    (finding,) = compare(seen, OURS, PREFIXES, WHOLE).findings

    assert "also 192.0.2.58, 2001:db8:0:10::57" in finding.evidence


def test_the_address_of_a_redundancy_group_is_no_finding_and_is_counted():
    comparison = compare([saw("rtr-1", arp("192.0.2.1", "00:00:0c:9f:f0:0a")), saw("sw-1")], OURS, PREFIXES, WHOLE)

    assert comparison.findings == ()
    assert comparison.virtual == 1


def test_a_device_that_nobody_saw_is_found():
    gone = device("sw-gone", "192.0.2.40")
    seen = [saw("rtr-1", near("sw-1")), saw("sw-1", near("rtr-1"))]

    (finding,) = compare(seen, [*OURS, gone], PREFIXES, WHOLE).findings

    assert (finding.id, finding.status, finding.device) == ("DISC-003", Status.FAIL, "sw-gone")
    assert "192.0.2.40" in finding.evidence


def test_a_device_that_is_only_in_an_arp_table_is_there():
    quiet = device("ups-1", "192.0.2.40")

    assert compare([saw("rtr-1", arp("192.0.2.40")), saw("sw-1")], [*OURS, quiet], PREFIXES, WHOLE).findings == ()


def test_what_has_no_address_cannot_be_missed():
    generator = device("generator-1", None)

    assert compare([saw("rtr-1"), saw("sw-1")], [*OURS, generator], PREFIXES, WHOLE).findings == ()


@pytest.mark.parametrize("seen", [[], [saw("rtr-1", arp("192.0.2.21"), told=[Protocol.ARP])]])
def test_where_no_device_told_of_neighbours_nothing_is_called_missing_and_nothing_well(seen):
    (finding,) = compare(seen, OURS, PREFIXES, WHOLE).findings

    assert (finding.id, finding.status, finding.device) == ("DISC-003", Status.COULD_NOT_CHECK, "")
    assert finding.status.open


def test_a_device_of_another_site_does_not_make_a_silent_site_checked():
    far = device("rtr-dr", "198.51.100.11", site="dr")
    scopes = [Scope("dr", whole=True), Scope("main", whole=True)]

    found = compare([saw("rtr-dr", near("rtr-1"))], [*OURS, far], PREFIXES, scopes).findings

    assert [(one.status, "main" in one.title) for one in found] == [(Status.COULD_NOT_CHECK, True)]


def test_nobody_is_missed_when_only_a_part_of_the_site_was_asked():
    comparison = compare([saw("rtr-1")], OURS, PREFIXES, [Scope("main", whole=False)])

    assert comparison.findings == ()
    assert comparison.unjudged_sites == ("main",)
