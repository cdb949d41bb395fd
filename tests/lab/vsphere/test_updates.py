"""Waiting for updates is as strict as at a real vCenter."""

import threading

import pytest
from pyVmomi import vim, vmodl

from tests.lab.vsphere.conftest import until

WATCHED = {
    "VirtualMachine": ("name", "runtime.host", "runtime.powerState", "guest.net"),
    "HostSystem": ("name", "runtime"),
}


def objects(found):
    return [each for part in found.filterSet for each in part.objectSet] if found else []


def changes(found):
    return {each.obj._moId: {c.name: c.val for c in each.changeSet} for each in objects(found)}


@pytest.fixture
def version(client):
    """Everything was heard once."""
    client.watch(WATCHED)
    return client.wait("").version


def test_the_first_answer_is_everything_in_pieces(client):
    client.watch(WATCHED)
    found, sizes = client.wait("", most=6), []
    while True:
        assert {each.kind for each in objects(found)} == {"enter"}
        sizes.append(len(objects(found)))
        if not found.truncated:
            break
        found = client.wait(found.version, most=6)
    assert sizes == [6, 6, 6, 2]


def test_nothing_new_is_no_answer(client, version):
    assert client.wait(version) is None


@pytest.mark.parametrize(
    ("verb", "order", "path"),
    [
        ("power", {"state": "poweredOff"}, "runtime.powerState"),
        ("vmotion", {}, "runtime.host"),
        ("rename", {"name": "tên 'mới'\n2"}, "name"),
        ("guest", {"addresses": ["192.0.2.9"]}, "guest.net"),
    ],
)
def test_a_change_tells_of_the_one_object_and_the_whole_property(small, client, version, verb, order, path):
    moid = small.control.moid("load-0000-app-1")
    small.control.do(verb, **{"object" if verb == "rename" else "vm": moid}, **order)
    (changed,) = [c for each, c in changes(client.wait(version)).items() if each == moid]
    now = client.read("VirtualMachine", path)[0][moid][path]
    assert str(changed[path]) == str(now)


def test_a_wait_ends_when_something_happens(small, client, version):
    told = []
    waiting = threading.Thread(target=lambda: told.append(client.wait(version, seconds=20)))
    waiting.start()
    until(lambda: small.control.stats()["waiting_now"])
    small.control.do("vmotion", vm="load-0000-app-1")
    waiting.join(15)
    assert small.control.moid("load-0000-app-1") in changes(told[0])


def test_what_comes_and_goes_enters_and_leaves(small, client, version):
    made = small.control.do("add", name='new "one"')["vm"]
    found = client.wait(version)
    (entered,) = [each for each in objects(found) if each.kind == "enter"]
    assert (entered.obj._moId, entered.changeSet[0].val) == (made, 'new "one"')
    small.control.do("delete", object=made)
    (left,) = [each for each in objects(client.wait(found.version)) if each.kind == "leave"]
    assert left.obj._moId == made


def test_a_property_that_is_no_longer_set_is_assigned_nothing(small, client, version):
    moid = small.control.moid("load-0000-app-1")
    small.control.do("unset", object=moid, path="guest.net")
    assert changes(client.wait(version)) == {moid: {"guest.net": None}}


def test_a_privilege_that_is_taken_is_told_of(small, client, version):
    moid = small.control.moid("load-0000-app-1")
    small.control.do("deny", object=moid, path="runtime.powerState", privilege="System.Read")
    (update,) = objects(client.wait(version))
    assert update.obj._moId == moid
    assert [each.path for each in update.missingSet] == ["runtime.powerState"]


def test_a_version_that_nobody_gave_is_refused_and_the_last_but_one_is_told_again(small, client, version):
    small.control.do("vmotion", vm="load-0000-app-1")
    first = client.wait(version)
    again = client.wait(version)
    assert changes(first).keys() == changes(again).keys()
    for wrong in ("4711", "x"):
        with pytest.raises(vmodl.query.InvalidCollectorVersion):
            client.wait(wrong)


def test_churn_is_one_answer(small, client, log_in):
    client.watch({"VirtualMachine": ("summary.quickStats", "guest.disk")})
    version = client.wait("").version
    small.control.reset()
    small.control.do("churn", machines=10)
    assert len(changes(client.wait(version))) == 10
    assert small.control.calls()["WaitForUpdatesEx"] == 1


def test_a_killed_session_ends_a_wait_and_leaves_nothing_open(small, client, version):
    faults = []

    def wait():
        try:
            client.wait(version, seconds=20)
        except vim.fault.NotAuthenticated as error:
            faults.append(error)

    waiting = threading.Thread(target=wait)
    waiting.start()
    until(lambda: small.control.stats()["waiting_now"])
    assert small.control.do("kill-sessions") == {"killed": 1}
    waiting.join(15)
    assert len(faults) == 1
    stats = small.control.stats()
    assert (stats["sessions_now"], stats["views_now"], stats["filters_now"]) == (0, 0, 0)


def test_a_collector_of_a_session_that_is_gone_does_not_exist(small, client, version, log_in):
    filtered = client.watch(WATCHED)
    small.control.do("kill-sessions")
    stale = type(filtered)(filtered._moId, log_in(small).instance._stub)
    with pytest.raises(vmodl.fault.ManagedObjectNotFound):
        stale.DestroyPropertyFilter()


def test_filters_and_views_are_counted_until_they_are_destroyed(small, client):
    made = client.watch(WATCHED)
    stats = small.control.stats()
    assert (stats["filters_now"], stats["views_now"]) == (1, 1)
    made.DestroyPropertyFilter()
    assert small.control.stats()["filters_now"] == 0
