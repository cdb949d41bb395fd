import pytest

from dcops.snmp import ber, oid, pdu
from dcops.snmp.ber import Malformed, element
from dcops.snmp.value import NUMBERS

PREFIX = oid.encode("1.3.6.1.2.1.2.2.1")


def variable(name, tag, content):
    return element(0x30, element(6, oid.encode(name)) + element(tag, content))


def rows(data, prefix=PREFIX):
    found = []
    return found, pdu.rows(data, 0, len(data), prefix, found)


THREE = (
    variable("1.3.6.1.2.1.2.2.1.2.1", 4, b"Gi1/0/1")
    + variable("1.3.6.1.2.1.2.2.1.2.101011101", 4, b"x" * 200)
    + variable("1.3.6.1.2.1.2.2.1.3.1", 2, b"\x06")
)


def test_rows_are_read_without_their_prefix():
    found, (name, position) = rows(THREE)

    assert found == [
        (oid.suffix((2, 1)), 4, b"Gi1/0/1"),
        (oid.suffix((2, 101011101)), 4, b"x" * 200),
        (oid.suffix((3, 1)), 2, b"\x06"),
    ]
    assert name == oid.encode("1.3.6.1.2.1.2.2.1.3.1")
    assert position == len(THREE)


def test_the_subtree_ends_where_another_name_begins():
    found, (name, position) = rows(THREE + variable("1.3.6.1.2.1.3.1", 2, b"\x01"))

    assert len(found) == 3
    assert position == len(THREE)
    assert name == oid.encode("1.3.6.1.2.1.3.1")


@pytest.mark.parametrize("tag", [0x80, 0x81, 0x82])
def test_the_subtree_ends_at_what_is_not_there(tag):
    found, (_, position) = rows(variable("1.3.6.1.2.1.2.2.1.2.1", tag, b""))

    assert not found
    assert position == 0


def test_the_last_variable_is_found_by_lengths_alone():
    first = variable("1.3.6.1.2.1.2.2.1.2.1", 4, b"Gi1/0/1")
    second = variable("1.3.6.1.2.1.2.2.1.3.1", 2, b"\x06")

    assert pdu.last(first, 0, len(first)) == 0
    assert pdu.last(b"before" + first + second, 6, 6 + len(first + second)) == 6 + len(first)


@pytest.mark.parametrize("data", [b"", b"\x30", b"\x30\x05\x06", b"\x30\x01\x06\x30", b"\x30\x81\x01\x06"])
def test_no_last_variable_is_found_where_lengths_do_not_agree_or_are_long(data):
    assert pdu.last(data, 0, len(data)) is None


def test_every_cut_is_malformed():
    ends = {len(THREE)}
    at = 0
    while at < len(THREE):
        ends.add(at)
        at = ber.span(THREE, at, len(THREE))[1]

    for size in set(range(len(THREE))) - ends:
        with pytest.raises(Malformed):
            rows(THREE[:size])


@pytest.mark.parametrize("at", range(12))
@pytest.mark.parametrize("byte", [0x00, 0x7F, 0x80, 0x84, 0xFF])
def test_no_length_reaches_beyond_what_holds_it(at, byte):
    whole = bytearray(variable("1.3.6.1.2.1.2.2.1.2.1", 2, b"\x06"))
    whole[at] = byte
    data = bytes(whole)
    found = []
    try:
        pdu.rows(data, 0, len(data), PREFIX, found)
    except Malformed:
        return
    for tail, _, content in found:
        assert len(tail) + len(content) + len(PREFIX) + 6 == len(data)


@pytest.mark.parametrize("tag", sorted(NUMBERS))
@pytest.mark.parametrize("content", [b"", bytes(10), b"\x01" * 9])
def test_a_number_that_its_type_cannot_hold_is_malformed(tag, content):
    with pytest.raises(Malformed):
        rows(variable("1.3.6.1.2.1.2.2.1.2.1", tag, content))


@pytest.mark.parametrize(
    ("tag", "content"),
    [(2, b"\x7f" * 5), (0x41, b"\x01\0\0\0\0"), (0x42, b"\xff" * 8), (0x43, b"\x01" * 5), (0x46, b"\x01" + bytes(8))],
)
def test_a_number_that_is_too_large_is_malformed(tag, content):
    with pytest.raises(Malformed):
        rows(variable("1.3.6.1.2.1.2.2.1.2.1", tag, content))


