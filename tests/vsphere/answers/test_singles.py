"""What is taken out of an answer with a pattern is what a parser would have read."""

import pytest

from dcops.vsphere.answers import updates as updates_module
from dcops.vsphere.answers.malformed import Malformed
from dcops.vsphere.answers.schema import Schema
from dcops.vsphere.answers.simple import Surprise
from dcops.vsphere.answers.singles import taken
from dcops.vsphere.answers.updates import OwnUpdates
from tests.vsphere.answers.texts import change, update, updates

REFERENCE = "<changeSet><name>parent</name><op>assign</op><val {}>group-v3</val></changeSet>"
UNTYPED = "<changeSet><name>x</name><op>assign</op><val>1</val></changeSet>"


def both(body, monkeypatch):
    """Read with the pattern, and by the parser alone."""
    with_pattern = list(OwnUpdates(body, Schema()))
    monkeypatch.setattr(updates_module, "taken", lambda body, schema: (body, []))
    return with_pattern, list(OwnUpdates(body, Schema()))


def held(body):
    """What the pattern takes."""
    return taken(body, Schema())[1]


def test_most_of_a_recorded_answer_is_taken_and_nothing_reads_otherwise(recorded, monkeypatch):
    body = recorded("updates")
    single = sum(map(len, held(body)))
    ours, parsed = both(body, monkeypatch)

    assert ours == parsed
    assert single > 0.6 * sum(len(one.assigned) for one in parsed)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        (change("config.hardware.numCPU", "4", "xsd:int"), 4),
        (change("runtime.powerState", "poweredOn", "VirtualMachinePowerState"), "poweredOn"),
        (change("name", "", "xsd:string"), ""),
        (change("name", "Cổng dịch vụ", "xsd:string"), "Cổng dịch vụ"),
        (REFERENCE.format('type="Folder" xsi:type="ManagedObjectReference"'), "group-v3"),
        (REFERENCE.format('xsi:type="ManagedObjectReference" type="Folder"'), "group-v3"),
    ],
)
def test_a_single_value_is_taken(written, value, monkeypatch):
    body = updates(update("vm-1", written))
    ours, parsed = both(body, monkeypatch)

    assert ours == parsed
    assert list(held(body)[0].values()) == [value]


@pytest.mark.parametrize(
    ("written", "value"),
    [
        (change("name", "a &amp; b"), "a & b"),
        (change("name", "a\r\nb"), "a\nb"),
        (change("datastore", "", "ArrayOfManagedObjectReference"), []),
        (change("summary", "", "ClusterComputeResourceSummary"), {}),
        (change('guest.net["4000"].network', "lan"), "lan"),
        (change("name", "<![CDATA[a<objectSet>b]]>"), "a<objectSet>b"),
        (change("name", "a<!-- <objectSet> -->b"), "ab"),
    ],
)
def test_what_only_a_parser_reads_rightly_is_left_to_it(written, value, monkeypatch):
    body = updates(update("vm-1", written), update("vm-2", change("name", "b")))
    ours, parsed = both(body, monkeypatch)

    assert ours == parsed
    assert list(ours[0].assigned.values()) == [value]
    assert not any(held(body)[:1])


def test_each_object_has_its_own_values():
    body = updates(
        *(update(f"vm-{n}", change("name", f"portal-{n}")) for n in range(9)), update("vm-9", action="leave")
    )

    assert [(one.moid, one.assigned.get("name")) for one in OwnUpdates(body, Schema())] == [
        *((f"vm-{n}", f"portal-{n}") for n in range(9)),
        ("vm-9", None),
    ]


def test_objects_that_are_written_otherwise_are_left_to_the_parser(monkeypatch):
    one, two = update("vm-1", change("name", "a")), update("vm-2", change("name", "b"))
    body = updates(one.replace("<objectSet>", '<objectSet xsi:type="ObjectUpdate">'), two)
    ours, parsed = both(body, monkeypatch)

    assert ours == parsed
    assert [one.assigned for one in ours] == [{"name": "a"}, {"name": "b"}]
    assert held(body) == []


@pytest.mark.parametrize(
    "body",
    [
        updates(update("vm-1", change("config.hardware.numCPU", "four", "xsd:int"))),
        updates(update("vm-1", change("runtime.consolidationNeeded", "perhaps", "xsd:boolean"))),
        updates(update("vm-1", UNTYPED)),
    ],
)
def test_a_value_that_is_none_of_its_type_is_a_surprise(body):
    with pytest.raises(Surprise):
        list(OwnUpdates(body, Schema()))


@pytest.mark.parametrize("sign", [b"\x01", b"\xff", b"\xef\xbf\xbf"])
def test_what_xml_does_not_allow_is_malformed(sign):
    body = updates(update("vm-1", change("name", "SIGN"))).replace(b"SIGN", sign)

    with pytest.raises(Malformed):
        list(OwnUpdates(body, Schema()))
