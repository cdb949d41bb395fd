"""Samples of disks, LUNs, NICs and datastores as lines, and what they fill in for whole objects."""

import pytest

from dcops.exporters.vsphere import cluster as clusters
from dcops.exporters.vsphere import counters, instances, operations, performance
from dcops.exporters.vsphere.parts import Parts
from dcops.exporters.vsphere.standins import StandIns
from dcops.vsphere.samples import Samples
from tests.exporters.vsphere.things import CATALOGUE, VCENTER, cluster, datastore, host, machine, mirror, series

ROWS = instances.load(None, CATALOGUE, extended=True).rows
COUNTERS = counters.load(None, CATALOGUE, extended=True)
WHOLE = {one.metric for of in COUNTERS.of.values() for one in of}
READS, LATENCY = "datastore.numberReadAveraged.average", "datastore.totalReadLatency.average"


def of(things, told, fresh=None):
    """What is told of things by moid, counter and part."""
    fresh = set(told) if fresh is None else fresh
    return Parts(VCENTER, Samples(parts=told), mirror(*things), ROWS, fresh)


def lines(things, told, fresh=None):
    return series(of(things, told, fresh).texts(WHOLE))


def mounted(*hosts, moid="datastore-1", url="ds:///vmfs/volumes/volume-1/", **more):
    return datastore(moid, summary__url=url, host=[{"key": one, "mountInfo": {**more}} for one in hosts])


def at_host(value, counter=READS, volume="volume-1"):
    return {counter: {volume: value}}


# ---- disks, LUNs and NICs ------------------------------------------------------------------------


def test_every_disk_of_a_machine_has_its_series_in_base_units():
    found = lines(
        [machine()],
        {
            "vm-1": {
                "virtualDisk.totalReadLatency.average": {"scsi0:0": 12, "scsi0:1": 0},
                "virtualDisk.readOIO.latest": {"scsi0:0": 3},
                "virtualDisk.write.average": {"scsi0:0": 2},
            }
        },
    )

    assert found["vm_virtual_disk_read_latency_seconds"] == {
        (("disk", "scsi0:0"),): 0.012,
        (("disk", "scsi0:1"),): 0,
    }
    assert found["vm_virtual_disk_outstanding_reads"] == {(("disk", "scsi0:0"),): 3}
    assert found["vm_virtual_disk_write_bytes_per_second"] == {(("disk", "scsi0:0"),): 2048}
    assert not any("write_latency" in name for name in found)


def test_a_host_has_the_latency_of_its_slowest_lun_and_that_of_each():
    found = lines([host()], {"host-1": {"disk.deviceLatency.average": {"naa.1": 4, "naa.2": 9, "naa.3": 0}}})

    assert found["host_disk_device_latency_seconds"] == {(): 0.009}
    assert found["host_lun_device_latency_seconds"][(("lun", "naa.1"),)] == 0.004
    assert "host_disk_kernel_latency_seconds" not in found


def test_errors_of_each_nic_are_told():
    found = lines([host()], {"host-1": {"net.errorsRx.summation": {"vmnic0": 0, "vmnic1": 40}}})

    assert found["host_nic_receive_error_packets_per_second"] == {(("nic", "vmnic0"),): 0, (("nic", "vmnic1"),): 2}


def test_a_wait_of_thousands_of_years_is_not_told():
    found = lines([host()], {"host-1": {"disk.deviceLatency.average": {"naa.1": 116017258324865, "naa.2": 3}}})

    assert found["host_disk_device_latency_seconds"] == {(): 0.003}
    assert found["host_lun_device_latency_seconds"] == {(("lun", "naa.2"),): 0.003}


def test_parts_of_what_is_gone_or_stale_are_left_out():
    told = {moid: {"virtualDisk.readOIO.latest": {"scsi0:0": 1}} for moid in ("vm-1", "vm-2", "vm-9")}
    found = of([machine(), machine("vm-2")], told, fresh={"vm-2", "vm-9"}).texts(WHOLE)

    assert 'moid="vm-2"' in found["dcops_vm_virtual_disk_outstanding_reads"]
    assert found["dcops_vm_virtual_disk_outstanding_reads"].count("\n") == 1


