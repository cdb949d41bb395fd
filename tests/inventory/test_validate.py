import pytest
from hypothesis import given
from hypothesis import strategies as st

from dcops.inventory.files import parse
from dcops.inventory.kinds import KINDS
from dcops.inventory.validate import read_entry
from dcops.inventory.yaml_text import Mapping
from dcops.model.device import Criticality


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("software: 17.10", "software must be text, not the number 17.10", 'quote it: "17.10"'),
        ("serial: 0x1F", "serial must be text, not the number 0x1F", 'quote it: "0x1F"'),
        ("software: true", "software must be text, not true", 'quote it: "true"'),
        ("software: [a]", "software must be text, not a list", ""),
        ("criticality: hihg", "criticality must be critical, high, normal or low, not 'hihg'", "did you mean high?"),
        ("criticality: 3", "criticality must be critical, high, normal or low, not the number 3", ""),
        ("foreign: yes", "foreign must be true or false, not 'yes'", "write true"),
        ("foreign: Off", "foreign must be true or false, not 'Off'", "write false"),
        ("foreign: 1", "foreign must be true or false, not the number 1", ""),
        ("level: '3'", "level must be a whole number, not '3'", "leave out the quotes"),
        ("level: true", "level must be a whole number, not true", ""),
        ("level: 2.5", "level must be a whole number, not the number 2.5", ""),
        ("level: .inf", "level must be a whole number, not the number .inf", ""),
        ("level: 6", "level must be at most 5, not the number 6", ""),
        ("level: 0", "level must be at least 1, not the number 0", ""),
        ("tags: internet", "tags must be a list, not 'internet'", "write [a, b]"),
        ("tags: [a, 5]", "tags[1] must be text, not the number 5", 'quote it: "5"'),
        ("tags: [a, null]", "tags[1] must be text, not empty", ""),
        ("place: A01", "place must be a mapping of keys and values, not 'A01'", ""),
        ("place: {unit: 3}", "missing key 'rack' in place", ""),
        ("place: {rack: A01, hight: 2}", "unknown key 'hight' in place", "did you mean height?"),
        ("management: {ipv4: 192.0.2.300}", "management.ipv4 must be an IPv4 address, not '192.0.2.300'", ""),
        ("management: {ipv4: 3221225985}", "management.ipv4 must be an IPv4 address, not the number 3221225985", ""),
        ("management: {ipv4: '2001:db8::1'}", "management.ipv4 must be an IPv4 address, not '2001:db8::1'", ""),
        ("management: {ipv6: '2001:db8::/64'}", "management.ipv6 must be an IPv6 address, not '2001:db8::/64'", ""),
        ("management: {port: 70000}", "management.port must be at most 65535, not the number 70000", ""),
        (
            "support: {end_of_sale: 2026-02-30}",
            "support.end_of_sale must be a date that exists, not '2026-02-30'",
            "write YYYY-MM-DD",
        ),
        (
            "support: {end_of_sale: 20260228}",
            "support.end_of_sale must be a date that exists, not the number 20260228",
            "write YYYY-MM-DD",
        ),
        (
            "support: {end_of_sale: 28/02/2026}",
            "support.end_of_sale must be a date that exists, not '28/02/2026'",
            "write YYYY-MM-DD",
        ),
        ("colour: red", "unknown key 'colour'", ""),
        ("nmae: rtr-2", "unknown key 'nmae'", "name is there already"),
        ("1: red", "unknown key '1'", ""),
        ("legacy_algorithms: true", "legacy_algorithms must be a mapping of keys and values, not true", ""),
        ("legacy_algorithms: {}", "missing key 'reason' in legacy_algorithms", ""),
    ],
)
def test_a_wrong_value_is_one_mistake_in_plain_words(device, text, message, hint):
    (mistake,) = device(text)

    assert mistake.message == f"device rtr-1: {message}"
    assert mistake.line == 2
    if hint:
        assert mistake.hint == hint


