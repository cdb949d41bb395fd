"""LLDP and CDP in Cisco's words: no neighbour gets lost, and what is no list is not taken for an empty one."""

from ipaddress import ip_address

import pytest

from dcops.devices.neighbours import cisco
from dcops.errors import DeviceError, ErrorKind
from dcops.model.seen import Protocol

IOS_CDP = """\
-------------------------
Device ID: sw-access-7.example.test
Entry address(es):
  IP address: 192.0.2.27
  IPv6 address: 2001:DB8:0:10::27  (global unicast)
  IPv6 address: FE80::5EFF:FE00:7  (link-local)
Platform: cisco C9200L-24P-4G,  Capabilities: Router Switch IGMP
Interface: GigabitEthernet0/1,  Port ID (outgoing port): GigabitEthernet1/1/1
Holdtime : 141 sec

Version :
Cisco IOS Software [Cupertino], Catalyst L3 Switch Software, Version 17.9.4a, RELEASE SOFTWARE (fc3)
Technical Support: http://www.example.test/support

advertisement version: 2
Management address(es):
  IP address: 192.0.2.27

-------------------------
Device ID: SEP02005E000055
Entry address(es):
Platform: Example IP Phone,  Capabilities: Host Phone Two-port Mac Relay
Interface: GigabitEthernet0/2,  Port ID (outgoing port): Port 1
Holdtime : 150 sec

Total cdp entries displayed : 2
"""
NXOS_CDP = """\
----------------------------------------
Device ID:sw-dmz-1(FOC00000022)
System Name: sw-dmz-1

Interface address(es):
    IPv4 Address: 192.0.2.32
Platform: N3K-C3048TP-1GE, Capabilities: Router Switch IGMP Filtering Supports-STP-Dispute
Interface: mgmt0, Port ID (outgoing port): GigabitEthernet1/0/1
Holdtime: 132 sec

Version:
Cisco Nexus Operating System (NX-OS) Software, Version 9.3(10)

Advertisement Version: 2
Mgmt address(es):
    IPv4 Address: 192.0.2.32
"""
IOS_LLDP = """\
------------------------------------------------
Local Intf: Gi1/0/2
Chassis id: 0200.5e00.0042
Port id: 49
Port Description: uplink
System Name: sw-mgmt-1

System Description:
Aruba 2530-48G, YA.16.11.0012: a colon in a description is none of a key

Time remaining: 97 seconds
System Capabilities: B,R
Enabled Capabilities: B
Management Addresses:
    IP: 192.0.2.30
    IPV6: 2001:DB8:0:10::30
Auto Negotiation - supported, enabled
Vlan ID: - not advertised

------------------------------------------------
Local Intf: Gi1/0/3
Chassis id: 192.0.2.99
Port id: 0200.5e00.0043
Port Description - not advertised
System Name - not advertised

System Description - not advertised

Management Addresses - not advertised

Total entries displayed: 2
"""
NXOS_LLDP = """\
Capability codes:
  (R) Router, (B) Bridge
Device ID            Local Intf      Hold-time  Capability  Port ID

Chassis id: 0200.5e00.0044
Port id: ethernet1/5
Local Port id: Eth1/48
Port Description: to the firewall
System Name: fw-main-1
System Description: a firewall
Time remaining: 100 seconds
System Capabilities: R
Enabled Capabilities: R
Management Address: 192.0.2.14
Management Address IPV6: not advertised
Vlan ID: not advertised
Total entries displayed: 1
"""


def test_ios_tells_of_cdp_neighbours_with_every_address():
    switch, phone = cisco.neighbours(Protocol.CDP, IOS_CDP)

    assert (switch.name, switch.port, switch.remote_port) == (
        "sw-access-7.example.test",
        "GigabitEthernet0/1",
        "GigabitEthernet1/1/1",
    )
    assert switch.addresses == tuple(map(ip_address, ("192.0.2.27", "2001:db8:0:10::27", "fe80::5eff:fe00:7")))
    assert switch.description.startswith("cisco C9200L-24P-4G, Cisco IOS Software")
    assert {"router", "switch"} <= switch.capabilities
    assert (phone.name, phone.addresses, phone.port) == ("SEP02005E000055", (), "GigabitEthernet0/2")


def test_nx_os_puts_its_serial_number_behind_its_name():
    (switch,) = cisco.neighbours(Protocol.CDP, NXOS_CDP)

    assert (switch.name, switch.port, switch.addresses) == (
        "sw-dmz-1(FOC00000022)",
        "mgmt0",
        (ip_address("192.0.2.32"),),
    )
    assert "Version 9.3(10)" in switch.description


def test_ios_tells_of_lldp_neighbours_also_of_those_that_say_little():
    switch, nameless = cisco.neighbours(Protocol.LLDP, IOS_LLDP)

    assert (switch.name, switch.port, switch.remote_port, switch.mac) == (
        "sw-mgmt-1",
        "Gi1/0/2",
        "49",
        "02:00:5e:00:00:42",
    )
    assert switch.addresses == (ip_address("192.0.2.30"), ip_address("2001:db8:0:10::30"))
    assert switch.capabilities == {"bridge"}
    assert switch.description.startswith("Aruba 2530-48G")
    assert (nameless.name, nameless.mac, nameless.addresses) == ("", "", (ip_address("192.0.2.99"),))


def test_nx_os_names_the_local_port_inside_the_entry():
    (firewall,) = cisco.neighbours(Protocol.LLDP, NXOS_LLDP)

    assert (firewall.name, firewall.port, firewall.addresses) == ("fw-main-1", "Eth1/48", (ip_address("192.0.2.14"),))


@pytest.mark.parametrize("answer", ["Total entries displayed: 0\n", "\n\nTotal entries displayed: 0\n", ""])
def test_nobody_is_nobody(answer):
    assert cisco.neighbours(Protocol.LLDP, answer) == ()


@pytest.mark.parametrize(
    ("protocol", "answer"),
    [
        (Protocol.CDP, IOS_CDP.replace("Device ID: SEP", "Gerät: SEP")),
        (Protocol.LLDP, IOS_LLDP.replace("Chassis id: 192.0.2.99", "Fahrgestell: 192.0.2.99")),
    ],
)
def test_a_neighbour_that_is_counted_and_not_found_is_an_error(protocol, answer):
    with pytest.raises(DeviceError, match=r"1 .* were found where it says that there are 2"):
        cisco.neighbours(protocol, answer)


def test_a_protocol_that_is_off_is_not_a_list():
    assert cisco.is_off("% LLDP is not enabled\n")
    assert cisco.is_off("% CDP is not enabled\n")
    assert not cisco.is_off(IOS_LLDP)


def test_a_refusal_is_an_error_and_a_list_is_not():
    with pytest.raises(DeviceError) as caught:
        cisco.refuse("show cdp neighbors detail", "% Authorization failed.\n")

    assert caught.value.kind is ErrorKind.DENIED
    cisco.refuse("show cdp neighbors detail", IOS_CDP)
    assert cisco.is_unknown("show lldp neighbors detail\n      ^\n% Invalid input detected at '^' marker.\n")


def test_control_signs_of_a_stranger_do_not_pass():
    (evil,) = cisco.neighbours(
        Protocol.CDP, "Device ID: sw\x1b[31m-\u202eevil\nInterface: Gi1,  Port ID (outgoing port): x\n"
    )

    assert evil.name.isprintable()