# ---- datastores ----------------------------------------------------------------------------------


def test_a_datastore_has_the_worst_latency_and_the_sum_of_its_hosts_and_names_hosts_by_moid():
    told = {f"host-{n}": {READS: {"volume-1": 10 * n}, LATENCY: {"volume-1": n}} for n in (1, 2, 3)}
    found = lines([mounted(*told), *map(host, told)], told)

    assert found["datastore_reads_per_second"] == {(): 60}
    assert found["datastore_read_latency_seconds"] == {(): 0.003}
    assert found["datastore_reporting_hosts"] == {(): 3}
    assert found["datastore_host_reads_per_second"][(("host_moid", "host-2"),)] == 20
    assert found["datastore_host_read_latency_seconds"][(("host_moid", "host-1"),)] == 0.001


def test_while_a_host_is_silent_there_is_no_sum_and_the_worst_of_the_others_is_told():
    things = [mounted("host-1", "host-2"), host(), host("host-2")]
    told = {"host-1": {**at_host(10), **at_host(80, LATENCY)}}
    found = lines(things, told)

    assert "datastore_reads_per_second" not in found
    assert found["datastore_read_latency_seconds"] == {(): 0.08}
    assert found["datastore_reporting_hosts"] == {(): 1}


@pytest.mark.parametrize(
    "second",
    [
        {"runtime__connectionState": "notResponding"},
        {"runtime__connectionState": "disconnected"},
    ],
)
def test_a_host_that_vcenter_has_lost_is_waited_for_no_more(second):
    things = [mounted("host-1", "host-2"), host(), host("host-2", **second)]

    assert lines(things, {"host-1": at_host(10)})["datastore_reads_per_second"] == {(): 10}


def test_a_host_that_does_not_reach_the_datastore_is_not_waited_for():
    store = datastore(
        summary__url="ds:///vmfs/volumes/volume-1/",
        host=[
            {"key": "host-1", "mountInfo": {}},
            {"key": "host-2", "mountInfo": {"accessible": False}},
            {"key": "host-3", "mountInfo": {"mounted": False}},
        ],
    )
    found = lines([store, host(), host("host-2"), host("host-3")], {"host-1": at_host(10)})

    assert found["datastore_reads_per_second"] == {(): 10}


def test_a_host_that_tells_of_other_datastores_only_adds_nothing_to_this_one():
    things = [mounted("host-1", "host-2"), host(), host("host-2")]
    told = {"host-1": at_host(10), "host-2": at_host(7, volume="volume-2")}

    assert lines(things, told)["datastore_reads_per_second"] == {(): 10}


def test_a_host_that_tells_of_the_datastore_but_not_this_figure_leaves_no_sum():
    things = [mounted("host-1", "host-2"), host(), host("host-2")]
    found = lines(things, {"host-1": at_host(10), "host-2": at_host(7, LATENCY)})

    assert "datastore_reads_per_second" not in found
    assert found["datastore_reporting_hosts"] == {(): 2}


def test_one_volume_that_two_datacenters_share_is_the_datastore_of_the_hosts_own():
    things = [mounted("host-1"), mounted("host-2", moid="datastore-2"), host(), host("host-2")]
    text = of(things, {"host-1": at_host(10), "host-2": at_host(3)}).texts(WHOLE)["dcops_datastore_reads_per_second"]

    assert sorted(text.splitlines()) == [
        f'dcops_datastore_reads_per_second{{vcenter="{VCENTER}",moid="datastore-1"}} 10',
        f'dcops_datastore_reads_per_second{{vcenter="{VCENTER}",moid="datastore-2"}} 3',
    ]


