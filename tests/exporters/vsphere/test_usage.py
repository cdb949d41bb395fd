"""Quick statistics and samples of performance counters as lines."""

import pytest

from dcops.exporters.vsphere import counters, performance, quick
from dcops.exporters.vsphere.performance import Freshness
from dcops.vsphere.samples import Samples
from tests.exporters.vsphere.things import CATALOGUE, VCENTER, cluster, host, machine, made, mirror, series, states

COUNTERS = counters.load(None, CATALOGUE, extended=True)


def read(things, **properties):
    return series(quick.texts(VCENTER, mirror(*things), {one.moid: properties for one in things}))


# ---- quick -------------------------------------------------------------------------------------


def test_figures_of_a_machine_come_in_base_units_and_compressed_memory_counts_in_kilobytes():
    found = read(
        [machine()],
        **{
            "summary.quickStats": {
                "overallCpuUsage": 1500,
                "hostMemoryUsage": 4096,
                "guestMemoryUsage": 512,
                "balloonedMemory": 1,
                "swappedMemory": 0,
                "compressedMemory": 2048,
                "guestHeartbeatStatus": "yellow",
            }
        },
    )

    assert found["vm_cpu_used_hertz"] == {(): 1.5e9}
    assert found["vm_memory_used_bytes"] == {(): 4 << 30}
    assert found["vm_memory_active_bytes"] == {(): 512 << 20}
    assert found["vm_memory_ballooned_bytes"] == {(): 1 << 20}
    assert found["vm_memory_swapped_bytes"] == {(): 0}
    assert found["vm_memory_compressed_bytes"] == {(): 2 << 20}
    assert states(found, "vm_heartbeat_status") == {"status": "yellow"}


def test_a_figure_that_is_not_set_is_absent():
    assert set(read([machine()], **{"summary.quickStats": {"overallCpuUsage": 0}})) == {"vm_cpu_used_hertz"}


@pytest.mark.parametrize(
    "thing",
    [machine(runtime__powerState="poweredOff"), host(runtime__connectionState="notResponding")],
)
def test_what_does_not_run_uses_nothing_that_could_be_told(thing):
    assert read([thing], **{"summary.quickStats": {"overallCpuUsage": 7, "overallMemoryUsage": 7}}) == {}


def test_what_was_read_of_an_object_that_is_gone_is_left_out():
    assert quick.texts(VCENTER, mirror(), {"vm-9": {"summary.quickStats": {"overallCpuUsage": 7}}}) == {}


def test_a_pool_without_a_limit_has_none():
    pool = made("ResourcePool", "resgroup-1", {"name": "Resources", "parent": "domain-c1"})
    found = read(
        [cluster(), pool],
        runtime={"cpu": {"overallUsage": 100, "maxUsage": -1}, "memory": {"overallUsage": 7, "maxUsage": 9}},
    )

    assert found["resource_pool_cpu_used_hertz"] == {(): 1e8}
    assert "resource_pool_cpu_limit_hertz" not in found
    assert found["resource_pool_memory_limit_bytes"] == {(): 9}


# ---- samples -----------------------------------------------------------------------------------


def sampled(things, fresh=("vm-1", "host-1"), **values):
    samples = Samples({moid.replace("_", "-"): counters for moid, counters in values.items()})
    return series(performance.texts(VCENTER, samples, mirror(*things), COUNTERS, fresh))


def test_ready_time_is_a_share_of_each_virtual_processor():
    # 4 processors, 8 seconds together in 20 seconds.
    assert sampled([machine()], vm_1={"cpu.ready.summation": 8000})["vm_cpu_ready_ratio"] == {(): 0.1}


def test_counters_come_in_base_units():
    found = sampled(
        [machine(), host()],
        vm_1={"cpu.usage.average": 5050, "disk.maxTotalLatency.latest": 12, "net.droppedRx.summation": 40},
        host_1={"power.power.average": 420, "mem.vmmemctl.average": 3, "net.bytesRx.average": 10},
    )

    assert found["vm_cpu_used_ratio"] == {(): 0.505}
    assert found["vm_disk_latency_seconds"] == {(): 0.012}
    assert found["vm_network_receive_dropped_packets_per_second"] == {(): 2}
    assert found["host_power_watts"] == {(): 420}
    assert found["host_memory_ballooned_bytes"] == {(): 3072}
    assert found["host_network_receive_bytes_per_second"] == {(): 10240}


def test_a_counter_without_a_value_gives_no_series():
    assert set(sampled([machine(), host()], vm_1={}, host_1={"cpu.usage.average": 1})) == {"host_cpu_used_ratio"}


def test_a_share_of_unknown_processors_is_not_told():
    assert sampled([machine(config__hardware__numCPU=None)], vm_1={"cpu.ready.summation": 1}) == {}


@pytest.mark.parametrize(("number", "state"), [(0, "high"), (3, "low"), (9, "unknown")])
def test_a_counter_may_be_a_state(number, state):
    assert states(sampled([host()], host_1={"mem.state.latest": number}), "host_memory_state") == {"state": state}


def test_samples_that_do_not_move_any_more_disappear_whatever_their_clock_says():
    freshness = Freshness(limit_seconds=100)
    stuck, moving = {"vm-1": 1000.0}, {"vm-2": 7.0}

    assert freshness.fresh(Samples(at={**stuck, **moving}), now=0) == {"vm-1", "vm-2"}
    assert freshness.fresh(Samples(at={**stuck, "vm-2": 27.0}), now=90) == {"vm-1", "vm-2"}
    assert freshness.fresh(Samples(at={**stuck, "vm-2": 47.0}), now=110) == {"vm-2"}
    assert freshness.fresh(Samples(at={"vm-1": 1020.0, "vm-2": 67.0}), now=120) == {"vm-1", "vm-2"}


def test_only_what_runs_is_asked_for_samples():
    found = mirror(
        host(),
        host("host-2", runtime__connectionState="disconnected"),
        machine(),
        machine("vm-2", runtime__powerState="poweredOff"),
        machine("vm-3", runtime__host="host-2"),
        machine("vm-4", runtime__host="host-that-may-not-be-seen"),
    )

    assert performance.entities(found) == [
        ("HostSystem", "host-1"),
        ("VirtualMachine", "vm-1"),
        ("VirtualMachine", "vm-4"),
    ]
