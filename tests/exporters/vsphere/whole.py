"""A vCenter of which nothing is missing: so every metric that the exporter can give is given once."""

import re

from dcops.exporters.vsphere import cluster as clusters
from dcops.exporters.vsphere import counters, described, instances, operations, own, performance, quick
from dcops.exporters.vsphere import datastore as datastores
from dcops.exporters.vsphere import host as hosts
from dcops.exporters.vsphere import machine as machines
from dcops.exporters.vsphere.details import Slow
from dcops.exporters.vsphere.own import Health
from dcops.exporters.vsphere.parts import Parts
from dcops.exporters.vsphere.problems import Problems
from dcops.exporters.vsphere.record import Standing
from dcops.exporters.vsphere.stated import Stated
from dcops.vsphere.calls import Calls
from dcops.vsphere.details.details import About
from dcops.vsphere.details.hosts import Links, Nic, Settings, StoragePath
from dcops.vsphere.details.licences import Licence
from dcops.vsphere.details.sessions import Login
from dcops.vsphere.managed import Managed, Problem
from dcops.vsphere.samples import Samples
from tests.exporters.vsphere.things import CATALOGUE, VCENTER, cluster, datastore, host, machine, made, mirror

ALARMS = [{"alarm": "alarm-1", "overallStatus": "red"}]
SENSORS = [
    {"name": unit, "currentReading": 1, "unitModifier": 0, "baseUnits": unit, "healthState": {"key": "green"}}
    for unit in ("degrees C", "RPM", "Volts", "Amps", "Watts")
]
MACHINE = machine(
    runtime__maxCpuUsage=1,
    runtime__bootTime=1.0,
    runtime__consolidationNeeded=False,
    runtime__faultToleranceState="running",
    runtime__dasVmProtection={"dasProtected": True},
    summary__storage={"committed": 1, "uncommitted": 1},
    guest__toolsRunningStatus="guestToolsRunning",
    guest__toolsVersionStatus2="guestToolsCurrent",
    guest__disk=[{"diskPath": "/", "capacity": 1, "freeSpace": 1}],
    guest__net=[{"deviceConfigId": 4000, "connected": True, "ipAddress": ["192.0.2.1"]}],
    snapshot={"rootSnapshotList": [{"createTime": 1.0}]},
    triggeredAlarmState=ALARMS,
)
HOST = host(
    runtime__bootTime=1.0,
    runtime__dasHostState={"state": "master"},
    runtime__healthSystemRuntime={
        "systemHealthInfo": {"numericSensorInfo": SENSORS},
        "hardwareStatusInfo": {"cpuStatusInfo": [{"name": "CPU 1", "status": {"key": "Green"}}]},
    },
    triggeredAlarmState=[],
)
DATASTORE = datastore(
    summary__capacity=2,
    summary__freeSpace=1,
    summary__uncommitted=1,
    summary__maintenanceMode="normal",
    summary__url="ds:///vmfs/volumes/volume-1/",
    host=[{"key": "host-1", "mountInfo": {"accessible": True}}],
    vm=["vm-1"],
    triggeredAlarmState=[],
)
CLUSTER = cluster(
    configurationEx={
        "dasConfig": {"enabled": True, "admissionControlEnabled": True},
        "drsConfig": {"enabled": True, "defaultVmBehavior": "manual"},
    },
    summary={
        "numHosts": 1,
        "numEffectiveHosts": 1,
        "totalCpu": 1,
        "totalMemory": 1,
        "effectiveCpu": 1,
        "effectiveMemory": 1,
        "currentFailoverLevel": 1,
        "numVmotions": 1,
        "drsScore": 91,
        "overallStatus": "green",
    },
    triggeredAlarmState=[],
)
POOL = made("ResourcePool", "resgroup-1", {"name": "Resources", "parent": "domain-c1"})
SHARES = {"overallUsage": 1, "maxUsage": 1, "reservationUsed": 1}
STATISTICS = {
    "summary.quickStats": {
        "guestHeartbeatStatus": "green",
        **dict.fromkeys(
            (
                "overallCpuUsage",
                "overallMemoryUsage",
                "hostMemoryUsage",
                "guestMemoryUsage",
                "balloonedMemory",
                "swappedMemory",
                "compressedMemory",
            ),
            1,
        ),
    },
    "runtime": {"cpu": SHARES, "memory": SHARES},
}


