"""The discovery job with a fake fleet: an outcome for each device, findings for what is not as the inventory says."""

from datetime import UTC, datetime, timedelta
from ipaddress import ip_address, ip_network
from types import SimpleNamespace

import pytest
from napalm.base import NetworkDriver

from dcops.devices.fleet import Answer
from dcops.errors import DeviceError, ErrorKind
from dcops.inventory.inventory import Inventory
from dcops.jobs import discovery
from dcops.jobs.catalog import find
from dcops.jobs.context import Silence
from dcops.jobs.runs.result import Ended, as_json, state_of
from dcops.model.device import Device, Management
from dcops.model.facility import Prefix, Site, SiteRole
from dcops.model.job import RunState
from dcops.model.run import Result

PREFIXES = (Prefix(ip_network("192.0.2.0/26"), "main", "management"),)


def device(name, number, *, platform="panos", site="main", foreign=False):
    return Device(
        name=name,
        site=site,
        role="firewall",
        vendor="V",
        model="M",
        platform=platform,
        foreign=foreign,
        management=Management(ip_address(f"192.0.2.{number}")),
    )


class Box(NetworkDriver):
    """Tells what the network of the test is like."""

    def __init__(self, name, network):
        self.name = name
        self.network = network

    def open(self):
        if isinstance(self.network[self.name], Exception):
            raise self.network[self.name]

    def get_facts(self):
        return {"hostname": self.name, "serial_number": ""}

    def get_lldp_neighbors_detail(self, interface=""):
        names = self.network[self.name].get("lldp", ())
        return {f"ethernet1/{index}": [{"remote_system_name": name}] for index, name in enumerate(names)}

    def get_arp_table(self, vrf=""):
        table = self.network[self.name].get("arp", [])
        if isinstance(table, Exception):
            raise table
        return [{"ip": ip, "mac": mac, "age": 1.0, "interface": "mgmt"} for ip, mac in table]


class Deaf(NetworkDriver):
    """A driver that knows nothing of neighbours."""

    def get_facts(self):
        return {}


class FakeFleet:
    drivers = SimpleNamespace(
        platforms=lambda: ("deaf", "panos"), of=lambda platform: {"panos": Box, "deaf": Deaf}[platform]
    )

    def __init__(self, network):
        self.network = network
        self.asked = []

    def ask(self, devices, work):
        for one in devices:
            self.asked.append(one.name)
            driver = Box(one.name, self.network)
            try:
                yield Answer(one, work(one, driver), None, 0.1)
            except DeviceError as error:
                yield Answer(one, None, error, 0.1)


FW1, FW2 = device("fw-1", 14), device("fw-2", 15)
WELL = {"fw-1": {"lldp": ["fw-2"]}, "fw-2": {"lldp": ["fw-1"]}}


def look(network, devices=(FW1, FW2), chosen=None):
    moments = iter(datetime(2026, 1, 15, tzinfo=UTC) + timedelta(seconds=n) for n in range(100))
    fleet = FakeFleet(network)
    context = SimpleNamespace(fleet=fleet, clock=lambda: next(moments), progress=Silence())
    inventory = Inventory(devices=tuple(devices), prefixes=PREFIXES, sites=(Site("main", "Main", SiteRole.MAIN),))
    run = discovery.run(context, inventory, tuple(devices) if chosen is None else chosen)
    return SimpleNamespace(run=run, fleet=fleet, by_name={one.device: one for one in run.outcomes})


def test_a_network_that_is_as_the_inventory_says_is_well():
    seen = look(WELL)

    assert {one.result for one in seen.run.outcomes} == {Result.OK}
    assert seen.run.findings == ()
    assert state_of(seen.run) is RunState.OK
    assert Ended.of(seen.run).exit_code == 0
    assert as_json(seen.run)["summary"]["findings"] == 0


