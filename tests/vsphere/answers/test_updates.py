import pytest

from dcops.vsphere.answers.malformed import Malformed
from dcops.vsphere.answers.schema import Schema
from dcops.vsphere.answers.simple import Surprise
from dcops.vsphere.answers.updates import OwnUpdates
from dcops.vsphere.managed import Problem
from tests.vsphere.answers.texts import answer, change, not_allowed, update, updates


def read(body):
    found = OwnUpdates(body, Schema())
    return list(found), found


def test_what_comes_changes_and_leaves_is_told_apart():
    found, rest = read(
        updates(
            update("vm-1", change("name", "portal-1")),
            update("vm-2", change("name", "portal-2"), action="modify"),
            update("vm-3", action="leave"),
            version="17",
        )
    )

    assert [(one.action, one.moid, one.assigned) for one in found] == [
        ("enter", "vm-1", {"name": "portal-1"}),
        ("modify", "vm-2", {"name": "portal-2"}),
        ("leave", "vm-3", {}),
    ]
    assert (rest.version, rest.truncated) == ("17", False)


def test_an_answer_says_that_there_is_more():
    assert read(updates(update("vm-1"), truncated="true"))[1].truncated


def test_nothing_has_changed_is_an_answer_without_a_version():
    found, rest = read(answer("WaitForUpdatesEx", ""))

    assert (found, rest.version, rest.truncated) == ([], "", False)


def test_an_array_of_one_is_a_list_at_every_depth():
    nic = (
        "<GuestNicInfo><ipAddress>192.0.2.7</ipAddress><connected>true</connected><deviceConfigId>4000</deviceConfigId>"
    )
    nic += (
        "<ipConfig><ipAddress><ipAddress>2001:db8::7</ipAddress><prefixLength>64</prefixLength></ipAddress></ipConfig>"
    )
    ((one,), _) = read(updates(update("vm-1", change("guest.net", nic + "</GuestNicInfo>", "ArrayOfGuestNicInfo"))))

    assert one.assigned["guest.net"] == [
        {
            "ipAddress": ["192.0.2.7"],
            "connected": True,
            "deviceConfigId": 4000,
            "ipConfig": {"ipAddress": [{"ipAddress": "2001:db8::7", "prefixLength": 64}]},
        }
    ]


@pytest.mark.parametrize(
    ("kind", "written", "value"),
    [
        ("xsd:int", "-7", -7),
        ("xsd:long", "17592186044416", 17592186044416),
        ("xsd:boolean", "0", False),
        ("xsd:double", "0.5", 0.5),
        ("xsd:dateTime", "2026-03-29T01:30:00+02:00", 1774740600.0),
        ("xsd:dateTime", "2026-03-28T23:30:00.123456789Z", 1774740600.123456),
        ("ManagedObjectReference", "host-1", "host-1"),
        ("vim25:VirtualMachinePowerState", "poweredOn", "poweredOn"),
        ("ArrayOfManagedObjectReference", "", []),
        ("ArrayOfString", "<string>a</string>", ["a"]),
        ("ArrayOfInt", "<int>1</int><int>2</int>", [1, 2]),
    ],
)
def test_values_have_the_type_that_they_say(kind, written, value):
    ((one,), _) = read(updates(update("vm-1", change("x", written, kind))))

    assert one.assigned == {"x": value}


def test_names_keep_quotes_newlines_and_letters_of_any_script():
    name = "Cổng &quot;dịch vụ&quot; &lt;công&gt;&#10;" + "x" * 80
    ((one,), _) = read(updates(update("vm-1", change("name", name))))

    assert one.assigned["name"] == 'Cổng "dịch vụ" <công>\n' + "x" * 80


def test_a_more_special_class_is_named():
    policy = '<admissionControlPolicy xsi:type="ClusterFailoverResourcesAdmissionControlPolicy">'
    policy += "<cpuFailoverResourcesPercent>25</cpuFailoverResourcesPercent>"
    policy += "</admissionControlPolicy>"
    config = f"<dasConfig><enabled>true</enabled>{policy}</dasConfig>"
    ((one,), _) = read(updates(update("domain-c1", change("configurationEx", config, "ClusterConfigInfoEx"))))

    assert one.assigned["configurationEx"]["dasConfig"]["admissionControlPolicy"] == {
        "cpuFailoverResourcesPercent": 25,
        "@type": "ClusterFailoverResourcesAdmissionControlPolicy",
    }


def test_what_is_no_longer_set_is_named_and_has_no_value():
    ((one,), _) = read(
        updates(
            update(
                "vm-1",
                change("snapshot", operation="indirectRemove"),
                change("guest.net", operation="remove"),
                change("runtime.bootTime", None),
                action="modify",
            )
        )
    )

    assert (one.assigned, one.unset) == ({}, ("snapshot", "guest.net", "runtime.bootTime"))


def test_a_missing_privilege_is_named_with_object_and_path():
    ((one,), _) = read(updates(update("vm-1", missing=not_allowed("guest.net", "VirtualMachine.Interact", "vm-1"))))

    assert one.missing == (
        Problem("VirtualMachine", "vm-1", "guest.net", "NoPermission", "VirtualMachine.Interact", "vm-1"),
    )
    assert str(one.missing[0]) == (
        "may not read guest.net of VirtualMachine vm-1: privilege VirtualMachine.Interact is missing on vm-1"
    )


def test_an_object_that_is_not_shown_at_all_is_named():
    gone = '<fault><fault xsi:type="ManagedObjectNotFound"/><localizedMessage/></fault>'
    missing = f'<missingSet><obj type="HostSystem">host-9</obj>{gone}</missingSet>'
    _, rest = read(updates(missing=missing))

    assert rest.problems == [Problem("HostSystem", "host-9", "", "ManagedObjectNotFound")]


def test_a_field_that_the_schema_does_not_know_is_read_by_its_looks():
    disk = "<GuestDiskInfo><capacity>5</capacity><colour><name>blue</name></colour></GuestDiskInfo>"
    ((one,), _) = read(updates(update("vm-1", change("guest.disk", disk, "ArrayOfGuestDiskInfo"))))

    assert one.assigned["guest.disk"] == [{"capacity": 5, "colour": {"name": "blue"}}]


@pytest.mark.parametrize(
    "body",
    [
        updates(update("vm-1", change("x", "1", "SomethingElse"))),
        updates(update("vm-1", change("x", "seven", "xsd:int"))),
        updates(update("vm-1", change("x", "maybe", "xsd:boolean"))),
        updates(update("vm-1", change("x", "yesterday", "xsd:dateTime"))),
        updates(update("vm-1", change("x", "2026-01-01T00:00:00", "xsd:dateTime"))),
        updates(update("vm-1", change("x", "1", operation="multiply"))),
        updates(update("vm-1", action="return")),
        updates(update("", change("x", "1"))),
        updates(update("vm-1", "<unheardOf/>")),
        updates(update("vm-1"), version=""),
    ],
)
def test_another_shape_than_we_know_is_a_surprise(body):
    with pytest.raises(Surprise):
        read(body)


@pytest.mark.parametrize("end", [2, 20, 200])
def test_a_cut_answer_is_no_answer(end):
    body = updates(update("vm-1", change("name", "portal-1")))

    with pytest.raises(Malformed, match="not well-formed"):
        read(body[:-end])
