"""What a test can do to hosts, clusters and datastores."""

import pytest

from lab.vsphere.control import Refused


def of(client, kind, name, *paths):
    values, _ = client.read(kind, "name", *paths)
    return next(properties for properties in values.values() if properties["name"] == name)


def test_a_lost_host_takes_capacity_along_and_its_machines_start_elsewhere(small, client):
    before = of(client, "ClusterComputeResource", "cluster-01", "summary")["summary"]
    answer = small.control.do("host-loss", host="esx-0002", restart=True)
    host = of(client, "HostSystem", "esx-0002", "runtime", "vm", "triggeredAlarmState")
    assert (host["runtime"].connectionState, host["runtime"].dasHostState.state) == ("notResponding", "hostDown")
    assert host["triggeredAlarmState"][0].alarm.info.name == "Host connection and power state"
    assert not host.get("vm")
    assert answer["restarted"] == 4
    after = of(client, "ClusterComputeResource", "cluster-01", "summary")["summary"]
    assert after.numEffectiveHosts == before.numEffectiveHosts - 1
    assert after.currentFailoverLevel < before.currentFailoverLevel
    small.control.do("host-loss", host="esx-0002", lost=False)
    assert of(client, "HostSystem", "esx-0002", "runtime")["runtime"].connectionState == "connected"


def test_without_ha_the_machines_of_a_lost_host_are_disconnected(small, client):
    small.control.do("host-loss", host="esx-0001")
    machines, _ = client.read("VirtualMachine", "runtime")
    lost = [m for m in machines.values() if m["runtime"].connectionState == "disconnected"]
    assert {m["runtime"].host._moId for m in lost} == {small.control.moid("esx-0001", "HostSystem")}
    assert len(lost) == 4


def test_maintenance_empties_a_host(small, client):
    small.control.do("maintenance", host="esx-0001")
    host = of(client, "HostSystem", "esx-0001", "runtime.inMaintenanceMode", "vm")
    assert host["runtime.inMaintenanceMode"]
    assert not host.get("vm")


def test_a_sensor_a_port_and_a_path_fail(small, client):
    small.control.do("sensor", host="esx-0001", sensor="Processor 1 Temp", value=93.5, state="red")
    small.control.do("nic", host="esx-0001", nic="vmnic0", up=False)
    assert small.control.do("path", host="esx-0001", path="vmhba64")["paths"] == 48
    paths = ("runtime.healthSystemRuntime", "config.network.pnic", "config.storageDevice.multipathInfo")
    host = of(client, "HostSystem", "esx-0001", *paths)
    sensors = host[paths[0]].systemHealthInfo.numericSensorInfo
    (hot,) = [each for each in sensors if each.healthState.key == "red"]
    assert hot.currentReading * 10**hot.unitModifier == pytest.approx(93.5)
    assert host[paths[1]][0].linkSpeed is None
    states = [path.pathState for lun in host[paths[2]].lun for path in lun.path]
    assert (states.count("dead"), states.count("active")) == (48, 48)


def test_ha_goes_off_and_a_datastore_fails_for_one_host(small, client):
    small.control.do("ha", cluster="cluster-01", enabled=False)
    small.control.do("datastore", datastore="ds-load-01", host="esx-0001", accessible=False)
    small.control.do("datastore", datastore="ds-load-02", accessible=False, free_bytes=0)
    cluster = of(client, "ClusterComputeResource", "cluster-01", "configurationEx", "summary")
    assert cluster["configurationEx"].dasConfig.enabled is False
    assert cluster["summary"].admissionControlInfo is None
    mounts = of(client, "Datastore", "ds-load-01", "host")["host"]
    assert [each.mountInfo.accessible for each in mounts].count(False) == 1
    summary = of(client, "Datastore", "ds-load-02", "summary")["summary"]
    assert (summary.accessible, summary.freeSpace) == (False, 0)


def test_a_snapshot_has_the_age_and_the_size_it_was_given(small, client):
    small.control.do("snapshot", vm="load-0001-app-1", age_seconds=86400 * 40, bytes=5 << 30, name='q"x')
    machine = of(client, "VirtualMachine", "load-0001-app-1", "snapshot", "layoutEx")
    (tree,) = machine["snapshot"].rootSnapshotList
    now = client.instance.CurrentTime()
    assert (tree.name, round((now - tree.createTime).total_seconds() / 86400)) == ('q"x', 40)
    assert max(file.size for file in machine["layoutEx"].file if "delta" in file.name) == 5 << 30
    small.control.do("snapshot", vm="load-0001-app-1", remove=True)
    assert "snapshot" not in of(client, "VirtualMachine", "load-0001-app-1", "snapshot")


@pytest.mark.parametrize(
    ("verb", "order", "says"),
    [
        ("dance", {}, "is not known; there are"),
        ("power", {"vm": "nobody", "state": "poweredOn"}, "no VirtualMachine"),
        ("power", {"vm": "load-0000-app-1", "state": "asleep"}, "poweredOn, poweredOff or suspended"),
        ("power", {"state": "poweredOn"}, "is needed"),
        ("sensor", {"host": "esx-0001", "sensor": "Mood"}, "has no sensor"),
        ("path", {"host": "esx-0001", "path": "vmhba9"}, "has no path"),
        ("alarm", {"object": "esx-0001", "alarm": "Fire"}, "no alarm"),
        ("fault", {"kind": "mood"}, "there are hang, cut"),
        ("deny", {"path": "config"}, "needs a"),
        ("set", {"object": "esx-0001", "path": "runtime.mood", "value": 1}, "has nothing called"),
        ("delete", {"object": "esx-0001"}, "still has 4 machines"),
    ],
)
def test_what_cannot_be_done_is_refused_with_the_reason(small, verb, order, says):
    with pytest.raises(Refused, match=says):
        small.control.do(verb, **order)
