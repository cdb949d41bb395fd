"""A virtual machine: what it tells, and what is absent when nobody told it."""

import pytest

from dcops.exporters.vsphere import machine as machines
from tests.exporters.vsphere.things import VCENTER, machine, series, states


def told(**properties):
    return series(machines.lines(VCENTER, machine(**properties)))


def test_numbers_come_in_base_units():
    found = told(
        runtime__maxCpuUsage=9600,
        runtime__bootTime=1_700_000_000.0,
        summary__storage={"committed": 100, "uncommitted": 200, "unshared": 90, "timestamp": 1.0},
    )

    assert found["vm_cpus"] == {(): 4}
    assert found["vm_memory_capacity_bytes"] == {(): 8 << 30}
    assert found["vm_cpu_capacity_hertz"] == {(): 9.6e9}
    assert found["vm_boot_timestamp_seconds"] == {(): 1_700_000_000}
    assert found["vm_storage_committed_bytes"] == {(): 100}
    assert found["vm_storage_uncommitted_bytes"] == {(): 200}


@pytest.mark.parametrize(("state", "on"), [("poweredOn", 1), ("poweredOff", 0), ("suspended", 0)])
def test_power_is_a_set_of_states_and_one_flag(state, on):
    found = told(runtime__powerState=state, runtime__bootTime=1.0)

    assert found["vm_powered_on"] == {(): on}
    assert states(found, "vm_power_state") == {"state": state}
    assert ("vm_boot_timestamp_seconds" in found) == bool(on)


@pytest.mark.parametrize("state", ["connected", "orphaned", "inaccessible", "disconnected", "invalid"])
def test_an_orphaned_machine_is_told_from_an_inaccessible_one(state):
    assert states(told(runtime__connectionState=state), "vm_connection_state") == {"state": state}


def test_a_machine_of_which_nothing_is_known_has_no_series():
    assert series(machines.lines(VCENTER, machine(**dict.fromkeys(NAMES)))) == {}


NAMES = [name.replace(".", "__") for name in machine().properties]


def test_what_is_not_set_is_absent_and_not_zero():
    found = told()

    assert not {"vm_consolidation_needed", "vm_ha_protected", "vm_snapshots", "vm_alarms", "vm_tools_running"} & set(
        found
    )


def test_fault_tolerance_is_told_only_where_there_is_some():
    assert "vm_fault_tolerance_state" not in told(runtime__faultToleranceState="notConfigured")
    assert states(told(runtime__faultToleranceState="needSecondary"), "vm_fault_tolerance_state") == {
        "state": "needSecondary"
    }


def test_alarms_are_counted_by_colour():
    raised = [
        {"alarm": "alarm-1", "overallStatus": "red", "entity": "vm-1"},
        {"alarm": "alarm-2", "overallStatus": "yellow", "entity": "vm-1"},
        {"alarm": "alarm-3", "overallStatus": "yellow", "entity": "vm-1"},
        {"alarm": "alarm-4", "overallStatus": "green", "entity": "vm-1"},
        {"alarm": "alarm-5", "overallStatus": "red", "entity": "vm-2"},
    ]

    assert told(triggeredAlarmState=raised)["vm_alarms"] == {(("status", "yellow"),): 2, (("status", "red"),): 1}
    assert told(triggeredAlarmState=[])["vm_alarms"] == {(("status", "yellow"),): 0, (("status", "red"),): 0}


def test_flags_that_are_set_are_told():
    found = told(runtime__consolidationNeeded=True, runtime__dasVmProtection={"dasProtected": False})

    assert found["vm_consolidation_needed"] == {(): 1}
    assert found["vm_ha_protected"] == {(): 0}


# ---- snapshots ---------------------------------------------------------------------------------


def test_snapshots_are_counted_with_those_below_and_the_oldest_counts():
    tree = [
        {"name": "a", "createTime": 300.0, "childSnapshotList": [{"name": "b", "createTime": 100.0}]},
        {"name": "c", "createTime": 200.0, "childSnapshotList": []},
    ]
    found = told(snapshot={"rootSnapshotList": tree})

    assert found["vm_snapshots"] == {(): 3}
    assert found["vm_oldest_snapshot_timestamp_seconds"] == {(): 100}