def test_findings_make_the_run_one_with_findings_and_are_counted_everywhere():
    seen = look({**WELL, "fw-1": {"lldp": ["fw-2", "stranger"], "arp": [("192.0.2.57", "02:00:5e:00:00:57")]}})
    document = as_json(seen.run)
    ended = Ended.of(seen.run)

    assert [one.id for one in seen.run.findings] == ["DISC-001", "DISC-002"]
    assert (ended.state, ended.reason, ended.exit_code) == (RunState.FINDINGS, "2 findings", 1)
    assert document["summary"]["findings"] == 2
    assert {"id", "status", "severity", "device", "title", "evidence", "fix", "reference"} == set(
        document["findings"][0]
    )
    assert [one["title"] for one in ended.row_summary["found"]] == [one.title for one in seen.run.findings]


def test_a_device_that_fails_is_a_failed_outcome_and_is_not_missed_when_others_see_it():
    silent = DeviceError(ErrorKind.TIMEOUT, "no answer")
    seen = look({**WELL, "fw-2": silent})

    assert seen.by_name["fw-2"].result is Result.TIMEOUT
    assert seen.run.findings == ()
    assert state_of(seen.run) is RunState.PARTIAL


def test_when_nobody_answers_the_site_could_not_be_checked():
    silent = DeviceError(ErrorKind.UNREACHABLE, "no route")
    seen = look({"fw-1": silent, "fw-2": silent})

    assert [one.status.value for one in seen.run.findings] == ["could not check"]
    assert state_of(seen.run) is RunState.FAILED


def test_a_table_that_could_not_be_read_fails_the_device_and_what_it_told_still_counts():
    seen = look({**WELL, "fw-1": {"lldp": ["stranger", "fw-2"], "arp": ValueError("nonsense")}})

    assert seen.by_name["fw-1"].result is Result.FAILED
    assert "ARP table" in seen.by_name["fw-1"].error.message
    assert [one.id for one in seen.run.findings] == ["DISC-001"]


def test_devices_that_cannot_be_asked_are_named_and_not_logged_in_to():
    wan, ups = device("wan-1", 18, platform="deaf"), device("ups-1", 19, platform=None)
    seen = look({**WELL, "fw-1": {"lldp": ["fw-2", "wan-1", "ups-1"]}}, [FW1, FW2, wan, ups])

    assert seen.fleet.asked == ["fw-1", "fw-2"]
    assert seen.by_name["wan-1"].error.message == "not asked: no getter for neighbours on platform deaf"
    assert seen.by_name["ups-1"].error.message == "not asked: no platform"
    assert seen.run.findings == ()


def test_a_site_in_which_nothing_can_be_asked_is_not_called_well():
    wan = device("wan-1", 18, platform="deaf")
    seen = look({}, [wan])

    assert [one.status.value for one in seen.run.findings] == ["could not check"]
    assert state_of(seen.run) is RunState.FINDINGS


def test_a_part_of_a_site_is_compared_without_missing_the_rest():
    seen = look({"fw-1": {"lldp": ["stranger"]}}, chosen=(FW1,))

    assert [one.id for one in seen.run.findings] == ["DISC-001"]
    assert seen.run.extra["sites_not_judged"] == ["main"]


def test_devices_of_others_are_known_and_not_needed_for_a_whole_site():
    isp = device("isp-1", 50, foreign=True)
    seen = look({**WELL, "fw-1": {"lldp": ["fw-2", "isp-1"]}}, [FW1, FW2, isp], chosen=(FW1, FW2))

    assert seen.run.findings == ()
    assert seen.run.extra["sites_not_judged"] == []


def test_it_is_a_job_that_holds_its_devices_and_changes_nothing():
    job = find("discovery")

    assert (job.on_devices, job.changes_devices) == (True, False)


@pytest.mark.parametrize("order", [1, -1])
def test_the_answer_does_not_depend_on_who_answers_first(order):
    network = {"fw-1": {"lldp": ["stranger"]}, "fw-2": {"lldp": ["stranger", "fw-1"]}}

    assert look(network, (FW1, FW2)[::order]).run.findings == look(network).run.findings
