"""What is sealed comes back whole or not at all."""

import gzip
import os

import pyrage
import pytest

from dcops.archive import sealing
from dcops.errors import ArchiveDamaged, UsageError


def sealed(site, content):
    """Sealed content of our choice: anybody can seal for the holders."""
    return pyrage.encrypt(content, [pyrage.x25519.Recipient.from_str(holder.recipient) for holder in site.holders])


def unsealed(site, content, size):
    holders = {holder.name: holder.recipient for holder in site.holders}
    return sealing.unseal(content, site.identities[1], holders, size)


@pytest.mark.parametrize("size", [0, 1, 100_000])
def test_what_was_sealed_comes_back(site, size):
    exact = os.urandom(size)

    assert unsealed(site, sealing.seal(exact, site.holders), size) == exact


def test_the_same_bytes_sealed_twice_look_different_and_compress_the_same(site):
    first, second = (sealing.seal(b"x" * 1000, site.holders) for _ in range(2))

    assert first != second
    identity = pyrage.x25519.Identity.from_str(site.identities[0])
    assert pyrage.decrypt(first, [identity]) == pyrage.decrypt(second, [identity])


def test_another_length_than_the_record_says_is_damage(site):
    good = sealing.seal(b"hostname rtr-1\n", site.holders)

    for size in (14, 16, 0):
        with pytest.raises(ArchiveDamaged, match=f"does not hold the {size} bytes"):
            unsealed(site, good, size)


def test_a_stream_cut_short_a_wrong_checksum_and_no_gzip_at_all_are_damage(site):
    packed = gzip.compress(b"hostname rtr-1\n", mtime=0)

    for wrong in (packed[:-4], packed[:-8] + bytes(8), b"plain", b""):
        with pytest.raises(ArchiveDamaged):
            unsealed(site, sealed(site, wrong), 15)


def test_a_small_file_that_unpacks_to_gigabytes_is_stopped_at_the_size_of_the_record(site):
    bomb = gzip.compress(bytes(300_000_000), compresslevel=1)

    with pytest.raises(ArchiveDamaged, match="does not hold the 100 bytes"):
        unsealed(site, sealed(site, bomb), 100)


def test_damage_is_told_from_a_wrong_key(site):
    good = sealing.seal(b"a", site.holders)

    with pytest.raises(ArchiveDamaged, match="does not open with the key of its holder"):
        unsealed(site, good[:-3], 1)
    with pytest.raises(UsageError, match="sealed for dr, main"):
        sealing.unseal(
            good,
            str(pyrage.x25519.Identity.generate()),
            {holder.name: holder.recipient for holder in site.holders},
            1,
        )
