"""One site key per site, private here and sealed for the holders."""

import subprocess
import sys
from contextlib import suppress

import pyrage
import pytest

from dcops.archive import durable
from dcops.archive.holders import Holder
from dcops.archive.identity import Identity
from dcops.archive.site_key import SiteKey, open_copy, renew_copy, sealed_copies
from dcops.errors import CannotRun, InvalidInput, UsageError


@pytest.fixture
def places(tmp_path):
    return tmp_path / "state", tmp_path / "keys"


def opened(places, identity, name="site.key.age"):
    return pyrage.decrypt((places[1] / name).read_bytes(), [pyrage.x25519.Identity.from_str(identity)])


def test_it_is_made_once_private_and_random(places, site, tmp_path):
    key = SiteKey.load_or_create(*places, site.holders)

    assert len(key.key) == 32
    assert (places[0] / "site.key").stat().st_mode & 0o777 == 0o600
    assert SiteKey.load_or_create(*places, site.holders) == key
    assert SiteKey.load(places[0]) == key
    assert SiteKey.load_or_create(tmp_path / "other", places[1] / "other", site.holders) != key


def test_its_id_and_representation_do_not_give_it_away():
    key = SiteKey(b"\xab" * 32)

    assert key.id != SiteKey(b"\xac" * 32).id
    assert key.id not in key.key.hex()
    assert "ab" * 8 not in repr(key)
    assert "\\xab" not in repr(key)


def test_the_mark_depends_on_the_key_and_on_every_byte():
    key, other = SiteKey(b"a" * 32), SiteKey(b"b" * 32)

    assert len({key.mark(b"x"), key.mark(b"y"), other.mark(b"x"), key.mark(b"")}) == 4


def test_each_holder_can_open_the_sealed_copy(places, site):
    key = SiteKey.load_or_create(*places, site.holders)

    for identity in site.identities:
        assert opened(places, identity).decode().strip() == key.key.hex()


def test_the_sealed_copy_is_renewed_when_the_holders_change_and_only_then(places, site):
    SiteKey.load_or_create(*places, site.holders)
    sealed = (places[1] / "site.key.age").read_bytes()
    SiteKey.load_or_create(*places, site.holders)
    assert (places[1] / "site.key.age").read_bytes() == sealed
    third = pyrage.x25519.Identity.generate()

    key = SiteKey.load_or_create(*places, (*site.holders, Holder("offline", str(third.to_public()))))

    assert opened(places, str(third)).decode().strip() == key.key.hex()
    assert sorted(path.name for path in places[1].iterdir()) == ["site.key.age", "site.key.json"]


def test_a_damaged_or_missing_sealed_copy_is_renewed(places, site):
    key = SiteKey.load_or_create(*places, site.holders)
    for damage in (lambda file: file.write_bytes(b"rot"), lambda file: file.unlink()):
        damage(places[1] / "site.key.age")
        SiteKey.load_or_create(*places, site.holders)
        assert opened(places, site.identities[0]).decode().strip() == key.key.hex()


def test_after_a_rotation_the_sealed_copy_of_the_old_key_is_kept(places, site):
    old = SiteKey.load_or_create(*places, site.holders)
    (places[0] / "site.key").unlink()

    new = SiteKey.load_or_create(*places, site.holders)

    assert new != old
    assert opened(places, site.identities[0]).decode().strip() == new.key.hex()
    assert opened(places, site.identities[0], f"site.key.{old.id}.age").decode().strip() == old.key.hex()


def test_a_key_that_others_can_read_is_refused_with_the_remedy(places, site):
    SiteKey.load_or_create(*places, site.holders)
    (places[0] / "site.key").chmod(0o640)

    with pytest.raises(CannotRun, match="can be read by others") as caught:
        SiteKey.load(places[0])

    assert caught.value.next_step == f"Run: chmod 600 {places[0] / 'site.key'}"


