"""Datastores and clusters, and whether a cluster can lose its largest host."""

from dcops.exporters.vsphere import capacity
from dcops.exporters.vsphere import cluster as clusters
from dcops.exporters.vsphere import datastore as datastores
from dcops.exporters.vsphere.block import together
from tests.exporters.vsphere.things import VCENTER, cluster, datastore, host, mirror, series, states


def stored(**properties):
    return series(datastores.lines(VCENTER, datastore(**properties)))


def grouped(**properties):
    return series(clusters.lines(VCENTER, cluster(**properties)))


# ---- datastores --------------------------------------------------------------------------------


def test_provisioned_is_what_would_be_filled():
    found = stored(summary__capacity=1000, summary__freeSpace=300, summary__uncommitted=900)

    assert found["datastore_provisioned_bytes"] == {(): 1600}
    assert found["datastore_free_bytes"] == {(): 300}


def test_where_nothing_is_thin_provisioned_is_what_is_filled():
    found = stored(summary__capacity=1000, summary__freeSpace=300)

    assert found["datastore_provisioned_bytes"] == {(): 700}
    assert "datastore_uncommitted_bytes" not in found


def test_of_a_datastore_that_nobody_reaches_no_room_is_told():
    found = stored(summary__accessible=False, summary__capacity=1000, summary__freeSpace=0)

    assert found["datastore_accessible"] == {(): 0}
    assert not {name for name in found if name.endswith("_bytes")}


def test_each_host_tells_whether_it_reaches_it():
    mounts = [
        {"key": "host-1", "mountInfo": {"accessible": True, "mounted": True}},
        {"key": "host-2", "mountInfo": {"accessible": False, "mounted": True}},
        {"key": "host-3", "mountInfo": {"accessible": True, "mounted": False}},
        {"key": "host-4", "mountInfo": {"accessMode": "readWrite"}},
    ]
    found = stored(host=mounts, vm=["vm-1", "vm-2"])

    assert found["datastore_host_accessible"] == {
        (("host_moid", "host-1"),): 1,
        (("host_moid", "host-2"),): 0,
        (("host_moid", "host-3"),): 0,
    }
    assert found["datastore_hosts"] == {(): 4}
    assert found["datastore_vms"] == {(): 2}


def test_maintenance_is_a_set():
    assert states(stored(summary__maintenanceMode="enteringMaintenance"), "datastore_maintenance_state") == {
        "state": "enteringMaintenance"
    }


# ---- clusters ----------------------------------------------------------------------------------


def test_ha_and_drs_are_told_where_they_are_set():
    found = grouped(
        configurationEx={
            "dasConfig": {"enabled": True, "admissionControlEnabled": False},
            "drsConfig": {"enabled": True, "defaultVmBehavior": "fullyAutomated"},
        },
        summary={
            "numHosts": 15,
            "numEffectiveHosts": 14,
            "totalCpu": 1000,
            "effectiveMemory": 2048,
            "overallStatus": "yellow",
        },
    )

    assert found["cluster_ha_enabled"] == {(): 1}
    assert found["cluster_ha_admission_control_enabled"] == {(): 0}
    assert states(found, "cluster_drs_automation_mode") == {"mode": "fullyAutomated"}
    assert states(found, "cluster_status") == {"status": "yellow"}
    assert found["cluster_cpu_capacity_hertz"] == {(): 1e9}
    assert found["cluster_effective_memory_bytes"] == {(): 2048 << 20}


def test_an_ha_that_is_not_set_is_not_off():
    assert "cluster_ha_enabled" not in grouped(configurationEx={"dasConfig": {}})


# ---- the loss of a host ------------------------------------------------------------------------

GB = 1024  # of quick statistics, which count in MB


def lost(hosts, used):
    found = mirror(cluster(), *hosts)
    statistics = {moid: {"overallCpuUsage": cpu, "overallMemoryUsage": memory} for moid, (cpu, memory) in used.items()}
    return series(together(capacity.blocks(VCENTER, found, statistics)))


def standing(moid, cores=10, gigabytes=100, **more):
    return host(
        moid,
        summary__hardware__numCpuCores=cores,
        summary__hardware__cpuMhz=1000,
        summary__hardware__memorySize=gigabytes << 30,
        **more,
    )


def test_the_largest_host_is_the_one_that_is_lost():
    found = lost(
        [standing("host-1"), standing("host-2", cores=30, gigabytes=300)],
        {"host-1": (4000, 60 * GB), "host-2": (4000, 60 * GB)},
    )

    assert found["cluster_failover_memory_bytes"] == {(): 100 << 30}
    assert found["cluster_failover_cpu_hertz"] == {(): 10e9}
    assert found["cluster_memory_used_bytes"] == {(): 120 << 30}
    assert found["cluster_host_loss_tolerated"] == {(("resource", "cpu"),): 1, (("resource", "memory"),): 0}


def test_hosts_that_take_no_load_are_no_reserve():
    found = lost(
        [
            standing("host-1"),
            standing("host-2"),
            standing("host-3", runtime__inMaintenanceMode=True),
            standing("host-4", runtime__connectionState="notResponding"),
        ],
        {"host-1": (1, 60 * GB), "host-2": (1, 60 * GB), "host-3": (1, 0)},
    )

    assert found["cluster_failover_memory_bytes"] == {(): 100 << 30}
    assert found["cluster_host_loss_tolerated"][("resource", "memory"),] == 0


def test_a_cluster_of_one_host_cannot_lose_it():
    assert lost([standing("host-1")], {"host-1": (1, 1)})["cluster_host_loss_tolerated"][("resource", "cpu"),] == 0


def test_half_of_a_sum_is_none():
    found = lost([standing("host-1"), standing("host-2")], {"host-1": (1, 1)})

    assert set(found) == {"cluster_failover_cpu_hertz", "cluster_failover_memory_bytes"}


def test_a_cluster_without_a_host_has_no_figures():
    assert lost([], {}) == {}