@pytest.mark.parametrize(
    ("tag", "content"),
    [
        (0x41, b"\0\xff\xff\xff\xff"),
        (0x41, bytes(7) + b"\x05"),
        (0x46, b"\0" + b"\xff" * 8),
        (2, b"\xff" * 8),
        (2, b"\0\xff\xff\xff\xff"),
    ],
)
def test_a_number_that_is_filled_up_is_read(tag, content):
    found, _ = rows(variable("1.3.6.1.2.1.2.2.1.2.1", tag, content))

    assert found == [(oid.suffix((2, 1)), tag, content)]


@pytest.mark.parametrize("tag", [0x00, 0x03, 0x30, 0x48, 0x83, 0xA2, 0xFF])
@pytest.mark.parametrize("content", [b"", b"\0", b"\x01\x02"])
def test_a_type_that_snmp_does_not_know_is_malformed(tag, content):
    with pytest.raises(Malformed):
        rows(variable("1.3.6.1.2.1.2.2.1.2.1", tag, content))


@pytest.mark.parametrize("tag", [5, 0x80, 0x81, 0x82])
@pytest.mark.parametrize("content", [b"\0", b"\x01"])
def test_what_is_no_value_has_no_bytes(tag, content):
    with pytest.raises(Malformed):
        rows(variable("1.3.6.1.2.1.2.2.1.2.1", tag, content))


@pytest.mark.parametrize(
    "data",
    [
        "3000",
        "30020600",
        "300406000500",
        "3006060181050000",
        "300506012b0500ff",
        "3007060281000500",
        "310606012b0500",
        "30060401 2b0500".replace(" ", ""),
        "3006300406 012b0500".replace(" ", ""),
    ],
)
def test_a_variable_that_is_none_is_malformed(data):
    with pytest.raises(Malformed):
        rows(bytes.fromhex(data), prefix=b"\x2b")


def test_lengths_may_be_longer_than_they_need_to_be():
    name = PREFIX + b"\x02\x01"
    inner = b"\x06\x81" + bytes((len(name),)) + name + b"\x04\x83\x00\x00\x02ok"

    found, _ = rows(b"\x30\x82\x00" + bytes((len(inner),)) + inner)

    assert found == [(b"\x02\x01", 4, b"ok")]


def test_a_thousand_nested_sequences_are_refused_at_the_first():
    bomb = b"\x05\x00"
    for _ in range(1000):
        bomb = element(0x30, bomb)

    with pytest.raises(Malformed):
        rows(bomb)


def test_the_head_of_an_answer_is_read():
    data = bytes.fromhex("a20b02017f020102020103 3000".replace(" ", ""))

    assert pdu.read(data, 0, len(data)) == pdu.Answer(pdu.RESPONSE, 127, 2, 3, 13, 13)


@pytest.mark.parametrize(
    "data", ["a20b02017f0201020201033000ff", "a20d02017f02010202010330000000", "a20902017f02010202010330", "a200", "a2"]
)
def test_a_head_with_something_behind_or_missing_is_malformed(data):
    with pytest.raises(Malformed):
        pdu.read(bytes.fromhex(data), 0, len(data) // 2)


def test_requests_are_as_the_standard_writes_them():
    assert pdu.get(pdu.GET, 1, [oid.encode("1.3.6.1")]).hex() == "a0140201010201000201003009300706032b06010500"
    assert pdu.get_bulk(1, 25, [oid.encode("1.3.6.1")]).hex() == "a5140201010201000201193009300706032b06010500"


@pytest.mark.parametrize("count", [2, 40, 93, 94, 96, 97, 98, 120])
def test_a_name_of_any_length_can_be_followed(count):
    name = oid.encode("1.3" + ".1" * count)

    data = pdu.get_bulk(70_000, 25, [name])

    asked = pdu.read(data, 0, len(data))
    first, last = ber.expect(data, asked.start, asked.end, 0x30)
    first, last = ber.expect(data, first, last, 6)
    assert (asked.request, asked.error_index, data[first:last]) == (70_000, 25, name)
