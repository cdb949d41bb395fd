"""`_info` series: the only ones that a rename, a vMotion or an edit of the inventory changes."""

import pytest

from dcops.exporters.vsphere.objects import Objects
from dcops.exporters.vsphere.section import Section
from dcops.exporters.vsphere.stated import Place, Stated
from tests.exporters.vsphere.things import (
    VCENTER,
    changes,
    cluster,
    datastore,
    host,
    machine,
    made,
    series,
    text_of,
    tree,
)

STATED = Stated(
    systems_of=lambda name: ("portal",) if name.startswith("portal") else (),
    places={"esx-01": Place("esx-01", "r07", "12")},
)


class Told:
    """Objects with what they tell."""

    def __init__(self, stated=STATED):
        self.told, self.names = Section("inventory"), Section("inventory")
        self.objects = Objects(VCENTER, stated, self.told, self.names)
        self.objects.take(changes(*tree(), cluster(), host(), host("host-2", name="esx-02"), machine(), datastore()))

    @staticmethod
    def text(section):
        return {metric: section.text(metric)[1] for metric in section.versions()}

    def info(self, metric):
        ((labels, value),) = series(self.text(self.names))[metric].items()
        assert value == 1
        return dict(labels)


@pytest.fixture
def told():
    return Told()


def test_a_machine_is_described_by_name_place_and_system(told):
    assert told.info("vm_info") == {
        "vm": "portal-web-1",
        "host": "esx-01.example.test",
        "cluster": "compute",
        "datacenter": "Main",
        "system": "portal",
        "replica": "no",
        "template": "no",
    }


def test_a_host_is_found_in_the_inventory_without_its_domain(told):
    text = told.text(told.names)["dcops_host_info"]

    assert 'host="esx-01.example.test",host_device="esx-01",rack="r07",unit="12"' in text
    assert 'host="esx-02",cluster="compute"' in text


def test_a_vmotion_changes_no_series_but_the_description(told):
    before = told.text(told.told)
    told.objects.take(changes(machine(runtime__host="host-2")))

    assert told.text(told.told) == before
    assert told.info("vm_info")["host"] == "esx-02"


def test_a_rename_changes_no_series_but_the_description(told):
    before = told.text(told.told)
    told.objects.take(changes(machine(name="other")))

    assert told.text(told.told) == before
    assert told.info("vm_info")["vm"] == "other"
    assert "system" not in told.info("vm_info")


@pytest.mark.parametrize(
    ("renamed", "label", "value"),
    [
        (host(name="esx-77"), "host", "esx-77"),
        (cluster(name="production"), "cluster", "production"),
        (made("Datacenter", "datacenter-1", {"name": "Elsewhere", "parent": "group-d1"}), "datacenter", "Elsewhere"),
    ],
)
def test_what_lies_in_something_that_is_renamed_is_described_anew(told, renamed, label, value):
    told.objects.take(changes(renamed))

    assert told.info("vm_info")[label] == value


def test_an_edit_of_the_inventory_counts_at_once(told):
    told.objects.restate(Stated(systems_of=lambda _: ("one", "two")))

    assert told.info("vm_info")["system"] == "one,two"
    assert "r07" not in told.text(told.names)["dcops_host_info"]


def test_an_object_that_is_gone_leaves_nothing(told):
    told.objects.take(changes(left=["vm-1", "datastore-1"]))

    text = text_of(told.text(told.told)) + text_of(told.text(told.names))
    assert "vm-1" not in text
    assert "datastore-1" not in text
    assert "host-1" in text


def test_two_machines_of_one_name_are_two(told):
    told.objects.take(changes(machine("vm-2")))

    lines = told.text(told.names)["dcops_vm_info"].splitlines()
    assert len(set(lines)) == 2
    assert [line.count('vm="portal-web-1"') for line in lines] == [1, 1]


@pytest.mark.parametrize(
    ("properties", "label"),
    [
        ({"config__managedBy": {"extensionKey": "com.vmware.vcHms", "type": "replica"}}, "replica"),
        ({"config__template": True}, "template"),
    ],
)
def test_replicas_and_templates_are_known(told, properties, label):
    told.objects.take(changes(machine(**properties)))

    assert told.info("vm_info")[label] == "yes"


def test_a_machine_whose_host_may_not_be_seen_is_described_without_it(told):
    told.objects.take(changes(left=["host-1"]))

    assert "host" not in told.info("vm_info")
    assert told.info("vm_info")["datacenter"] == "Main"


def test_a_resource_pool_names_the_one_above_it(told):
    told.objects.take(
        changes(
            made("ResourcePool", "resgroup-1", {"name": "Resources", "parent": "domain-c1"}),
            made("VirtualApp", "resgroup-2", {"name": "app", "parent": "resgroup-1"}),
        )
    )

    text = told.text(told.names)["dcops_resource_pool_info"]
    assert 'moid="resgroup-1",pool="Resources",cluster="compute",datacenter="Main"' in text
    assert 'moid="resgroup-2",pool="app",parent="Resources",cluster="compute"' in text
