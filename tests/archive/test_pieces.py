"""The pieces of an archived configuration, and the site keys that can be had somewhere."""

from datetime import date

import pytest
from pyrage import x25519

from dcops.archive import sealing
from dcops.archive.fates import Fate
from dcops.archive.holders import Holder
from dcops.archive.identity import Identity
from dcops.archive.pieces import Pieces, devices_in, site_keys
from dcops.archive.sealed import SealedFiles
from dcops.archive.site_key import SiteKey
from dcops.errors import ArchiveDamaged
from dcops.model.snapshot import ConfigSource

RUNNING = ConfigSource.RUNNING


def pieces(site):
    archive = site.archive()
    return Pieces(archive, archive.version("rtr-edge-1"), RUNNING)


def test_the_pieces_lead_from_the_sealed_file_to_the_exact_bytes(site):
    site.store(site.entry(exact=b"exact\n"))
    found = pieces(site)

    compressed = found.opened(found.sealed(), Identity(site.identities[1]))

    assert found.exact(compressed) == b"exact\n"
    assert found.readable() == b"hostname rtr-edge-1\n"
    assert (found.document.size, found.pruned, sorted(found.holders)) == (6, None, ["dr", "main"])


def test_what_is_sealed_anew_meanwhile_is_found(site):
    site.store(site.entry(exact=b"exact\n"))
    found = pieces(site)
    fresh = x25519.Identity.generate()
    holder = Holder("new", str(fresh.to_public()))
    into = SealedFiles(site.folder / "sealed").write(sealing.seal(b"exact\n", [holder]))
    name = found.document.sealed
    site.archive().record_fates({name: Fate(date(2026, 1, 2), into, {"new": holder.recipient})}, title="reseal")

    sealed = found.sealed()

    assert found.exact(found.opened(sealed, Identity(str(fresh)))) == b"exact\n"
    assert list(found.holders) == ["new"]


def test_a_file_that_is_gone_is_damage(site):
    site.store(site.entry())
    found = pieces(site)
    SealedFiles(site.folder / "sealed").discard(found.document.sealed)

    with pytest.raises(ArchiveDamaged, match="missing"):
        found.sealed()


def test_devices_are_named_though_the_record_of_one_is_spoilt(site):
    assert devices_in(site.archive()) == ()
    site.store(site.entry("rtr-1"), site.entry("rtr-2"))
    site.git("fast-import", "--quiet", feed=spoilt("rtr-2"))

    assert devices_in(site.archive()) == ("rtr-1", "rtr-2")


def spoilt(device):
    who = b"committer n <n@example> 1800000000 +0000\n"
    from_ = b"from refs/heads/main^0\n"
    return (
        b"commit refs/heads/main\n"
        + who
        + b"data 0\n"
        + from_
        + b"M 100644 inline %s/record.json\ndata 2\n{}\n" % (device.encode())
    )


@pytest.fixture
def folders(site, tmp_path):
    """A host's own site key, and the sealed copies of it and of the one before it."""
    state, keys = tmp_path / "state", tmp_path / "keys"
    first = SiteKey.load_or_create(state, keys, site.holders)
    return state, keys, first, first.rotate(state, keys, site.holders)


def test_a_host_knows_its_own_site_key_and_an_identity_opens_the_older_ones(site, folders):
    state, keys, first, second = folders

    assert site_keys(state, keys, None) == ({second.id: second}, ())
    assert site_keys(state, keys, Identity(site.identities[0])) == ({second.id: second, first.id: first}, ())


def test_where_there_is_no_site_key_its_sealed_copies_do(site, folders, tmp_path):
    _, keys, first, second = folders

    found, notes = site_keys(tmp_path / "elsewhere", keys, Identity(site.identities[1]))

    assert (set(found), notes) == ({first.id, second.id}, ())


def test_copies_that_cannot_be_opened_are_named_and_stop_nothing(folders, tmp_path):
    _, keys, _, _ = folders
    stranger = Identity(str(x25519.Identity.generate()))

    found, notes = site_keys(tmp_path / "elsewhere", keys, stranger)

    assert found == {}
    assert len(notes) == 2
    assert all("not sealed for this key" in note for note in notes)


def test_a_site_key_that_others_can_read_is_not_used_and_is_named(folders, tmp_path):
    state, _, _, _ = folders
    (state / "site.key").chmod(0o644)

    found, notes = site_keys(state, tmp_path / "none", None)

    assert found == {}
    assert "can be read by others" in notes[0]