class _Details:
    """Answers whatever it is asked."""

    def about(self):
        return About("vCenter", "8.0", "1", "8.0", "")

    def read_clock(self):
        return 0.0

    def read_certificate(self):
        return 1.0

    def read_root(self):
        return Managed("Folder", "group-d1", {"triggeredAlarmState": []})

    def read_links(self):
        links = Links((Nic("vmnic0", 1000, True),), (StoragePath("lun-1", "vmhba1", "dead"),))
        return {"host-1": links}, ()

    def read_settings(self):
        return {"host-1": Settings({"ntpd": True, "TSM-SSH": True}, (), "lockdownNormal", 1.0)}, ()

    def read_licences(self):
        return (Licence("vSphere", "e", "cpuPackage", 1, 1, 1.0),)

    def read_logins(self):
        return (Login("a", "", "", 1.0, 1.0, True),)

    def read_alarm_names(self, moids):
        return {}

    def read_snapshot_bytes(self, moids):
        return dict.fromkeys(moids, 1)

    def read_tags(self):
        return {"vm-1": (("owner", "a"),)}

    def read_attributes(self):
        return {"vm-1": {"Owner": "a"}}, ()


SLOW = ("clock", "alarms", "links", "sessions", "snapshots", "settings", "licences", "tags", "attributes")


def given():
    """Every metric, with the collector that gives it; those about the exporter itself have none."""
    all_of_them = mirror(CLUSTER, HOST, MACHINE, DATASTORE, POOL)
    found = {}
    for thing, module in ((MACHINE, machines), (HOST, hosts), (DATASTORE, datastores), (CLUSTER, clusters)):
        _note(found, "inventory", module.lines(VCENTER, thing))
    for thing in (MACHINE, HOST, DATASTORE, CLUSTER, POOL):
        _note(found, "inventory", described.lines(VCENTER, thing, all_of_them, Stated()))
    read = {thing.moid: STATISTICS for thing in (MACHINE, HOST, POOL)}
    _note(found, "quick", quick.texts(VCENTER, all_of_them, read))
    known = counters.load(None, CATALOGUE, extended=True)
    moids = dict(zip(counters.KINDS, ("vm-1", "host-1"), strict=True))
    samples = Samples({moids[kind]: dict.fromkeys(names, 1.0) for kind, names in known.names().items()})
    _note(found, "performance", performance.texts(VCENTER, samples, all_of_them, known, moids.values()))
    _note(found, "instances", _parts(set(found)))
    told = dict.fromkeys(operations.OPERATIONS, 1.0)
    counted = Samples({CLUSTER.moid: told})
    _note(found, "operations", operations.texts(VCENTER, counted, all_of_them, {CLUSTER.moid}))
    slow = Slow(VCENTER, _Details(), all_of_them, Problems(VCENTER), tags=["owner"], attributes=["Owner"])
    for name in SLOW:
        _note(found, name, getattr(slow, name)())
    _note(found, "", dict.fromkeys(re.findall(r"(?m)^# TYPE (dcops_vsphere_\S+)", _own())))
    return found


def _parts(of_whole):
    rows = instances.load(None, CATALOGUE, extended=True).rows
    moids = {MACHINE.kind: MACHINE.moid, HOST.kind: HOST.moid}
    told = {moid: {} for moid in moids.values()}
    for row in rows:
        name = "volume-1" if row.part == instances.DATASTORE else "part-1"
        told[moids[row.kind]].update({counter: {name: 1.0} for counter in row.counters})
    everything = mirror(CLUSTER, HOST, MACHINE, DATASTORE)
    return Parts(VCENTER, Samples(parts=told), everything, rows, set(moids.values())).texts(of_whole)


def _note(found, collector, lines):
    for metric in lines:
        # Two collectors that give one metric would break its family in two.
        assert found.setdefault(metric, collector) == collector, metric


def _own():
    calls = Calls()
    calls.asked("Login", 1.0, 1, 1, 1)
    problems = [Problem("HostSystem", "host-1", "config", "NoPermission", "Host.Config")]
    standing = Standing("inventory", True, False, 1.0, 1.0, 1, {"timeout": 1}, "")
    health = Health(VCENTER, [standing], calls.now(), {"inventory": calls.now()}, {"Folder": 1}, problems, 1)
    return own.text(health, CATALOGUE)