def test_a_tree_that_bites_its_tail_ends():
    tree = {"name": "a", "createTime": 300.0}
    tree["childSnapshotList"] = [tree]

    assert told(snapshot={"rootSnapshotList": [tree]})["vm_snapshots"][()] < 100


# ---- guest -------------------------------------------------------------------------------------


def test_file_systems_are_told_by_path_and_those_of_one_path_are_kept_apart():
    disks = [
        {"diskPath": "/", "capacity": 100, "freeSpace": 40},
        {"diskPath": "/", "capacity": 200, "freeSpace": 50},
        {"diskPath": "C:\\", "capacity": 300},
    ]
    found = told(guest__disk=disks)

    assert found["vm_guest_disk_capacity_bytes"] == {
        (("partition", "/"),): 100,
        (("partition", "/ #2"),): 200,
        (("partition", "C:\\"),): 300,
    }
    assert (("partition", "C:\\"),) not in found["vm_guest_disk_free_bytes"]


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("guestToolsCurrent", "current"),
        ("guestToolsUnmanaged", "unmanaged"),
        ("guestToolsNotInstalled", "not_installed"),
        ("guestToolsNeedUpgrade", "outdated"),
        ("guestToolsTooOld", "unsupported"),
        ("guestToolsOfTomorrow", "unknown"),
    ],
)
def test_tools_are_in_one_state(status, state):
    assert states(told(guest__toolsVersionStatus2=status), "vm_tools_state") == {"state": state}


def test_a_machine_without_tools_has_no_tools_running_and_no_addresses():
    found = told(
        guest__toolsVersionStatus2="guestToolsNotInstalled",
        guest__toolsRunningStatus="guestToolsNotRunning",
        guest__net=[],
        guest__disk=[],
    )

    assert found["vm_tools_running"] == {(): 0}
    assert not {name for name in found if "address" in name or "guest_disk" in name}


def test_what_tools_told_of_a_machine_that_is_off_is_left_out():
    found = told(
        runtime__powerState="poweredOff",
        guest__toolsRunningStatus="guestToolsNotRunning",
        guest__disk=[{"diskPath": "/", "capacity": 1, "freeSpace": 1}],
        guest__net=[NIC],
    )

    assert not {name for name in found if "tools_running" in name or "guest_disk" in name or "addr" in name}


NIC = {
    "deviceConfigId": 4000,
    "network": "VM Network",
    "connected": True,
    "ipAddress": ["192.0.2.7", "2001:db8::7", "fe80::1"],
    "ipConfig": {
        "ipAddress": [
            {"ipAddress": "192.0.2.7", "prefixLength": 24, "state": "preferred"},
            {"ipAddress": "2001:db8::7", "prefixLength": 64, "state": "deprecated"},
        ]
    },
}


def test_addresses_are_counted_by_version_without_those_of_the_link():
    found = told(guest__net=[NIC])

    assert found["vm_ip_addresses"] == {(("afi", "ipv4"),): 1, (("afi", "ipv6"),): 1}
    assert found["vm_nic_connected"] == {(("nic", "4000"),): 1}
    six = next(dict(labels) for labels in found["vm_address_info"] if dict(labels)["afi"] == "ipv6")
    assert six == {
        "afi": "ipv6",
        "address": "2001:db8::7",
        "nic": "4000",
        "prefix": "64",
        "state": "deprecated",
        "network": "VM Network",
    }


def test_a_machine_without_an_ipv6_address_has_a_true_zero():
    found = told(guest__net=[{**NIC, "ipAddress": ["192.0.2.7"], "ipConfig": None}])

    assert found["vm_ip_addresses"][("afi", "ipv6"),] == 0


def test_a_host_of_containers_does_not_flood_the_page():
    many = [{"deviceConfigId": -1, "ipAddress": [f"10.0.{n // 250}.{n % 250}"]} for n in range(2000)]
    found = told(guest__net=[NIC, *many])

    assert found["vm_ip_addresses"][("afi", "ipv4"),] == 2001
    assert len(found["vm_address_info"]) == 32
    assert len(found["vm_nic_connected"]) == 1


def test_what_is_no_address_is_passed_over():
    found = told(guest__net=[{"deviceConfigId": 4000, "ipAddress": ["", "nonsense", "fe80::1%eth0", "192.0.2.9"]}])

    assert [dict(labels)["address"] for labels in found["vm_address_info"]] == ["192.0.2.9"]
