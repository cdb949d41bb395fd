import itertools

import pytest

from dcops.snmp import oid
from dcops.snmp.ber import Malformed

SORTED = ["1.3.6.1", "1.3.6.1.1", "1.3.6.1.1.5", "1.3.6.1.127", "1.3.6.1.128", "1.3.6.1.128.1", "1.3.6.1.16383"]
SORTED += ["1.3.6.1.16384", "1.3.6.1.101011101", "1.3.6.1.4294967295", "1.3.6.2", "1.3.7", "2.999.3"]


@pytest.mark.parametrize("text", SORTED)
def test_text_and_bytes_are_the_same_name(text):
    assert oid.dotted(oid.encode(text)) == text


def test_a_leading_dot_is_allowed():
    assert oid.encode(".1.3.6.1") == oid.encode("1.3.6.1") == b"\x2b\x06\x01"


@pytest.mark.parametrize(
    "text", ["", "1", "1.a", "1.40", "3.1", "1.3.4294967296", "1.3.-1", "1.3..1", "1.3." + "1." * 130]
)
def test_what_is_no_name_is_refused(text):
    with pytest.raises(ValueError, match="is no"):
        oid.encode(text)


def test_the_order_is_that_of_the_numbers_and_not_of_the_bytes():
    # 128 begins with the byte 0x81 and 16384 with the same: their bytes alone would put them elsewhere.
    for first, second in itertools.combinations(SORTED, 2):
        assert oid.is_after(oid.encode(second), oid.encode(first)), (first, second)
        assert not oid.is_after(oid.encode(first), oid.encode(second)), (first, second)


def test_no_name_is_after_itself():
    for text in SORTED:
        assert not oid.is_after(oid.encode(text), oid.encode(text))


def test_an_index_of_several_numbers_is_read():
    assert oid.numbers(oid.suffix((10101, 0, 255))) == (10101, 0, 255)
    assert oid.index(oid.suffix((10101, 0, 255))) == "10101.0.255"


@pytest.mark.parametrize("tail", ["8180", "ff", "9080808000", "ffffffff7f"])
def test_an_index_that_is_cut_or_too_large_is_malformed(tail):
    with pytest.raises(Malformed):
        oid.numbers(bytes.fromhex(tail))


def test_nothing_has_no_numbers():
    assert oid.numbers(b"") == ()
    assert oid.dotted(b"") == ""
