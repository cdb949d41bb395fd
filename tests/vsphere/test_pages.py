"""Pages and lost answers, over a transport of ours: it says what a vCenter could say at any moment."""

import re

import pytest

from dcops.errors import DeviceError, ErrorKind
from dcops.vsphere.calls import Calls
from dcops.vsphere.inventory import Inventory
from dcops.vsphere.reading import Reader
from dcops.vsphere.soap import Writer
from dcops.vsphere.target import Limits
from dcops.vsphere.trouble import Fault
from tests.vsphere.answers.texts import answer, change, not_allowed, update, updates

BROKEN = DeviceError(ErrorKind.UNREACHABLE, "the connection broke")


class Named:
    """A managed object, of which only the name is needed."""

    def __init__(self, moid):
        self._moid = moid

    def _GetMoId(self):  # noqa: N802  pyvmomi's name
        return self._moid


class Content:
    propertyCollector = Named("propertyCollector")  # noqa: N815  vSphere's name


class Ticket:
    writer = Writer("vim.version.version14")
    content = Content()
    view = "view-1"

    def __init__(self, number):
        self.number = number


class Scripted:
    """A caller that gives the answers of a list, in their order; it keeps what it was asked."""

    name = "vc-lab"

    def __init__(self, *answers):
        self.limits = Limits()
        self.calls = Calls()
        self.answers = list(answers)
        self.asked = []
        self.filters = 0
        self.number = 1

    def within(self, work):
        return work(Ticket(self.number))

    def post(self, ticket, method, question, more_seconds=0.0):
        self.asked.append((method, question.decode(), more_seconds))
        said = self.answers.pop(0)
        if isinstance(said, Exception):
            raise said
        return bytearray(said)

    def call(self, ticket, kind, moid, method, *arguments):
        if method == "CreateFilter":
            self.filters += 1
            return Named(f"filter-{self.filters}")
        return None

    def versions(self):
        return [re.search("<version[^>]*>([^<]*)<", question)[1] for _, question, _ in self.asked]


def vm(number, name="a", action="enter"):
    return update(f"vm-{number}", change("name", name), action=action)


def moids(changes):
    return sorted(one.moid for one in changes.changed)


def test_a_truncated_answer_is_asked_on_at_once_with_its_version():
    caller = Scripted(
        updates(vm(1), version="1", truncated="true"),
        updates(vm(2), version="2", truncated="true"),
        updates(vm(3), version="3", truncated="false"),
    )
    changes = Inventory(caller).wait(60)

    assert moids(changes) == ["vm-1", "vm-2", "vm-3"]
    assert caller.versions() == ["", "1", "2"]
    assert [waited for _, _, waited in caller.asked] == [0.0, 0.0, 0.0]


def test_a_long_answer_to_a_wait_is_read_to_its_end_without_waiting_again():
    caller = Scripted(
        updates(vm(1), vm(2), version="1"),
        updates(vm(1, "b", "modify"), version="2", truncated="true"),
        updates(vm(2, "b", "modify"), version="3"),
    )
    inventory = Inventory(caller)
    inventory.wait(60)
    changes = inventory.wait(60)

    assert (moids(changes), changes.full, changes.updates) == (["vm-1", "vm-2"], False, 2)
    assert [waited for _, _, waited in caller.asked] == [0.0, 60.0, 0.0]
    assert "<maxWaitSeconds>60<" in caller.asked[1][1]
    assert "<maxObjectUpdates>1000<" in caller.asked[1][1]


def test_what_was_heard_before_an_answer_broke_is_told_with_the_next():
    caller = Scripted(
        updates(vm(1), vm(2), version="1"),
        updates(vm(1, "b", "modify"), version="2", truncated="true"),
        BROKEN,
        updates(vm(2, "b", "modify"), version="3"),
    )
    inventory = Inventory(caller)
    inventory.wait(0)
    with pytest.raises(DeviceError):
        inventory.wait(60)

    assert moids(inventory.wait(60)) == ["vm-1", "vm-2"]
    assert caller.versions() == ["", "1", "2", "2"]
    assert caller.asked[-1][2] == 0.0


def test_a_first_look_that_broke_goes_on_where_it_was_and_is_still_a_first_look():
    caller = Scripted(updates(vm(1), version="1", truncated="true"), BROKEN, updates(vm(2), version="2"))
    inventory = Inventory(caller)
    with pytest.raises(DeviceError):
        inventory.wait(60)
    changes = inventory.wait(60)

    assert (moids(changes), changes.full, caller.filters) == (["vm-1", "vm-2"], True, 1)


def test_a_version_that_is_lost_between_two_pages_begins_anew():
    caller = Scripted(
        updates(vm(1), version="1", truncated="true"),
        Fault("InvalidCollectorVersion"),
        updates(vm(1), vm(2), version="1"),
    )
    changes = Inventory(caller).wait(60)

    assert (moids(changes), caller.filters, caller.versions()) == (["vm-1", "vm-2"], 2, ["", "1", ""])


def test_a_new_session_tells_what_is_new_what_is_gone_and_nothing_else():
    caller = Scripted(updates(vm(1), vm(2), vm(3), version="1"), updates(vm(1), vm(2, "b"), vm(4), version="1"))
    inventory = Inventory(caller)
    inventory.wait(0)
    kept = inventory.present["vm-1"]
    caller.number = 2
    changes = inventory.wait(0)

    assert (moids(changes), changes.left, changes.full) == (["vm-2", "vm-4"], ("vm-3",), True)
    assert inventory.present["vm-1"] is kept


