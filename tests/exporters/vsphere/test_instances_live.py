"""Disks, datastores and operations of a simulated vCenter: how few questions they need, and what is told of them."""

import pytest

from dcops.exporters.vsphere.roster import roster
from dcops.exporters.vsphere.watcher import Watcher
from dcops.settings import load
from dcops.vsphere.vcenter import Vcenter
from tests.exporters.vsphere.site import VsphereSite
from tests.exporters.vsphere.things import having, moid_of, series_of_all, value

STEADY = ("inventory", "performance")


class ByHand:
    """One watcher whose collectors run when they are told to."""

    def __init__(self, watcher, vcenter, simulator):
        self._watcher = watcher
        self._vcenter = vcenter
        self._simulator = simulator

    def run(self, *names):
        """Run a cycle of each; gives the calls that the vCenter counted."""
        # The question for changes waits until there are some.
        self._simulator.control.do("churn", vms=1)
        self._simulator.control.reset()
        for name in names:
            self._watcher.collectors[name].once()
            assert self._watcher.collectors[name].record.standing().problem == ""
        return self._simulator.control.calls()

    def found(self):
        return series_of_all(b"".join(self._watcher.page(squeezed=False)).decode())


@pytest.fixture
def by_hand(tmp_path):
    started = []

    def start(simulator):
        site = VsphereSite(tmp_path, simulator)
        wanted = roster(load(site.root))
        ((_, entry),) = wanted.entries.items()
        vcenter = Vcenter(entry.target(), fresh=entry.target)
        started.append(Watcher(vcenter, entry.stated, wanted.manner, lambda _: None))
        made = ByHand(started[-1], vcenter, simulator)
        made.run("inventory", "quick", "performance", "instances", "operations", "performance")
        return made

    yield start
    for one in started:
        one.stop()


def test_disks_and_datastores_of_a_whole_vcenter_take_two_questions_a_minute(by_hand, main):
    one = by_hand(main)
    assert one.run("instances") == {"QueryPerf": 2}
    assert one.run("operations") == {"QueryPerf": 1}
    # The most that 20 s ever see: quick statistics and parts have each a cycle of their own.
    assert sum(one.run(*STEADY, "instances").values()) <= 5
    assert sum(one.run(*STEADY, "quick", "operations").values()) <= 5


def test_every_running_machine_has_a_latency_wherever_its_disks_lie(by_hand, main):
    found = by_hand(main).found()
    told = {dict(key)["moid"] for key in found["dcops_vm_cpu_used_ratio"]}

    assert {dict(key)["moid"] for key in found["dcops_vm_disk_latency_seconds"]} == told
    assert {dict(key)["moid"] for key in found["dcops_vm_disk_read_bytes_per_second"]} == told
    assert value(found, "dcops_vm_disk_latency_seconds", moid=moid_of(found, "lgsp-bus-2")) >= 0.08


def test_each_datastore_is_told_of_by_every_host_that_vcenter_reaches(by_hand, main):
    found = by_hand(main).found()
    stores = {dict(key)["moid"] for key in found["dcops_datastore_info"]}
    hosts = sum(having(found, "dcops_host_connection_state", state="connected"))

    for metric in ("read_latency_seconds", "reads_per_second", "write_bytes_per_second"):
        assert {dict(key)["moid"] for key in found[f"dcops_datastore_{metric}"]} == stores
    assert set(found["dcops_datastore_reporting_hosts"].values()) == {hosts}
    assert len(found["dcops_host_disk_device_latency_seconds"]) == hosts
    assert not having(found, "dcops_vsphere_unknown_counters") or value(found, "dcops_vsphere_unknown_counters") == 0


def test_when_parts_are_told_no_more_their_series_go_and_the_others_stay(by_hand, dr):
    one = by_hand(dr)
    virtual = [f"virtualDisk.{name}.average" for name in ("totalReadLatency", "totalWriteLatency")]
    try:
        dr.control.do("performance", empty=virtual)
        one.run("instances", "performance")
        found = one.found()
    finally:
        dr.control.do("performance")

    assert "dcops_vm_virtual_disk_read_latency_seconds" not in found
    assert found["dcops_vm_virtual_disk_reads_per_second"]
    assert found["dcops_datastore_read_latency_seconds"]
    assert 0 < len(found["dcops_vm_disk_latency_seconds"]) < len(found["dcops_vm_cpu_used_ratio"])


def test_operations_on_machines_are_counted_for_each_cluster(by_hand, dr):
    one = by_hand(dr)
    before = value(one.found(), "dcops_cluster_vm_operations_total", operation="vmotion")
    found = one.found()
    name = next(dict(key)["vm"] for key in found["dcops_vm_info"] if dict(key)["replica"] == "no")
    dr.control.do("vmotion", vm=moid_of(found, name))
    one.run("inventory", "operations")

    assert value(one.found(), "dcops_cluster_vm_operations_total", operation="vmotion") == before + 1
