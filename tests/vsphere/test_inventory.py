import pytest

from dcops.errors import DeviceError, ErrorKind
from dcops.vsphere.managed import Problem
from dcops.vsphere.watched import WATCHED

KINDS = {"VirtualMachine", "HostSystem", "Datastore", "ClusterComputeResource", "Datacenter", "Folder", "ResourcePool"}


@pytest.fixture
def inventory(vcenter):
    return vcenter.inventory()


def machine(simulator, number=0):
    return simulator.control.ask("objects", kind="VirtualMachine")["objects"][number]


def test_the_first_look_gives_everything_and_the_next_only_what_changed(simulator, inventory):
    first = inventory.wait(0)

    assert first.full
    assert {one.kind for one in first.changed} >= KINDS
    assert sum(one.kind == "VirtualMachine" for one in first.changed) == 16
    assert {one.moid for one in first.changed} == set(inventory.present)
    assert not first.problems

    second = inventory.wait(0)
    assert (second.full, len(second), second.updates) == (False, 0, 0)


def test_one_machine_that_stops_is_one_object_in_one_call(simulator, inventory):
    inventory.wait(0)
    off = machine(simulator)["moid"]
    simulator.control.reset()
    simulator.control.do("power", vm=off, state="poweredOff")

    changes = inventory.wait(10)

    (told,) = [one for one in changes.changed if one.kind == "VirtualMachine"]
    assert (told.moid, told.properties["runtime.powerState"]) == (off, "poweredOff")
    assert "runtime.bootTime" not in told.properties
    assert told.properties["name"] == machine(simulator)["name"]
    assert inventory.present[off] is told
    assert simulator.control.calls() == {"WaitForUpdatesEx": 1}
    simulator.control.do("power", vm=off, state="poweredOn")


def test_a_machine_that_moves_keeps_its_identity(simulator, inventory):
    inventory.wait(0)
    moid = machine(simulator)["moid"]
    before = inventory.present[moid].properties["runtime.host"]
    simulator.control.do("vmotion", vm=moid)

    changes = inventory.wait(10)

    assert not changes.left
    after = next(one for one in changes.changed if one.moid == moid)
    assert after.properties["runtime.host"] not in (before, None)


def test_a_machine_that_is_deleted_leaves(simulator, inventory):
    simulator.control.do("add", name="short-lived", cluster=cluster(simulator))
    inventory.wait(0)
    gone = simulator.control.moid("short-lived")
    simulator.control.do("delete", object=gone)

    changes = inventory.wait(10)

    assert gone in changes.left
    assert gone not in inventory.present


def cluster(simulator):
    return simulator.control.ask("objects", kind="ClusterComputeResource")["objects"][0]["name"]


def test_odd_names_arrive_as_they_are(simulator, inventory):
    moid, before = machine(simulator).values()
    name = 'Máy chủ "cổng <dịch vụ>"\n& phòng ' + "ắ" * 50
    simulator.control.do("rename", object=moid, name=name)
    inventory.wait(0)

    assert inventory.present[moid].properties["name"] == name
    simulator.control.do("rename", object=moid, name=before)


def test_two_machines_of_one_name_are_two(simulator, inventory):
    (first, name), (second, before) = machine(simulator, 0).values(), machine(simulator, 1).values()
    simulator.control.do("rename", object=second, name=name)
    inventory.wait(0)

    assert {moid for moid, one in inventory.present.items() if one.properties.get("name") == name} == {first, second}
    simulator.control.do("rename", object=second, name=before)


