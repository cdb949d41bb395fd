"""What PAN-OS tells of the network around it, in NAPALM's shapes."""

import pytest
from lxml import etree

from dcops.devices.panos import neighbours
from dcops.errors import DeviceError, ErrorKind


def answer(body):
    return etree.fromstring(f"<response status='success'><result>{body}</result></response>")


def test_arp_lines_without_an_answer_are_left_out_and_a_worded_life_is_no_error():
    table = neighbours.arp_table(
        answer(
            "<max>2500</max><entries>"
            "<entry><status>c</status><ip>192.0.2.226</ip><mac>02:00:5e:00:00:01</mac><ttl>899</ttl>"
            "<interface>ethernet1/2</interface></entry>"
            "<entry><status>i</status><ip>192.0.2.227</ip><mac>(incomplete)</mac><ttl>incomplete</ttl>"
            "<interface>ethernet1/2</interface></entry>"
            "<entry><status>s</status><ip>192.0.2.228</ip><mac>02:00:5e:00:00:02</mac><ttl>never</ttl>"
            "<interface>ethernet1/2</interface></entry></entries>"
        )
    )

    assert [(row["ip"], row["mac"], row["age"]) for row in table] == [
        ("192.0.2.226", "02:00:5E:00:00:01", 899.0),
        ("192.0.2.228", "02:00:5E:00:00:02", 0.0),
    ]


def test_an_answer_without_a_table_is_an_error():
    with pytest.raises(DeviceError):
        neighbours.arp_table(answer(""))


def test_lldp_neighbours_keep_their_management_addresses():
    found = neighbours.lldp_neighbours(
        answer(
            "<entry name='ethernet1/1'><local/><neighbors><entry name='x'><chassis-id>02:00:5e:00:00:01</chassis-id>"
            "<system-name>sw-core-1</system-name><port-id>Te1/1</port-id>"
            "<enabled-capabilities>bridge, router</enabled-capabilities><management-address>"
            "<entry name='192.0.2.19'><address-type>ipv4</address-type></entry></management-address></entry>"
            "</neighbors></entry><entry name='ethernet1/2'><neighbors/></entry>"
        )
    )

    assert list(found) == ["ethernet1/1"]
    (one,) = found["ethernet1/1"]
    assert (one["remote_system_name"], one["remote_port"]) == ("sw-core-1", "Te1/1")
    assert one["remote_management_address"] == ["192.0.2.19"]
    assert one["remote_system_enable_capab"] == ["bridge", "router"]


def test_a_firewall_on_which_no_port_speaks_lldp_does_not_pass_for_one_without_neighbours():
    with pytest.raises(DeviceError) as caught:
        neighbours.lldp_neighbours(answer(""))

    assert caught.value.kind is ErrorKind.UNSUPPORTED


def test_the_addresses_of_the_ports_and_of_the_management_port():
    found = neighbours.interfaces_ip(
        answer(
            "<ifnet><entry><name>ethernet1/1</name><ip>203.0.113.130/28</ip>"
            "<addr6><member>2001:db8:0:70::10/64</member></addr6></entry>"
            "<entry><name>ethernet1/7</name><ip>N/A</ip><addr6/></entry></ifnet>"
        ),
        answer("<system><ip-address>192.0.2.14</ip-address><ipv6-address>unknown</ipv6-address></system>"),
    )

    assert found == {
        "ethernet1/1": {
            "ipv4": {"203.0.113.130": {"prefix_length": 28}},
            "ipv6": {"2001:db8:0:70::10": {"prefix_length": 64}},
        },
        "management": {"ipv4": {"192.0.2.14": {"prefix_length": 32}}},
    }
