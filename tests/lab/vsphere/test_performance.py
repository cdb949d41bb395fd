"""Samples are as strict as at a real vCenter."""

import re

import pytest
from pyVmomi import vim, vmodl

NAMES = ("load-0000-app-1", "load-0000-app-2", "load-0000-app-3")


@pytest.fixture
def machine(small, client):
    return client.of("VirtualMachine", small.control.moid(NAMES[0]))


@pytest.fixture
def host(small, client):
    return client.of("HostSystem", small.control.moid("esx-0001", "HostSystem"))


def values(answer):
    return [{each.id.counterId: list(each.value) for each in part.value} for part in answer]


def test_samples_lie_on_the_grid_and_are_the_same_to_everybody(client, machine):
    counters = ("cpu.usage.average", "cpu.ready.summation", "mem.vmmemctl.average")
    (first,), (second,) = client.samples(machine, counters=counters), client.samples(machine, counters=counters)
    at = first.sampleInfo[0].timestamp
    assert at.timestamp() % 20 == 0
    if second.sampleInfo[0].timestamp == at:
        assert values([first]) == values([second])
    assert values([first])[0][90] == [0], "a zero that was measured is said"


def test_a_counter_without_values_is_an_empty_series(small, client, machine):
    (answer,) = client.samples(machine, counters=("power.power.average", "cpu.usage.average"))
    assert sorted(map(len, values([answer])[0].values())) == [0, 1]
    small.control.do("performance", empty=["cpu.usage.average"])
    assert [list(each.value) for each in client.samples(machine)[0].value] == [[]]


def test_a_counter_that_the_object_does_not_have_is_no_series(client, machine, host):
    (answer,) = client.samples(host, counters=("disk.deviceLatency.average", "cpu.usage.average"))
    assert len(answer.value) == 1
    (answer,) = client.samples(host, counters=("disk.deviceLatency.average",), instance="*")
    assert len(answer.value) == 24


def test_what_does_not_run_has_no_samples(small, client, machine):
    small.control.do("power", vm=NAMES[0], state="poweredOff")
    other = client.of("VirtualMachine", small.control.moid(NAMES[1]))
    assert [each.entity._moId for each in client.samples(machine, other)] == [other._moId]
    small.control.do("performance", all=True)
    assert list(client.samples(other)) == []


def test_an_object_that_is_gone_spoils_the_request(small, client, machine):
    small.control.do("delete", object=NAMES[0], before="QueryPerf")
    with pytest.raises(vmodl.fault.ManagedObjectNotFound) as refused:
        client.samples(machine)
    assert refused.value.obj._moId == machine._moId
    assert small.control.stats()["held_failed"] == []


def test_a_counter_can_be_unknown_to_the_vcenter(small, client, machine):
    key = next(c.key for c in client.content.perfManager.perfCounter if c.nameInfo.key == "ready")
    small.control.do("performance", unknown=["cpu.ready.summation"])
    assert key not in {c.key for c in client.content.perfManager.perfCounter}
    wish = vim.PerformanceManager.MetricId(counterId=key, instance="")
    spec = vim.PerformanceManager.QuerySpec(entity=machine, metricId=[wish], maxSample=1, intervalId=20)
    with pytest.raises(vmodl.fault.InvalidArgument):
        client.content.perfManager.QueryPerf([spec])


def test_too_many_objects_at_once_can_be_refused(small, client, machine, host):
    small.control.do("performance", most=1)
    assert len(client.samples(machine)) == 1
    with pytest.raises(vmodl.fault.InvalidArgument) as refused:
        client.samples(machine, host)
    assert refused.value.invalidProperty == "querySpec.size"


def test_samples_as_csv(client, machine):
    (answer,) = client.samples(machine, format="csv", maxSample=3)
    assert re.fullmatch(r"(20,[^,]+Z,?){3}", answer.sampleInfoCSV)
    assert len(answer.value[0].value.split(",")) == 3


def test_a_machine_on_nfs_has_no_figures_of_disks(main, log_in):
    client = log_in(main)
    stores = {moid: p["summary"].type for moid, p in client.read("Datastore", "summary")[0].items()}
    machines = client.read("VirtualMachine", "datastore", "runtime.powerState")[0]
    by_type = {
        stores[p["datastore"][0]._moId]: client.of("VirtualMachine", moid)
        for moid, p in machines.items()
        if p["runtime.powerState"] == "poweredOn"
    }
    counters = ("disk.read.average", "cpu.usage.average")
    assert len(client.samples(by_type["VMFS"], counters=counters)[0].value) == 2
    assert len(client.samples(by_type["NFS"], counters=counters)[0].value) == 1


def test_disks_luns_and_datastores_have_figures_of_their_own(client, machine, host):
    (answer,) = client.samples(machine, counters=("virtualDisk.numberReadAveraged.average",), instance="*")
    assert {each.id.instance for each in answer.value} == {"scsi0:0", "scsi0:1"}
    (answer,) = client.samples(machine, counters=("virtualDisk.readOIO.latest",), instance="scsi0:1")
    assert [each.id.instance for each in answer.value] == ["scsi0:1"]
    (answer,) = client.samples(machine, counters=("virtualDisk.readOIO.latest",), instance="scsi9:9")
    assert list(answer.value) == []


def test_a_host_names_datastores_by_the_end_of_their_url_and_tells_of_those_that_it_reaches(small, client, host):
    stores = {moid: p["summary"].url for moid, p in client.read("Datastore", "summary")[0].items()}
    volumes = {moid: url.rstrip("/").rpartition("/")[2] for moid, url in stores.items()}
    (answer,) = client.samples(host, counters=("datastore.totalReadLatency.average",), instance="*")
    assert {each.id.instance for each in answer.value} == set(volumes.values())
    lost = next(iter(volumes))
    small.control.do("datastore", datastore=lost, host=host._moId, accessible=False)
    (answer,) = client.samples(host, counters=("datastore.totalReadLatency.average",), instance="*")
    assert {each.id.instance for each in answer.value} == set(volumes.values()) - {volumes[lost]}


def test_figures_of_a_cluster_are_of_five_minutes_and_all_of_a_day_are_told(small, client):
    cluster = client.of("ClusterComputeResource", next(iter(client.read("ClusterComputeResource", "name")[0])))
    with pytest.raises(vmodl.fault.InvalidArgument) as refused:
        client.samples(cluster, counters=("vmop.numCreate.latest",))
    assert refused.value.invalidProperty == "querySpec.interval"
    (answer,) = client.samples(cluster, counters=("vmop.numCreate.latest",), intervalId=300)
    told = list(answer.value[0].value)
    assert len(told) == 288
    assert told == sorted(told)
    assert told[0] < told[-1]


def test_a_vmotion_is_counted(small, client):
    cluster = client.of("ClusterComputeResource", next(iter(client.read("ClusterComputeResource", "name")[0])))
    counts = []
    for _ in range(2):
        (answer,) = client.samples(cluster, counters=("vmop.numVMotion.latest",), intervalId=300)
        counts.append(answer.value[0].value[-1])
        small.control.do("vmotion", vm=NAMES[0])
    assert counts[1] == counts[0] + 1
