import json
from datetime import UTC, datetime

import pytest

from dcops.errors import InvalidInput
from dcops.model.placement import Cluster, Datastore, HostSystem, Machine, Placement, Power, bare
from dcops.model.placement_json import from_json, to_json

SEEN = datetime(2026, 1, 15, 1, 0, tzinfo=UTC)
WHOLE = Placement(
    "vc-main",
    SEEN,
    (
        Machine("vm-1", 'Máy "ảo"\n1', Power.ON, "h1", ("ds1",), ("Server",), 8, True, replica=False),
        Machine("vm-2", "twin", Power.OFF, None, replica=True, template=True, protected=False),
        Machine("vm-3", "twin"),
    ),
    (HostSystem("h1", "esx-01.example.test", "c1", "connected", False, 64, ("ds1",)), HostSystem("h2", "esx-02")),
    (Cluster("c1", "compute", True, False, 0), Cluster("c2", "other")),
    (Datastore("ds1", "vmfs-1", "VMFS", False), Datastore("ds2", "x")),
    unseen=3,
)


def test_a_placement_comes_back_from_its_text_as_it_was():
    assert from_json(to_json(WHOLE)) == WHOLE
    assert from_json(to_json(Placement("vc-dr", SEEN))) == Placement("vc-dr", SEEN)


def test_what_is_not_known_is_not_written_and_what_is_false_is():
    machines = {item["moid"]: item for item in json.loads(to_json(WHOLE))["machines"]}

    assert machines["vm-2"]["protected"] is False
    assert {"power", "host", "protected", "memory_bytes"}.isdisjoint(machines["vm-3"])


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"[]",
        b"\xff\xfe",
        b'{"version": 1}',
        to_json(WHOLE)[: len(to_json(WHOLE)) // 2],
        to_json(WHOLE).replace(b'"connected"', b"7"),
        to_json(WHOLE).replace(b'"power": "on"', b'"power": "flying"'),
        to_json(WHOLE).replace(b'"maintenance": false', b'"maintenance": 0'),
        to_json(WHOLE).replace(b'"kind": "VMFS"', b'"sort": "VMFS"'),
        to_json(WHOLE).replace(b"2026-01-15T01:00:00Z", b"yesterday"),
        to_json(WHOLE).replace(b'["ds1"]', b'"ds1"'),
    ],
)
def test_a_text_that_is_no_placement_is_refused(text):
    with pytest.raises(InvalidInput, match=r"no placement|of version"):
        from_json(text)


def test_another_version_is_named():
    with pytest.raises(InvalidInput, match="version 9, and this dcops reads version 1"):
        from_json(to_json(WHOLE).replace(b'"version": 1', b'"version": 9'))


def test_a_later_look_at_the_same_is_the_same():
    later = Placement(
        **{**{key: getattr(WHOLE, key) for key in WHOLE.__dataclass_fields__}, "seen": SEEN.replace(hour=9)}
    )

    assert WHOLE.same_as(later)
    assert not WHOLE.same_as(Placement("vc-main", SEEN, WHOLE.machines[:1]))
    assert not WHOLE.same_as(None)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("ESX-01.dc.example.test", "esx-01"),
        ("esx-01", "esx-01"),
        ("192.0.2.65", "192.0.2.65"),
        ("2001:db8::1", "2001:db8::1"),
    ],
)
def test_a_host_is_called_without_its_domain_and_an_address_stays(name, expected):
    assert bare(name) == expected
