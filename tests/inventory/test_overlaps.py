import random
from ipaddress import ip_network
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dcops.inventory.entry import Entries
from dcops.inventory.files import parse
from dcops.inventory.kinds import KINDS
from dcops.inventory.overlaps import check
from dcops.inventory.validate import read_entry


def device(number, more):
    return f"  - {{name: rtr-{number}, site: main, role: r, vendor: v, model: m, {more}}}\n"


def devices(*more):
    return "devices:\n" + "".join(device(number, text) for number, text in enumerate(more, 1))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ipv4: 192.0.2.1", "ipv4: 192.0.2.1"),
        ("ipv6: '2001:db8::1'", "ipv6: '2001:0db8:0::0001'"),
        ("ipv4: 192.0.2.1", "ipv6: '::ffff:192.0.2.1'"),
        ("ipv4: 192.0.2.1, port: 22", "ipv4: 192.0.2.1, port: 22"),
    ],
)
def test_an_address_used_twice_is_told_at_the_second_device(look, one, other):
    (mistake,) = look(devices(f"management: {{{one}}}", f"management: {{{other}}}"))

    assert mistake.line == 3
    assert "belongs to rtr-1 already" in mistake.message
    assert mistake.hint == "at inventory/file.yaml:2"


def test_one_address_with_two_ports_is_two_devices(look):
    first = "management: {ipv4: 192.0.2.1, port: 2201}"
    second = "management: {ipv4: 192.0.2.1, port: 2202}"

    assert look(devices(first, second)) == ()


@pytest.mark.parametrize("address", ["ipv4: 0.0.0.0", "ipv4: 224.0.0.1", "ipv6: '::'", "ipv6: 'ff02::1'"])
def test_an_address_of_nobody_or_of_many_is_told(look, address):
    (mistake,) = look(devices(f"management: {{{address}}}"))

    assert "is no address of one device" in mistake.message


@pytest.mark.parametrize(
    ("place", "message"),
    [
        ("unit: 10", "unit 10 of rack A01 is filled by rtr-1"),
        ("unit: 12", "unit 12 of rack A01 is filled by rtr-1"),
        ("unit: 9, height: 2", "unit 10 of rack A01 is filled by rtr-1"),
        ("unit: 1, height: 42", "unit 10 of rack A01 is filled by rtr-1"),
        ("unit: 41, height: 3", "reaches unit 43, but rack A01 has 42"),
        ("unit: 1, height: 1000000000", "reaches unit 1000000000, but rack A01 has 42"),
    ],
)
def test_rack_units_are_filled_once_and_exist(look, place, message):
    (mistake,) = look(devices("place: {rack: A01, unit: 10, height: 3}", f"place: {{rack: A01, {place}}}"))

    assert mistake.line == 3
    assert message in mistake.message


@pytest.mark.parametrize("place", ["unit: 13", "unit: 9", "unit: 42", "height: 40"])
def test_devices_beside_each_other_do_not_overlap(look, place):
    assert look(devices("place: {rack: A01, unit: 10, height: 3}", f"place: {{rack: A01, {place}}}")) == ()


def test_a_device_written_twice_is_told_once(look):
    text = device(1, "place: {rack: A01, unit: 10}, management: {ipv4: 192.0.2.1}")

    (mistake,) = look("devices:\n" + text + text)

    assert "this name is used already" in mistake.message


def prefixes(*texts):
    return "prefixes:\n" + "".join(f"  - {{site: main, purpose: p, prefix: {text}}}\n" for text in texts)


@pytest.mark.parametrize(
    "texts",
    [
        ("192.0.2.0/24", "192.0.2.64/26"),
        ("192.0.2.64/26", "192.0.2.0/24"),
        ("'2001:db8::/32'", "'2001:db8:1::/48'"),
        ("192.0.2.0/24, parent: true", "192.0.2.0/25", "192.0.2.0/26"),
    ],
)
def test_ranges_that_overlap_are_told_at_the_later_one(look, texts):
    (mistake,) = look(prefixes(*texts))

    assert mistake.line == len(texts) + 1
    assert "overlaps" in mistake.message


@pytest.mark.parametrize(
    "texts",
    [
        ("192.0.2.0/25", "192.0.2.128/25"),
        ("192.0.2.0/24, parent: true", "192.0.2.0/25, parent: true", "192.0.2.0/26", "192.0.2.64/26"),
        ("0.0.0.0/0, parent: true", "'::/0', parent: true", "192.0.2.0/24", "'2001:db8::/32'"),
    ],
)
def test_ranges_side_by_side_or_inside_a_parent_are_well(look, texts):
    assert look(prefixes(*texts)) == ()


def test_a_range_that_is_there_twice_is_told_even_under_a_parent(look):
    (mistake,) = look(prefixes("192.0.2.0/24, parent: true", "192.0.2.0/24"))

    assert mistake.message == "prefix 192.0.2.0/24: this range is there already"


def test_a_forgotten_parent_is_one_mistake_however_many_ranges_lie_inside(look):
    inside = [f"192.0.2.{16 * number}/28" for number in range(16)]

    (mistake,) = look(prefixes("192.0.2.0/24", *inside))

    assert mistake.line == 2
    assert "16 other ranges lie inside it" in mistake.message
    assert "parent: true" in mistake.hint


NETWORKS = st.builds(
    lambda base, length: ip_network((base >> (8 - length) << (8 - length) | 0xC0000200, 24 + length)),
    st.integers(0, 255),
    st.integers(0, 8),
)


@given(st.lists(NETWORKS, max_size=12, unique=True), st.randoms())
def test_overlaps_are_found_whatever_the_order(networks, chance):
    random.Random(chance.random()).shuffle(networks)
    root = parse(prefixes(*map(str, networks)).encode(), "f").root
    entries = Entries({"prefixes": [read_entry(KINDS["prefixes"], "f", raw)[0] for raw in (root["prefixes"] or [])]})

    overlapping = any(one.overlaps(other) for one, other in combinations(networks, 2))
    assert bool(list(check(entries))) == overlapping