def test_a_datastore_that_nobody_knows_has_no_series():
    found = lines([mounted("host-1"), host()], {"host-1": at_host(10, volume="a-local-one")})

    assert set(found) == {"datastore_reporting_hosts"}
    assert found["datastore_reporting_hosts"] == {(): 0}


def test_a_datastore_of_which_nobody_says_who_mounts_it_has_no_series():
    assert lines([datastore(summary__url="ds:///vmfs/volumes/volume-1/"), host()], {"host-1": at_host(10)}) == {}


# ---- gaps of whole objects -----------------------------------------------------------------------


def test_what_the_counter_of_a_machine_does_not_tell_is_filled_from_its_disks():
    things = [machine(), machine("vm-2")]
    told = {
        moid: {
            "virtualDisk.totalReadLatency.average": {"scsi0:0": 2, "scsi0:1": 8},
            "virtualDisk.totalWriteLatency.average": {"scsi0:0": 5},
            "virtualDisk.read.average": {"scsi0:0": 1, "scsi0:1": 2},
        }
        for moid in ("vm-1", "vm-2", "vm-9")
    }
    stand_ins = of(things, told).wholes(WHOLE)
    values = {"vm-1": {"cpu.usage.average": 1}, "vm-2": {"disk.maxTotalLatency.latest": 100, "disk.read.average": 0}}
    text = performance.texts(VCENTER, Samples(values), mirror(*things), COUNTERS, {"vm-1", "vm-2"}, stand_ins)

    assert text["dcops_vm_disk_latency_seconds"].splitlines() == [
        f'dcops_vm_disk_latency_seconds{{vcenter="{VCENTER}",moid="vm-2"}} 0.1',
        f'dcops_vm_disk_latency_seconds{{vcenter="{VCENTER}",moid="vm-1"}} 0.008',
    ]
    assert (
        f'dcops_vm_disk_read_bytes_per_second{{vcenter="{VCENTER}",moid="vm-1"}} 3072\n'
        in text["dcops_vm_disk_read_bytes_per_second"]
    )
    assert 'moid="vm-2"} 0\n' in text["dcops_vm_disk_read_bytes_per_second"]


def test_a_machine_whose_own_samples_are_stale_is_not_filled_in():
    stand_ins = {"dcops_vm_disk_latency_seconds": {"vm-1": 0.5}}
    values = {"vm-1": {"cpu.usage.average": 1}}

    assert performance.texts(VCENTER, Samples(values), mirror(machine()), COUNTERS, set(), stand_ins) == {}


def test_what_fills_gaps_is_forgotten_when_it_is_too_old():
    now = [100.0]
    stand_ins = StandIns(60, lambda: now[0])
    stand_ins.replace({"dcops_vm_disk_latency_seconds": {"vm-1": 0.5}})
    now[0] = 160
    assert stand_ins.now()
    now[0] = 161
    assert stand_ins.now() == {}


# ---- clusters ------------------------------------------------------------------------------------


def test_what_was_done_to_machines_is_counted_by_operation():
    samples = Samples({"domain-c1": {"vmop.numPoweron.latest": 245, "vmop.numVMotion.latest": 0}})
    found = series(operations.texts(VCENTER, samples, mirror(cluster()), {"domain-c1"}))

    assert found["cluster_vm_operations_total"] == {
        (("operation", "power_on"),): 245,
        (("operation", "vmotion"),): 0,
    }
    assert operations.texts(VCENTER, samples, mirror(cluster()), set()) == {}


@pytest.mark.parametrize(
    ("enabled", "score", "told"), [(True, 91, {(): 0.91}), (False, 0, None), (True, None, None), (True, 0, {(): 0})]
)
def test_the_score_of_drs_is_told_where_there_is_one(enabled, score, told):
    one = cluster(configurationEx={"drsConfig": {"enabled": enabled}}, summary={"drsScore": score})

    assert series(clusters.lines(VCENTER, one)).get("cluster_drs_score_ratio") == told
