import hashlib

import pytest

from dcops.model.secret import Secret
from dcops.model.snmp import Authentication, Privacy
from dcops.snmp.usm import keys
from dcops.snmp.usm.keys import User

ENGINE = bytes.fromhex("000000000000000000000002")
PASSWORD = Secret("maplesyrup")


@pytest.mark.parametrize(
    ("protocol", "key"),
    [
        # RFC 3414 appendices A.3.1 and A.3.2.
        (Authentication.MD5, "526f5eed9fcce26f8964c2930787d82b"),
        (Authentication.SHA1, "6695febc9288e36282235fc7151f128497b38f3f"),
    ],
)
def test_keys_are_those_of_the_standard(protocol, key):
    assert keys.localised(protocol, PASSWORD, ENGINE).hex() == key


@pytest.mark.parametrize("protocol", Authentication)
def test_a_key_is_the_hash_of_a_megabyte_and_of_the_engine(protocol):
    """The algorithm of RFC 3414 A.2, written down a second time: RFC 7860 uses it and has no vectors of its own."""
    whole = (b"maplesyrup" * ((1 << 20) // 10 + 1))[: 1 << 20]
    digest = hashlib.new(protocol.value, whole).digest()

    assert keys.localised(protocol, PASSWORD, ENGINE) == hashlib.new(protocol.value, digest + ENGINE + digest).digest()


def user(authentication, privacy):
    return User("u", authentication, PASSWORD, privacy, PASSWORD)


def test_privacy_keys_of_the_standard_are_cut_to_what_the_cipher_takes():
    # RFC 3414 A.5.1: the DES key and its initial vector are the localised key.
    assert keys.privacy_key(user(Authentication.MD5, Privacy.DES), ENGINE).hex() == "526f5eed9fcce26f8964c2930787d82b"
    assert keys.privacy_key(user(Authentication.SHA1, Privacy.DES), ENGINE).hex() == "6695febc9288e36282235fc7151f1284"


@pytest.mark.parametrize("privacy", [Privacy.AES192, Privacy.AES256])
def test_short_hashes_are_lengthened_by_hashing_on(privacy):
    short = keys.localised(Authentication.SHA1, PASSWORD, ENGINE)

    made = keys.privacy_key(user(Authentication.SHA1, privacy), ENGINE)

    assert made == (short + hashlib.sha1(short).digest())[: keys.KEY_BYTES[privacy]]


@pytest.mark.parametrize("privacy", [Privacy.AES192_CISCO, Privacy.AES256_CISCO])
def test_cisco_lengthens_short_hashes_by_beginning_anew(privacy):
    short = keys.localised(Authentication.SHA1, PASSWORD, ENGINE)
    digest = hashlib.sha1((short * ((1 << 20) // 20 + 1))[: 1 << 20]).digest()
    more = hashlib.sha1(digest + ENGINE + digest).digest()

    made = keys.privacy_key(user(Authentication.SHA1, privacy), ENGINE)

    assert made == (short + more)[: keys.KEY_BYTES[privacy]]


def test_a_hash_that_is_long_enough_is_the_same_in_both_ways():
    ours = keys.privacy_key(user(Authentication.SHA256, Privacy.AES256), ENGINE)

    assert ours == keys.privacy_key(user(Authentication.SHA256, Privacy.AES256_CISCO), ENGINE)


def test_short_passwords_are_refused_without_being_shown():
    with pytest.raises(ValueError, match="8 signs") as found:
        User("u", Authentication.SHA1, Secret("seven77"))

    assert "seven77" not in str(found.value)


def test_privacy_without_authentication_is_refused():
    with pytest.raises(ValueError, match="without authentication"):
        User("u", privacy=Privacy.AES128, privacy_password=PASSWORD)
