"""Ours and pyvmomi's reading of the same bytes."""

import pytest
from pyVmomi import VmomiSupport, vmodl
from pyVmomi.SoapAdapter import SoapResponseDeserializer

from dcops.vsphere.answers.metrics import own_metrics, their_metrics
from dcops.vsphere.answers.objects import OwnObjects, TheirObjects
from dcops.vsphere.answers.schema import Schema
from dcops.vsphere.answers.updates import OwnUpdates, TheirUpdates
from dcops.vsphere.samples import Wish

COLLECTOR = vmodl.query.PropertyCollector
METRICS = VmomiSupport.GetVmodlType("vim.PerformanceManager.EntityMetricBase[]")


def theirs(body, kind):
    return SoapResponseDeserializer(None).Deserialize(body, kind)


def without_invented(theirs, ours):
    """pyvmomi gives zero, False or an empty text for what should have been sent and was not; we give nothing."""
    if isinstance(theirs, dict) and isinstance(ours, dict):
        return {
            key: without_invented(value, ours.get(key))
            for key, value in theirs.items()
            if key in ours or value not in (0, False, "")
        }
    if isinstance(theirs, list) and isinstance(ours, list) and len(theirs) == len(ours):
        return [without_invented(one, other) for one, other in zip(theirs, ours, strict=True)]
    return theirs


def same_updates(body):
    ours, other = OwnUpdates(body, Schema()), TheirUpdates(theirs(body, COLLECTOR.UpdateSet))
    pairs = list(zip(ours, other, strict=True))
    for one, two in pairs:
        assert (one.action, one.kind, one.moid, one.unset, one.missing) == (
            two.action,
            two.kind,
            two.moid,
            two.unset,
            two.missing,
        )
        assert one.assigned == without_invented(two.assigned, one.assigned)
    assert (ours.version, ours.truncated, ours.problems) == (other.version, other.truncated, other.problems)
    return len(pairs)


def same_objects(body):
    ours, other = OwnObjects(body, Schema()), TheirObjects(theirs(body, COLLECTOR.RetrieveResult))
    pairs = list(zip(ours, other, strict=True))
    for one, two in pairs:
        assert (one.kind, one.moid) == (two.kind, two.moid)
        assert one.properties == without_invented(two.properties, one.properties)
    assert (ours.token, ours.problems) == (other.token, other.problems)
    return len(pairs)


def same_metrics(body):
    read = theirs(body, METRICS)
    for parts in (False, True):
        ours = list(own_metrics(body, parts=parts))
        assert ours == list(their_metrics(read, parts=parts))
    return len(ours)


def test_recorded_updates_are_read_alike(recorded):
    assert same_updates(recorded("updates")) == 11


def test_recorded_objects_are_read_alike(recorded):
    assert same_objects(recorded("objects")) == 9


def test_recorded_samples_are_read_alike(recorded):
    assert same_metrics(recorded("samples")) == 8


@pytest.fixture
def heard(vcenter, monkeypatch):
    """Whatever a vCenter answers in this test, by method."""
    from dcops.vsphere import soap

    kept = []
    post = soap.post

    def keep(line, method, *arguments, **more):
        reply = post(line, method, *arguments, **more)
        kept.append((method, bytes(reply.body)))
        return reply

    monkeypatch.setattr(soap, "post", keep)
    return lambda method: [body for name, body in kept if name == method]


def test_all_that_a_simulated_vcenter_says_is_read_alike(simulator, vcenter, heard):
    simulator.control.do("page", objects=7)
    simulator.control.do("deny", type="HostSystem", path="runtime.healthSystemRuntime")
    inventory, reader, details = vcenter.inventory(), vcenter.reader(), vcenter.details()
    inventory.wait(0)
    of_all = {
        "VirtualMachine": ("summary", "guest", "layoutEx", "config.hardware"),
        "HostSystem": ("config", "summary"),
    }
    reader.everything(of_all)
    details.read_links()
    details.read_licences()
    details.read_logins()
    performance = vcenter.performance({"VirtualMachine": ["cpu.ready.summation", "power.power.average"]})
    machines = [(one.kind, one.moid) for one in inventory.present.values() if one.kind == "VirtualMachine"]
    performance.read(machines)
    of_disks = vcenter.performance(
        {"VirtualMachine": ["virtualDisk.read.average", "net.usage.average"]}, Wish(parts=True)
    )
    assert len(of_disks.read(machines).parts) == 16

    assert sum(map(same_updates, heard("WaitForUpdatesEx"))) == len(inventory.present)
    assert len(heard("ContinueRetrievePropertiesEx")) == 2
    pages = heard("RetrievePropertiesEx") + heard("ContinueRetrievePropertiesEx")
    assert sum(map(same_objects, pages)) == 16 + 4 + 4 + 4
    assert sum(map(same_metrics, heard("QueryPerf"))) == 16 + 16
    assert vcenter.calls.now().fallbacks == 0
