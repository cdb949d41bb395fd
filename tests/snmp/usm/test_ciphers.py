import pytest

from dcops.model.snmp import Privacy
from dcops.snmp.ber import Malformed
from dcops.snmp.usm.ciphers import cipher
from dcops.snmp.usm.keys import KEY_BYTES
from lab.snmp import ciphers as theirs

PLAIN = b"\x30\x0a" + b"0123456789"
BOOTS, TIME = 7, 0x7FFFFFFF


def made(privacy, byte=1):
    return cipher(privacy, bytes((byte,)) * KEY_BYTES[privacy])


@pytest.mark.parametrize("privacy", Privacy)
@pytest.mark.parametrize("size", [0, 1, 8, 15, 16, 1400])
def test_what_is_enciphered_is_deciphered(privacy, size):
    plain = bytes(range(256)) * 6
    ours = made(privacy)

    hidden, salt = ours.encrypt(plain[:size], BOOTS, TIME)

    assert made(privacy).decrypt(hidden, BOOTS, TIME, salt)[:size] == plain[:size]
    assert size < 8 or plain[:size] not in hidden


@pytest.mark.parametrize("privacy", Privacy)
def test_no_salt_is_used_twice(privacy):
    ours = made(privacy)

    assert len({ours.encrypt(PLAIN, BOOTS, TIME)[1] for _ in range(500)}) == 500


@pytest.mark.parametrize("privacy", Privacy)
def test_another_key_gives_nonsense(privacy):
    hidden, salt = made(privacy).encrypt(PLAIN, BOOTS, TIME)

    assert made(privacy, 3).decrypt(hidden, BOOTS, TIME, salt)[: len(PLAIN)] != PLAIN


@pytest.mark.parametrize("privacy", Privacy)
@pytest.mark.parametrize("salt", [b"", bytes(7), bytes(9)])
def test_a_salt_of_another_length_is_malformed(privacy, salt):
    with pytest.raises(Malformed):
        made(privacy).decrypt(bytes(16), BOOTS, TIME, salt)


def test_des_deciphers_whole_blocks_only():
    with pytest.raises(Malformed):
        made(Privacy.DES).decrypt(bytes(15), BOOTS, TIME, bytes(8))


@pytest.mark.parametrize("privacy", Privacy)
@pytest.mark.parametrize("size", [1, 15, 16, 17, 64, 1399])
def test_the_modes_are_those_of_the_library(privacy, size):
    """The lab's agents leave them to it."""
    key = bytes(range(KEY_BYTES[privacy]))
    plain = bytes(number * 7 & 0xFF for number in range(size))

    hidden, salt = cipher(privacy, key).encrypt(plain, BOOTS, TIME)
    assert theirs.decrypt(privacy.value, key, BOOTS, TIME, salt, hidden)[:size] == plain

    hidden, salt = theirs.encrypt(privacy.value, key, BOOTS, TIME, plain)
    assert cipher(privacy, key).decrypt(hidden, BOOTS, TIME, salt)[:size] == plain
