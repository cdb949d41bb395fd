import pytest

from dcops.snmp import ber
from dcops.snmp.ber import Malformed


@pytest.mark.parametrize(
    ("number", "encoded"),
    [(0, "020100"), (127, "02017f"), (128, "02020080"), (-1, "0201ff"), (-128, "020180"), (-129, "0202ff7f")],
)
def test_integers_are_as_short_as_they_can_be(number, encoded):
    assert ber.integer(number).hex() == encoded
    assert ber.read_integer(bytes.fromhex(encoded), 0, len(encoded) // 2) == (number, len(encoded) // 2)


@pytest.mark.parametrize(("size", "encoded"), [(0, "00"), (127, "7f"), (128, "8180"), (256, "820100")])
def test_lengths_are_as_short_as_they_can_be(size, encoded):
    assert ber.length(size).hex() == encoded


def test_what_fits_into_no_datagram_is_not_encoded():
    with pytest.raises(ValueError, match="datagram"):
        ber.length(0x10000)


@pytest.mark.parametrize("head", ["0481", "0482", "048300", "0480", "0484000000", "04ff"])
def test_a_length_that_is_cut_or_has_no_end_is_refused(head):
    data = bytes.fromhex(head)

    with pytest.raises(Malformed):
        ber.span(data, 0, len(data))


@pytest.mark.parametrize("data", ["0403ffff", "048203e8ff", "0483ffffffff"])
def test_an_element_never_reaches_beyond_what_holds_it(data):
    with pytest.raises(Malformed, match="longer than what holds it"):
        ber.span(bytes.fromhex(data), 0, len(data) // 2)


def test_the_end_is_that_of_the_holder_and_not_of_the_datagram():
    data = bytes.fromhex("0403aabbcc")

    assert ber.span(data, 0, 5) == (2, 5)
    with pytest.raises(Malformed):
        ber.span(data, 0, 4)


def test_a_length_that_is_longer_than_it_needs_to_be_is_read():
    assert ber.span(bytes.fromhex("0483000001aa"), 0, 6) == (5, 6)


def test_a_wrong_tag_is_named():
    with pytest.raises(Malformed, match="0x04 in the place of 0x02"):
        ber.expect(b"\x04\x00", 0, 2, ber.INTEGER)


@pytest.mark.parametrize("content", ["", "0080000000", "ff7fffffff", "00000000000000000001"])
def test_a_number_of_a_header_has_32_bits(content):
    data = ber.element(ber.INTEGER, bytes.fromhex(content))

    with pytest.raises(Malformed):
        ber.read_integer(data, 0, len(data))


def test_a_number_that_is_filled_up_is_read():
    data = ber.element(ber.INTEGER, bytes.fromhex("0000000005"))

    assert ber.read_integer(data, 0, len(data)) == (5, len(data))