def test_a_resync_that_breaks_tells_all_of_it_in_the_end():
    caller = Scripted(
        updates(vm(1), vm(2), version="1"),
        updates(vm(1, "b"), version="1", truncated="true"),
        BROKEN,
        updates(vm(1, "b"), version="1", truncated="true"),
        updates(vm(2), version="2"),
    )
    inventory = Inventory(caller)
    inventory.wait(0)
    caller.number = 2
    with pytest.raises(DeviceError):
        inventory.wait(0)
    caller.number = 3
    changes = inventory.wait(0)

    assert (moids(changes), changes.left) == (["vm-1"], ())


def test_one_that_comes_and_goes_in_one_answer_is_not_there():
    caller = Scripted(updates(vm(1), version="1"), updates(vm(2), update("vm-2", action="leave"), version="2"))
    inventory = Inventory(caller)
    inventory.wait(0)
    changes = inventory.wait(0)

    assert (changes.changed, set(inventory.present)) == ((), {"vm-1"})


def test_one_that_goes_and_comes_back_in_one_answer_is_there():
    caller = Scripted(updates(vm(1), version="1"), updates(update("vm-1", action="leave"), vm(1, "b"), version="2"))
    inventory = Inventory(caller)
    inventory.wait(0)
    changes = inventory.wait(0)

    assert (moids(changes), changes.left) == (["vm-1"], ())


def test_a_property_that_is_unset_goes_and_the_others_stay():
    unset = update("vm-1", change("snapshot", operation="remove"), action="modify")
    caller = Scripted(
        updates(update("vm-1", change("name", "a"), change("snapshot", "s")), version="1"), updates(unset, version="2")
    )
    inventory = Inventory(caller)
    before = inventory.wait(0).changed[0]
    after = inventory.wait(0).changed[0]

    assert after.properties == {"name": "a"}
    assert before.properties == {"name": "a", "snapshot": "s"}


def test_a_problem_stands_until_the_value_comes():
    caller = Scripted(
        updates(update("vm-1", change("name", "a"), missing=not_allowed("guest.net")), version="1"),
        updates(update("vm-1", change("name", "b"), action="modify"), version="2"),
        updates(update("vm-1", change("guest.net", "", "ArrayOfGuestNicInfo"), action="modify"), version="3"),
    )
    inventory = Inventory(caller)

    assert [len(inventory.wait(0).problems) for _ in range(3)] == [1, 1, 0]


def test_an_answer_that_nobody_can_read_says_so():
    caller = Scripted(updates(vm(1), version="1"), b"<html>")
    inventory = Inventory(caller)
    inventory.wait(0)
    with pytest.raises(DeviceError, match="vc-lab: the answer to WaitForUpdatesEx cannot be read") as caught:
        inventory.wait(0)

    assert caught.value.kind is ErrorKind.INVALID
    assert set(inventory.present) == {"vm-1"}


def test_an_answer_that_surprises_both_readers_is_an_error():
    caller = Scripted(updates(update("vm-1", change("x", "1", "SomethingElse")), version="1"))
    with pytest.raises(DeviceError, match="cannot be read"):
        Inventory(caller).wait(0)

    assert caller.calls.now().fallbacks == 1


def page(*numbers, token=""):
    objects = "".join(
        f'<objects><obj type="HostSystem">host-{number}</obj><propSet><name>name</name>'
        f'<val xsi:type="xsd:string">h{number}</val></propSet></objects>'
        for number in numbers
    )
    more = f"<token>{token}</token>" if token else ""
    return answer("RetrievePropertiesEx", f"<returnval>{more}{objects}</returnval>")


def test_properties_are_read_page_by_page():
    caller = Scripted(page(1, 2, token="t1"), page(3, token="t2"), page(4))
    read = Reader(caller).everything({"HostSystem": ("name",)})

    assert [one.moid for one in read.objects] == ["host-1", "host-2", "host-3", "host-4"]
    assert [method for method, _, _ in caller.asked] == ["RetrievePropertiesEx", *["ContinueRetrievePropertiesEx"] * 2]
    assert ">t2</token>" in caller.asked[2][1]


def test_an_object_that_is_deleted_while_it_is_asked_for_is_left_out():
    gone = Fault("ManagedObjectNotFound", moid="host-2")
    caller = Scripted(gone, page(1))
    read = Reader(caller).single([("HostSystem", "host-1"), ("HostSystem", "host-2")], {"HostSystem": ("name",)})

    assert [one.moid for one in read.objects] == ["host-1"]
    assert "host-2" not in caller.asked[1][1]


def test_a_fault_that_names_something_else_is_not_asked_about_for_ever():
    caller = Scripted(Fault("ManagedObjectNotFound", moid="host-7"))
    with pytest.raises(DeviceError, match="ManagedObjectNotFound"):
        Reader(caller).single([("HostSystem", "host-1")], {"HostSystem": ("name",)})

    assert len(caller.asked) == 1


def test_nothing_asked_for_is_no_question():
    caller = Scripted()

    assert Reader(caller).single([], {"HostSystem": ("name",)}).objects == ()
    assert caller.asked == []
