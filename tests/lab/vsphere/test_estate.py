"""What the lab's vCenters hold."""

import fnmatch
from collections import Counter
from pathlib import Path

import yaml

from lab.vsphere import holdings, serve

SYSTEMS = yaml.safe_load((Path(__file__).parents[3] / "inventory/systems.yaml").read_text())["systems"]
REPLICATION = "com.vmware.vcHms"


def by_name(values):
    return {properties["name"]: properties for properties in values.values()}


def test_the_two_hold_60_hosts_and_376_machines(main, dr):
    assert (main.hosts, main.machines) == (45, 282)
    assert (dr.hosts, dr.machines) == (15, 94)


def test_names_are_those_of_the_estate_file_whatever_is_in_them(main, log_in):
    machines, _ = log_in(main).read("VirtualMachine", "name")
    names = [properties["name"] for properties in machines.values()]
    assert Counter(names) == Counter(holdings.machine_names("vc-main"))
    assert any("\n" in name for name in names)
    assert any('"' in name and "'" in name and "{" in name for name in names)
    assert any("ữ" in name for name in names)
    assert max(map(len, names)) == 80
    assert [name for name, number in Counter(names).items() if number == 2] == ["report-collection-app-1"]


def test_hosts_are_those_of_the_inventory_in_clusters_of_fifteen(main, dr, log_in):
    for simulator, clusters in ((main, 3), (dr, 1)):
        hosts, _ = log_in(simulator).read("HostSystem", "name", "parent")
        assert sorted(h["name"] for h in hosts.values()) == sorted(
            each["name"] for each in holdings.hosts_of(simulator.name)
        )
        assert sorted(Counter(h["parent"]._moId for h in hosts.values()).values()) == [15] * clusters


def test_most_machines_belong_to_one_system_and_some_to_none():
    patterns = [pattern for system in SYSTEMS for pattern in system.get("virtual_machines") or ()]
    names = holdings.machine_names("vc-main")
    owners = {name: [p for p in patterns if fnmatch.fnmatchcase(name, p.split("/")[-1])] for name in names}
    assert max(map(len, owners.values())) == 1
    assert sum(not found for found in owners.values()) == 7


def test_48_replicas_at_dr_are_off_and_called_as_their_sources(dr, log_in):
    machines, _ = log_in(dr).read("VirtualMachine", "name", "config.managedBy", "runtime.powerState")
    replicas = [m for m in machines.values() if "config.managedBy" in m]
    assert len(replicas) == 48
    assert {m["config.managedBy"].extensionKey for m in replicas} == {REPLICATION}
    assert {m["runtime.powerState"] for m in replicas} == {"poweredOff"}
    assert {m["name"] for m in replicas} < set(holdings.machine_names("vc-main"))


def test_a_template_has_no_pool_and_a_machine_without_tools_tells_nothing(main, log_in):
    paths = ("name", "config.template", "resourcePool", "guest.toolsRunningStatus", "guest.net", "guest.hostName")
    machines = by_name(log_in(main).read("VirtualMachine", *paths)[0])
    template, mute = machines["tpl-windows-2022"], machines["hotline-1022-pbx-1"]
    assert template["config.template"]
    assert "resourcePool" not in template
    assert mute["guest.toolsRunningStatus"] == "guestToolsNotRunning"
    assert "guest.hostName" not in mute
    assert not mute.get("guest.net")


def test_zero_is_said_and_what_is_not_measured_is_not(main, log_in):
    machines = by_name(log_in(main).read("VirtualMachine", "name", "summary.quickStats", "guest.disk")[0])
    calm, pressed = machines["gis-app-1"], machines["gis-tiles-2"]
    assert calm["summary.quickStats"].balloonedMemory == 0
    assert pressed["summary.quickStats"].balloonedMemory > 0
    assert machines["education-database-web-2"]["summary.quickStats"].balloonedMemory is None
    assert 0 in [disk.freeSpace for disk in machines["e-learning-app-1"]["guest.disk"]]


def test_snapshots_have_ages_children_and_sizes(main, log_in):
    machines = by_name(log_in(main).read("VirtualMachine", "name", "snapshot", "layoutEx")[0])
    chain = machines["land-database-db-1"]
    names, tree = [], chain["snapshot"].rootSnapshotList
    while tree:
        names.append((tree[0].name, tree[0].createTime))
        tree = tree[0].childSnapshotList
    assert len(names) == 3
    assert [at for _, at in names] == sorted(at for _, at in names)
    files = {file.key: file.size for file in chain["layoutEx"].file}
    last = chain["layoutEx"].disk[0].chain
    assert len(last) == 4
    assert [files[unit.fileKey[-1]] >> 30 for unit in last[1:]] == [12, 3, 1]
    assert "snapshot" not in machines["gis-app-1"]


