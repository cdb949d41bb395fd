import math
import struct

import pytest

from dcops.snmp import value
from dcops.snmp.ber import INTEGER, NULL, OBJECT_IDENTIFIER, OCTET_STRING, Malformed
from dcops.snmp.value import COUNTER32, COUNTER64, GAUGE32, IP_ADDRESS, OPAQUE, TIME_TICKS


@pytest.mark.parametrize(
    ("tag", "content", "number"),
    [
        (INTEGER, "ff", -1),
        (INTEGER, "d8f1", -9999),
        (INTEGER, "00ff", 255),
        (COUNTER32, "ffffffff", 4294967295),
        (COUNTER32, "00ffffffff", 4294967295),
        (GAUGE32, "80", 128),
        (TIME_TICKS, "00", 0),
        (COUNTER64, "ffffffffffffffff", 18446744073709551615),
        (COUNTER64, "00ffffffffffffffff", 18446744073709551615),
    ],
)
def test_integers_alone_have_a_sign(tag, content, number):
    assert value.number(tag, bytes.fromhex(content)) == number


@pytest.mark.parametrize("tag", sorted(value.NUMBERS))
@pytest.mark.parametrize("size", [0, 10])
def test_a_number_of_no_bytes_or_too_many_is_malformed(tag, size):
    with pytest.raises(Malformed):
        value.number(tag, bytes(size))


def test_floating_point_numbers_come_inside_opaque():
    assert value.number(OPAQUE, b"\x9f\x78\x04" + struct.pack(">f", 21.5)) == 21.5
    assert value.number(OPAQUE, b"\x9f\x79\x08" + struct.pack(">d", -0.125)) == -0.125
    assert math.isnan(value.number(OPAQUE, b"\x9f\x78\x04" + struct.pack(">f", math.nan)))


@pytest.mark.parametrize("content", [b"", b"\x9f\x78\x04\x00", b"\x9f\x78\x05\x00\x00\x00\x00\x00", b"\x04\x01a"])
def test_another_opaque_is_no_number(content):
    assert value.number(OPAQUE, content) is None


def test_a_text_is_no_number():
    assert value.number(OCTET_STRING, b"42") is None


def test_texts_lose_what_cards_fill_them_up_with():
    assert value.text(b"UPS-1 \0\0\r\n") == "UPS-1"
    assert value.text("Tủ điện".encode()) == "Tủ điện"
    assert value.text(b"\xff") == "\N{REPLACEMENT CHARACTER}"


@pytest.mark.parametrize(
    ("tag", "content", "shown"),
    [
        (OCTET_STRING, b"sw-1\0", "sw-1"),
        (OCTET_STRING, b"two\r\nlines", "two\r\nlines"),
        (OCTET_STRING, b"\x00\x1b\x0d\x00\x00\x01", "0x001b0d000001"),
        (OCTET_STRING, b"\xff\xfe", "0xfffe"),
        (OBJECT_IDENTIFIER, b"\x2b\x06\x01", "1.3.6.1"),
        (OBJECT_IDENTIFIER, b"\x2b\x81", "0x2b81"),
        (IP_ADDRESS, b"\xc0\x00\x02\x01", "192.0.2.1"),
        (IP_ADDRESS, b"", ""),
        (INTEGER, b"\xff", "-1"),
        (NULL, b"", ""),
    ],
)
def test_values_are_shown_to_people(tag, content, shown):
    assert value.shown(tag, content) == shown
