"""Objects as a vCenter tells them, and their lines as Prometheus reads them."""

from prometheus_client.parser import text_string_to_metric_families

from dcops.exporters import catalogue
from dcops.vsphere.managed import Changes, Managed
from dcops.vsphere.mirror import Mirror

VCENTER = "vc-main"
CATALOGUE = catalogue.load(catalogue.files(None))


def machine(moid="vm-1", /, **properties):
    """A machine that runs; `runtime__host` stands for `runtime.host`, and None takes a property away."""
    return made(
        "VirtualMachine",
        moid,
        {
            "name": "portal-web-1",
            "parent": "group-v1",
            "config.template": False,
            "config.hardware.numCPU": 4,
            "config.hardware.memoryMB": 8192,
            "runtime.powerState": "poweredOn",
            "runtime.connectionState": "connected",
            "runtime.host": "host-1",
        },
        properties,
    )


def host(moid="host-1", /, **properties):
    """A host that is well."""
    return made(
        "HostSystem",
        moid,
        {
            "name": "esx-01.example.test",
            "parent": "domain-c1",
            "summary.hardware.numCpuCores": 32,
            "summary.hardware.numCpuThreads": 64,
            "summary.hardware.cpuMhz": 2400,
            "summary.hardware.memorySize": 512 << 30,
            "runtime.powerState": "poweredOn",
            "runtime.connectionState": "connected",
            "runtime.inMaintenanceMode": False,
        },
        properties,
    )


def cluster(moid="domain-c1", /, **properties):
    """A cluster."""
    return made("ClusterComputeResource", moid, {"name": "compute", "parent": "group-h1"}, properties)


def datastore(moid="datastore-1", /, **properties):
    """A datastore."""
    return made("Datastore", moid, {"name": "ds-01", "parent": "group-s1", "summary.accessible": True}, properties)


def tree():
    """What machines, hosts and datastores lie in."""
    folders = {f"group-{letter}1": "datacenter-1" for letter in "vhs"}
    return [
        made("Datacenter", "datacenter-1", {"name": "Main", "parent": "group-d1"}),
        *(made("Folder", moid, {"name": moid, "parent": parent}) for moid, parent in folders.items()),
    ]


def made(kind, moid, properties, more=()):
    """Any object."""
    own = {**properties, **{name.replace("__", "."): value for name, value in dict(more).items()}}
    return Managed(kind, moid, {name: value for name, value in own.items() if value is not None})


def mirror(*things):
    """What holds these things, and the tree above them."""
    found = Mirror()
    found.apply(changes(*tree(), *things))
    return found


def changes(*changed, left=(), full=False, problems=()):
    """One look at the inventory."""
    return Changes(full, tuple(changed), tuple(left), tuple(problems), len(changed))


def series(lines):
    """Every sample as {name: {labels: value}}, without the labels that all of one object have."""
    text = lines if isinstance(lines, str) else text_of(lines)
    found = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            labels = {name: value for name, value in sample.labels.items() if name not in ("vcenter", "moid")}
            key = tuple(sorted(labels.items()))
            of_metric = found.setdefault(sample.name.removeprefix("dcops_"), {})
            assert key not in of_metric or sample.labels.get("moid"), f"{sample} stands there twice"
            of_metric[key] = sample.value
    return found


def text_of(lines):
    """The lines with the heads of their metrics; fails on a metric, or a label, that the catalogue does not have."""
    text = "".join(CATALOGUE.metrics[metric].head + more for metric, more in lines.items())
    for family in text_string_to_metric_families(text):
        metric = CATALOGUE.metrics[family.name + ("_total" if family.type == "counter" else "")]
        for sample in family.samples:
            assert not set(sample.labels) - metric.labels, sample
            assert metric.labels - metric.optional <= set(sample.labels), sample
    return text


def states(found, metric):
    """The state that is 1, of a state set that has just one."""
    (now,) = [dict(labels) for labels, value in found[metric].items() if value == 1]
    return now


def series_of_all(text):
    """Every sample of a page as {name: {labels: value}}; no series may stand there twice."""
    found = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            of_metric = found.setdefault(sample.name, {})
            key = frozenset(sample.labels.items())
            assert key not in of_metric, f"{sample} stands there twice"
            of_metric[key] = sample.value
    return found


def one(found, metric, **labels):
    """The labels and the value of the one series that has these labels."""
    every = [(dict(key), number) for key, number in found.get(metric, {}).items()]
    fitting = [(own, number) for own, number in every if labels.items() <= own.items()]
    assert len(fitting) == 1, f"{metric} {labels}: {len(fitting)} series"
    return fitting[0]


def having(found, metric, **labels):
    """The values of all series that have these labels."""
    return [number for key, number in found.get(metric, {}).items() if labels.items() <= dict(key).items()]


def value(found, metric, **labels):
    """The value of the one series that has these labels."""
    return one(found, metric, **labels)[1]


def moid_of(found, name, kind="vm"):
    """The moid of what has a name."""
    return one(found, f"dcops_{kind}_info", **{kind: name})[0]["moid"]