@pytest.mark.parametrize("content", [b"", b"secret-words", b"\xff" * 64, b"0" * 63, b"0" * 66])
def test_what_is_no_key_is_refused_without_showing_it(places, content):
    places[0].mkdir()
    file = places[0] / "site.key"
    file.write_bytes(content)
    file.chmod(0o600)

    with pytest.raises(InvalidInput, match="no site key") as caught:
        SiteKey.load(places[0])

    assert "secret-words" not in str(caught.value)
    assert file.read_bytes() == content


def test_processes_that_make_it_at_once_agree_on_one(places, tmp_path):
    code = (
        "import sys; from pathlib import Path; from dcops.archive.site_key import SiteKey\n"
        "sys.stdin.read(); print(SiteKey.load_or_create(Path(sys.argv[1]), Path(sys.argv[2]), ()).id)"
    )
    racers = [
        subprocess.Popen(
            [sys.executable, "-c", code, *map(str, places)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    for racer in racers:
        racer.stdin.close()
        racer.stdin = None
    said = {racer.communicate(timeout=60)[0] for racer in racers}

    assert said == {f"{SiteKey.load(places[0]).id}\n"}
    assert [path.name for path in places[0].iterdir()] == ["site.key"]


def test_a_rotation_makes_another_key_and_keeps_the_old_one_for_the_holders(places, site):
    old = SiteKey.load_or_create(*places, site.holders)

    new = old.rotate(*places, site.holders)

    assert SiteKey.load(places[0]) == new != old
    assert (places[0] / "site.key").stat().st_mode & 0o777 == 0o600
    for identity in map(Identity, site.identities):
        keys = {copy.site_key: open_copy(copy, identity) for copy in sealed_copies(places[1])}
        assert keys == {new.id: new, old.id: old}
    today = {holder.name: holder.recipient for holder in site.holders}
    assert [copy.holders for copy in sealed_copies(places[1])] == [today, today]


@pytest.mark.parametrize("writes", range(8))
def test_stopped_anywhere_in_a_rotation_no_key_is_lost(places, site, monkeypatch, writes):
    old = SiteKey.load_or_create(*places, site.holders)
    replace, left = durable.replace, [writes]

    def failing(path, content, **how):
        if not left[0]:
            raise CannotRun("power cut")
        left[0] -= 1
        replace(path, content, **how)

    monkeypatch.setattr(durable, "replace", failing)
    with suppress(CannotRun):
        old.rotate(*places, site.holders)
    monkeypatch.undo()

    now = SiteKey.load_or_create(*places, site.holders)

    for identity in map(Identity, site.identities):
        opened_keys = [open_copy(copy, identity) for copy in sealed_copies(places[1])]
        assert opened_keys[0] == now
        assert old in opened_keys


def test_a_copy_of_an_older_key_is_sealed_anew_for_others(places, site):
    old = SiteKey.load_or_create(*places, site.holders)
    old.rotate(*places, site.holders)
    third = pyrage.x25519.Identity.generate()
    (copy,) = [one for one in sealed_copies(places[1]) if one.site_key == old.id]

    renew_copy(copy, old, [Holder("offline", str(third.to_public())), site.holders[0]])

    (renewed,) = [one for one in sealed_copies(places[1]) if one.site_key == old.id]
    assert set(renewed.holders) == {"offline", "main"}
    assert open_copy(renewed, Identity(str(third))) == old
    with pytest.raises(UsageError, match="sealed for main, offline"):
        open_copy(renewed, Identity(site.identities[1]))


def test_a_copy_of_which_nothing_is_known_is_opened_all_the_same(places, site):
    key = SiteKey.load_or_create(*places, site.holders)
    (places[1] / "site.key.json").unlink()

    (copy,) = sealed_copies(places[1])

    assert (copy.holders, copy.site_key) == (None, "")
    assert open_copy(copy, Identity(site.identities[0])) == key