@pytest.mark.parametrize(
    ("text", "hint"),
    [("192.0.2.5/24", "did you mean 192.0.2.0/24?"), ("'2001:db8::5/64'", "did you mean 2001:db8::/64?"), ("all", "")],
)
def test_a_range_that_is_none_is_one_mistake(look, text, hint):
    (mistake,) = look(f"prefixes:\n  - {{prefix: {text}, site: main, purpose: x}}\n")

    assert "must be a range of addresses" in mistake.message
    assert mistake.hint == hint


def test_several_mistakes_in_one_thing_are_all_told(look):
    mistakes = look(
        "devices:\n"
        "  - name: rtr-1\n"
        "    sitee: main\n"
        "    role: 5\n"
        "    vendor: Cisco\n"
        "    place: {rack: A09, unit: 0}\n"
        "    tags: [Good, 7]\n"
    )

    assert [(mistake.line, mistake.message.removeprefix("device rtr-1: ")) for mistake in mistakes] == [
        (2, "missing key 'model'"),
        (3, "unknown key 'sitee'"),
        (4, "role must be text, not the number 5"),
        (6, "place.unit must be at least 1, not the number 0"),
        (7, "tags[1] must be text, not the number 7"),
    ]


def test_a_misspelt_key_is_told_once_and_its_value_still_counts(look):
    mistakes = look(
        "devices:\n  - {nmae: rtr-1, site: main, role: r, vendor: v, model: m}\n"
        "circuits:\n  - {name: line, site: main, provider: P, kind: ftth, device: rtr-1}\n"
    )

    assert [mistake.message for mistake in mistakes] == ["device: unknown key 'nmae'"]


def test_what_refers_to_a_thing_with_a_mistake_is_not_blamed(look):
    mistakes = look(
        "sites:\n  - {name: third, title: 3, role: main, rooms: [{name: r, width_mm: wide, depth_mm: 1}]}\n"
        "racks:\n  - {name: T01, site: third, room: r}\n"
        "devices:\n  - {name: rtr-1, site: third, role: r, vendor: v, model: m, place: {rack: T01}}\n"
    )

    assert [mistake.line for mistake in mistakes] == [2, 2]


def test_a_long_value_is_shown_short(device):
    (mistake,) = device(f"criticality: {'very-' * 100}high")

    assert len(str(mistake)) < 300


def test_a_sound_mapping_becomes_the_model():
    raw = parse(
        b"devices:\n  - {name: a, site: b, role: c, vendor: d, model: e, criticality: low, tags: [x]}", "f"
    ).root["devices"][0]

    entry, mistakes = read_entry(KINDS["devices"], "f", raw)

    assert mistakes == []
    assert entry.value.criticality is Criticality.LOW
    assert entry.value.tags == ("x",)
    assert entry.broken == frozenset()


def as_mapping(value):
    if isinstance(value, dict):
        mapping = Mapping(1)
        mapping.update({key: as_mapping(inner) for key, inner in value.items()})
        mapping.lines = dict.fromkeys(value, 1)
        return mapping
    return value


WORDS = st.sampled_from(["name", "site", "rack", "unit", "ipv4", "reason", "192.0.2.1", "x", ""]) | st.text(max_size=5)
SCALARS = st.none() | st.booleans() | st.integers(-5, 9) | st.floats() | WORDS
VALUES = st.recursive(SCALARS, lambda inner: st.dictionaries(WORDS, inner, max_size=3), max_leaves=6)


@given(
    kind=st.sampled_from(list(KINDS.values())),
    keys=st.lists(
        st.sampled_from(["name", "site", "role", "title", "management", "place", "support", "rooms", "kind"])
    ),
    value=VALUES,
    other=st.dictionaries(WORDS, VALUES, max_size=4),
)
def test_no_mapping_whatever_is_accepted_wrongly_or_ends_the_check(kind, keys, value, other):
    raw = as_mapping({**other, **dict.fromkeys(keys, value)})

    entry, mistakes = read_entry(kind, "f", raw)

    assert mistakes or isinstance(entry.value, kind.type)