def test_pages_of_a_few_objects_give_the_same(simulator, ask, inventory):
    whole = {one.moid: one for one in inventory.wait(0).changed}
    simulator.control.do("page", objects=5)
    simulator.control.reset()
    paged = ask(page_objects=5).inventory()

    changes = paged.wait(0)

    assert {one.moid: one for one in changes.changed} == whole
    assert simulator.control.calls()["WaitForUpdatesEx"] == -(-len(whole) // 5)
    assert not paged.wait(0).full


def test_an_answer_that_breaks_off_loses_nothing(simulator, ask, inventory):
    whole = {one.moid: one for one in inventory.wait(0).changed}
    simulator.control.do("page", objects=5)
    paged = ask(page_objects=5).inventory()
    paged.wait(0)
    moved = machine(simulator)["moid"]
    simulator.control.do("fault", kind="truncate", method="WaitForUpdatesEx", times=1)
    simulator.control.do("vmotion", vm=moved)
    with pytest.raises(DeviceError) as caught:
        paged.wait(5)
    changes = paged.wait(5)

    assert caught.value.kind in (ErrorKind.INVALID, ErrorKind.TRUNCATED)
    assert moved in {one.moid for one in changes.changed}
    assert set(paged.present) == set(whole)


def test_a_lost_version_is_followed_by_a_full_look_that_tells_only_differences(simulator, inventory):
    inventory.wait(0)
    moved = machine(simulator)["moid"]
    simulator.control.do(
        "fault", kind="soap-fault", fault="InvalidCollectorVersion", method="WaitForUpdatesEx", times=1
    )
    simulator.control.do("vmotion", vm=moved)
    before = dict(inventory.present)

    changes = inventory.wait(5)

    assert changes.full
    assert changes.updates == len(before)
    assert moved in {one.moid for one in changes.changed}
    same = [moid for moid in before if inventory.present[moid] is before[moid]]
    assert len(same) >= len(before) - 4
    stats = simulator.control.stats()
    assert (stats["filters_now"], stats["sessions_now"], stats["logins"]) == (1, 1, 1)


def test_what_went_while_nobody_looked_has_left(simulator, inventory):
    simulator.control.do("add", name="short-lived", cluster=cluster(simulator))
    inventory.wait(0)
    gone = simulator.control.moid("short-lived")
    simulator.control.do("kill-sessions")
    simulator.control.do("delete", object=gone)

    changes = inventory.wait(0)

    assert (changes.full, changes.left) == (True, (gone,))


def test_a_missing_privilege_is_named_and_the_rest_is_there(simulator, inventory):
    simulator.control.do("deny", type="VirtualMachine", path="guest.net", privilege="System.Read")
    changes = inventory.wait(0)

    moid = machine(simulator)["moid"]
    assert len(changes.problems) == 16
    assert Problem("VirtualMachine", moid, "guest.net", "NoPermission", "System.Read", moid) in changes.problems
    assert "guest.net" not in inventory.present[moid].properties
    assert "runtime.host" in inventory.present[moid].properties


def test_a_privilege_that_is_given_back_ends_the_problem(simulator, inventory):
    simulator.control.do("deny", type="VirtualMachine", path="guest.net")
    inventory.wait(0)
    simulator.control.do("allow")

    assert not inventory.wait(10).problems
    assert "guest.net" in inventory.present[machine(simulator)["moid"]].properties


def test_a_privilege_that_is_taken_away_takes_the_value_along(simulator, inventory):
    inventory.wait(0)
    simulator.control.do("deny", type="HostSystem", path="datastore")

    changes = inventory.wait(10)

    assert {problem.path for problem in changes.problems} == {"datastore"}
    assert not any("datastore" in one.properties for one in changes.changed if one.kind == "HostSystem")


def test_a_property_that_is_not_set_has_no_key(simulator, inventory):
    simulator.control.do("unset", type="HostSystem", path="runtime.dasHostState")
    inventory.wait(0)

    hosts = [one for one in inventory.present.values() if one.kind == "HostSystem"]
    assert hosts
    assert not any("runtime.dasHostState" in one.properties for one in hosts)


def test_a_surprising_answer_is_left_to_pyvmomi_and_counted(simulator, vcenter, inventory, monkeypatch):
    from dcops.vsphere import inventory as module
    from dcops.vsphere.answers.simple import Surprise

    class Surprised(module.OwnUpdates):
        def __iter__(self):
            yield from list(super().__iter__())[:3]
            raise Surprise("odd")

    monkeypatch.setattr(module, "OwnUpdates", Surprised)
    changes = inventory.wait(0)

    assert set(moids(simulator)) <= {one.moid for one in changes.changed}
    assert vcenter.calls.now().fallbacks == 1


def moids(simulator):
    kinds = ("VirtualMachine", "HostSystem", "Datastore")
    return [each["moid"] for kind in kinds for each in simulator.control.ask("objects", kind=kind)["objects"]]


def test_quick_figures_are_not_among_what_is_watched():
    assert not [path for paths in WATCHED.values() for path in paths if "quickStats" in path]
