"""One device is asked all it can tell; a question that goes wrong is said, and the others are asked all the same."""

from ipaddress import ip_address

import pytest
from napalm.base import NetworkDriver

from dcops.devices.neighbours import questions
from dcops.errors import DeviceError, ErrorKind
from dcops.model.seen import Protocol

CDP = """\
Device ID: rtr-2
Entry address(es):
  IP address: 192.0.2.12
Platform: cisco ISR,  Capabilities: Router
Interface: Gi0/1,  Port ID (outgoing port): Gi0/2

Total cdp entries displayed : 1
"""
ARP = [
    {"ip": "192.0.2.11", "mac": "02:00:5E:00:00:01", "age": -1.0, "interface": "Vlan10"},
    {"ip": "192.0.2.12", "mac": "02:00:5E:00:00:02", "age": 5.0, "interface": "Vlan10"},
    {"ip": "192.0.2.13", "mac": "00:00:00:00:00:00", "age": 5.0, "interface": "Vlan10"},
]


class Router(NetworkDriver):
    """Answers from what a test puts in."""

    def __init__(self, **answers):
        self.said = {
            "show lldp neighbors detail": "% LLDP is not enabled\n",
            "show cdp neighbors detail": CDP,
            "show ipv6 neighbors": "IPv6 Address   Age Link-layer Addr State Interface\n",
        }
        self.tables = {"arp": ARP, "nd": [], "facts": {"hostname": "rtr-1", "serial_number": "FDO1"}, **answers}

    def _give(self, name):
        answer = self.tables[name]
        if isinstance(answer, Exception):
            raise answer
        return answer

    def get_facts(self):
        return self._give("facts")

    def get_interfaces_ip(self):
        return {"Lo0": {"ipv4": {"192.0.2.241": {}}, "ipv6": {"2001:db8::1": {}}}}

    def get_arp_table(self, vrf=""):
        return self._give("arp")

    def get_ipv6_neighbors_table(self):
        return self._give("nd")

    def cli(self, commands, encoding="text"):
        return {command: self.said[command] for command in commands}


def test_a_router_tells_of_itself_and_of_what_stands_around_it():
    seen = questions.ask(Router(), "rtr-1", "ios")

    assert (seen.hostname, seen.serial) == ("rtr-1", "FDO1")
    assert set(seen.own_addresses) == set(map(ip_address, ("192.0.2.241", "2001:db8::1", "192.0.2.11")))
    assert seen.own_macs == {"02:00:5e:00:00:01"}
    assert [(one.name, one.port) for one in seen.neighbours] == [("rtr-2", "Gi0/1")]
    assert [(str(one.address), one.mac) for one in seen.addresses] == [("192.0.2.12", "02:00:5e:00:00:02")]
    assert seen.told == {Protocol.CDP, Protocol.ARP, Protocol.ND}
    assert seen.silent == ("LLDP is not enabled",)
    assert seen.failed == ()


def test_a_table_that_napalm_lost_is_not_taken_for_an_empty_one():
    seen = questions.ask(Router(arp={}), "rtr-1", "ios")

    assert Protocol.ARP not in seen.told
    assert seen.failed == ("ARP table: its answer is no table",)
    assert seen.neighbours


@pytest.mark.parametrize("command", ["show cdp neighbors detail", "show lldp neighbors detail", "show ipv6 neighbors"])
def test_a_refused_question_is_a_failure_and_an_unknown_one_is_none(command):
    router = Router()
    router.said[command] = "% Authorization failed.\n"
    refused = questions.ask(router, "rtr-1", "ios")
    router.said[command] = "  ^\n% Invalid input detected at '^' marker.\n"
    unknown = questions.ask(router, "rtr-1", "ios")

    assert len(refused.failed) == 1
    assert "was refused: Authorization failed" in refused.failed[0]
    assert unknown.failed == ()
    assert f"its software does not know {command}" in unknown.silent
    assert len(unknown.told) == len(refused.told)


def test_a_parser_that_fails_is_told_without_its_quotation_and_the_rest_is_kept():
    seen = questions.ask(Router(arp=ValueError("Unexpected output from: ['hunter2']")), "rtr-1", "ios")

    assert seen.failed == ("ARP table: ValueError while reading it",)
    assert Protocol.CDP in seen.told


def test_a_lost_connection_ends_the_questions():
    with pytest.raises(ConnectionResetError):
        questions.ask(Router(arp=ConnectionResetError()), "rtr-1", "ios")


class Firewall(NetworkDriver):
    """Has NAPALM's getters and no Cisco words."""

    def __init__(self, lldp):
        self.table = lldp

    def get_lldp_neighbors_detail(self, interface=""):
        if isinstance(self.table, Exception):
            raise self.table
        return self.table


def test_a_driver_without_a_getter_is_said_not_to_have_it():
    seen = questions.ask(Firewall({"eth1": [{"remote_system_name": "sw-1"}]}), "fw-1", "panos")

    assert seen.told == {Protocol.LLDP}
    assert seen.silent == ("no getter for its name, its own addresses, ARP table, IPv6 neighbours",)


def test_what_a_device_does_not_support_is_silence_and_no_failure():
    off = DeviceError(ErrorKind.UNSUPPORTED, "no port speaks LLDP")
    seen = questions.ask(Firewall(off), "fw-1", "panos")

    assert seen.told == frozenset()
    assert seen.failed == ()
    assert seen.silent[0] == "LLDP neighbours: no port speaks LLDP"


def test_only_drivers_that_can_tell_of_something_are_asked():
    class Silent(NetworkDriver):
        def get_facts(self):
            return {}

    assert questions.can_be_asked(Firewall, "panos")
    assert questions.can_be_asked(Router, "ios")
    assert not questions.can_be_asked(Silent, "panos")
    assert not questions.can_be_asked(NetworkDriver, "ios")