def test_a_host_shows_sensors_ports_paths_and_its_agent(main, log_in):
    paths = (
        *("name", "runtime.healthSystemRuntime", "config.network.pnic", "config.storageDevice.multipathInfo"),
        *("runtime.dasHostState", "runtime.inMaintenanceMode", "config.service", "summary.hardware.numCpuCores"),
    )
    hosts = by_name(log_in(main).read("HostSystem", *paths)[0])
    sick = hosts["esx-44"]["runtime.healthSystemRuntime"]
    assert [s.name for s in sick.systemHealthInfo.numericSensorInfo if s.healthState.key == "red"] == [
        "Memory Device 5 DIMM A5"
    ]
    assert "red" in {each.status.key for each in sick.hardwareStatusInfo.memoryStatusInfo}
    inlet = sick.systemHealthInfo.numericSensorInfo[0]
    assert 15 < inlet.currentReading * 10**inlet.unitModifier < 30
    speeds = {nic.device: nic.linkSpeed and nic.linkSpeed.speedMb for nic in hosts["esx-23"]["config.network.pnic"]}
    assert speeds == {"vmnic0": 25000, "vmnic1": None, "vmnic2": 25000, "vmnic3": None}
    dead = [
        path.name
        for lun in hosts["esx-18"]["config.storageDevice.multipathInfo"].lun
        for path in lun.path
        if path.pathState == "dead"
    ]
    assert len(dead) == 12
    assert hosts["esx-07"]["runtime.inMaintenanceMode"]
    assert hosts["esx-07"]["runtime.dasHostState"].state == "uninitialized"
    states = Counter(h["runtime.dasHostState"].state for h in hosts.values())
    assert states == {"master": 3, "connectedToMaster": 41, "uninitialized": 1}


def test_a_cluster_tells_what_it_can_lose(main, log_in):
    clusters = by_name(log_in(main).read("ClusterComputeResource", "name", "summary", "configurationEx")[0])
    compute = clusters["main-compute"]
    assert compute["configurationEx"].dasConfig.enabled
    assert compute["configurationEx"].drsConfig.enabled
    assert (compute["summary"].numHosts, compute["summary"].numEffectiveHosts) == (15, 14)
    assert 1 <= compute["summary"].currentFailoverLevel < 14


def test_alarms_have_names(main, log_in):
    client = log_in(main)
    machines = by_name(client.read("VirtualMachine", "name", "triggeredAlarmState")[0])
    (alarm,) = machines["construction-permits-web-1"]["triggeredAlarmState"]
    assert alarm.overallStatus == "red"
    assert alarm.alarm.info.name == "Virtual machine CPU usage"
    assert len(client.content.alarmManager.GetAlarm()) == 11


def test_what_is_triggered_below_is_listed_above_with_whose_it_is(main, log_in):
    client = log_in(main)
    clusters = by_name(client.read("ClusterComputeResource", "name", "triggeredAlarmState", "overallStatus")[0])
    sick = [name for name, cluster in clusters.items() if cluster["triggeredAlarmState"]]
    assert len(sick) == 1
    (alarm,) = clusters[sick[0]]["triggeredAlarmState"]
    assert (alarm.entity.name, alarm.alarm.info.name) == ("esx-44", "Host hardware sensor state")
    assert clusters[sick[0]]["overallStatus"] == "green"


def test_every_vcenter_has_an_identity_of_its_own(main, dr, log_in):
    ours, theirs = (log_in(each).content.about.instanceUuid for each in (main, dr))
    assert ours != theirs


def test_licences_certificates_attributes_and_sessions_are_there(main, log_in):
    client = log_in(main)
    licences = client.content.licenseManager.licenses
    assert [(each.name, each.total, each.used) for each in licences][1] == ("vSphere 8 Enterprise Plus", 96, 90)
    assert {p.key for p in licences[1].properties} >= {"expirationDate"}
    hosts = by_name(client.read("HostSystem", "name", "configManager.certificateManager")[0])
    soon = hosts["esx-31"]["configManager.certificateManager"].certificateInfo
    assert soon.status == "expiring"
    assert hosts["esx-30"]["configManager.certificateManager"].certificateInfo.status == "good"
    assert [field.name for field in client.content.customFieldsManager.field] == ["owner", "backup"]
    assert main.user in [each.userName for each in client.content.sessionManager.sessionList]


def test_the_same_estate_is_the_same_vcenter_each_time(main, log_in):
    needed = ("name", "runtime.host", "config.hardware.memoryMB", "guest.net", "datastore", "config.uuid")
    ours, _ = log_in(main).read("VirtualMachine", *needed)
    with serve("vc-main") as again:
        theirs, _ = log_in(again).read("VirtualMachine", *needed)
    assert {m: str(v) for m, v in ours.items()} == {m: str(v) for m, v in theirs.items()}


def test_datastores_have_types_mounts_and_one_is_nearly_full(main, log_in):
    stores = by_name(log_in(main).read("Datastore", "name", "summary", "host", "vm")[0])
    assert Counter(store["summary"].type for store in stores.values()) == {"VMFS": 10, "NFS": 2}
    assert {len(store["host"]) for store in stores.values()} == {45}
    full = stores["ds-main-07"]["summary"]
    assert full.freeSpace * 20 < full.capacity
    assert sum(len(store["vm"]) for store in stores.values()) == 282
