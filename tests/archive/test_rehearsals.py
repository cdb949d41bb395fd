"""What a site does once a year, or on its worst day, rehearsed with real files, real git and real keys."""

import gzip
import shutil
import subprocess
from datetime import timedelta

import pyrage
import pytest

from dcops.archive.archive import Archive
from dcops.archive.copies.opening import open_store
from dcops.archive.exposure import exposure, keys_of
from dcops.archive.history import History
from dcops.archive.site_key import SiteKey
from dcops.diff.redact import keyed
from dcops.errors import UsageError
from dcops.model.secret import Credential
from tests.archive.premises import Premises, restored_without_dcops

SECRETS = {"rtr-1": "first-of-rtr", "fw-1": "first-of-fw"}


@pytest.fixture(scope="module")
def grown(tmp_path_factory):
    """Two holders, two nights of two devices, each with a secret, and a second store."""
    found = Premises.made(tmp_path_factory.mktemp("grown"), "main", "dr")
    for night in range(2):
        night_of(found, night)
    second_store(found).copy()
    return found


@pytest.fixture
def premises(grown, tmp_path):
    """The same for one test."""
    return grown.copied_to(tmp_path / "premises")


def night_of(premises, night, **secrets):
    """One backup: the archive gets the exact bytes, and the text in which secrets are hashed."""
    conceal = keyed(premises.site_key.key)
    entries = []
    for device, secret in {**SECRETS, **secrets}.items():
        exact, readable = (
            f"hostname {device}\nsecret {word}\nbanner night {night}\n" for word in (secret, conceal(secret))
        )
        entries.append(premises.entry(device, readable, night, exact.encode()))
    return premises.session(f"run-{night}", *entries).commit()


def second_store(premises):
    return open_store(
        premises.root.parent / "second",
        Credential(""),
        None,
        archive=premises.state / "archive",
        keys=premises.keys,
        memory=premises.state / "copy.json",
        site="example",
        max_lag=timedelta(hours=48),
        verify_every=timedelta(days=7),
        clock=premises.clock,
    )


def copied_and_pruned(premises):
    store = second_store(premises)
    assert store.copy().comparison.equal
    return store.prune(agree=lambda _: True)


def in_force(premises, who):
    history = History(premises.state / "archive")
    return exposure(history, keys_of(history, who, premises.holders))


def test_rotation_the_new_key_of_a_holder_opens_the_past_and_the_old_one_nothing(premises):
    before = premises.exported("dr")

    premises.rotate("dr", "dr-2027")
    assert premises.exported("dr") == before, "until it is sealed anew the old key is needed, and works"
    with pytest.raises(UsageError, match="does not open it"):
        premises.exported("dr-2027")
    premises.reseal("dr")
    copied_and_pruned(premises)

    assert premises.exported("dr-2027") == before
    assert premises.opens("dr", premises.root.parent) == []
    premises.assert_tidy()


def test_loss_of_one_holders_key_the_other_opens_everything_and_a_new_holder_opens_the_past(premises):
    before = premises.exported("main")
    premises.stick("dr").unlink()

    assert premises.exported("main") == before
    premises.create("offline")
    premises.remove("dr")
    night_of(premises, 2)
    assert len(premises.access().to_reseal) == 4
    premises.reseal("main")

    after = premises.exported("offline")
    assert before.items() <= after.items()
    assert len(after) == 6
    premises.assert_tidy()


def test_revocation_the_key_opens_nothing_any_more_and_what_it_could_have_read_is_listed(premises):
    whole = premises.root.parent
    assert {path.parent.name for path in premises.opens("dr", whole)} >= {"keys"}
    exact = premises.exported("main")

    premises.create("offline")
    premises.remove("dr")
    premises.reseal("main")

    assert premises.opens("dr", premises.root) == [], "at home: sealed files, and the site key"
    store = second_store(premises)
    assert store.copy().comparison.equal
    there = whole / "second"
    assert len(premises.opens("dr", there)) == 4, "the second store forgets nothing by itself"
    pruned = store.prune(agree=lambda _: True)
    assert (pruned.files, pruned.prunable.waiting) == (4, ())
    assert premises.opens("dr", whole) == []
    assert Archive.open(there / "archive").verify().faults == ()
    assert premises.exported("offline", Archive.open(there / "archive")) == exact
    assert len(premises.opens("offline", there)) == len(premises.opens("main", there)) == 5

    seen = in_force(premises, "dr")
    assert [(one.device, one.line, one.certain) for one in seen.secrets] == [("fw-1", 2, True), ("rtr-1", 2, True)]
    assert sorted(seen.read) == ["fw-1", "rtr-1"]
    assert not any(secret in one.text for one in seen.secrets for secret in SECRETS.values())

    night_of(premises, 3, **{"fw-1": "changed"})
    assert [one.device for one in in_force(premises, "dr").secrets] == ["rtr-1"]

    old = premises.site_key
    old.rotate(premises.state, premises.keys, premises.holders)
    night_of(premises, 4, **{"fw-1": "changed"})
    assert [(one.device, one.certain) for one in in_force(premises, "dr").secrets] == [("rtr-1", False)]
    assert premises.archive().log("rtr-1")[0].record.documents["running"].site_key != old.id

    night_of(premises, 5, **{"fw-1": "changed", "rtr-1": "changed as well"})
    assert in_force(premises, "dr").secrets == ()
    premises.assert_tidy()


def test_the_history_of_the_repository_does_not_forget_who_was_a_holder_in_between(premises):
    """Sealed anew twice, the records name the first holders and the fates the last ones."""
    premises.create("guest")
    premises.reseal("main")
    premises.remove("guest")
    premises.reseal("main")

    assert premises.opens("guest") == []
    assert [one.device for one in in_force(premises, "guest").secrets] == ["fw-1", "rtr-1"]
    with pytest.raises(UsageError, match="Former holders are: guest"):
        in_force(premises, "stranger")
    with pytest.raises(UsageError, match="has had no other key"):
        in_force(premises, "main")


def test_loss_of_the_backup_host_the_second_store_and_one_key_restore_a_device(premises):
    premises.rotate("dr", "dr-2027")
    premises.reseal("main")
    copied_and_pruned(premises)
    shutil.rmtree(premises.root)
    there = premises.root.parent / "second"

    # With dcops, and no site key.
    exact = Archive.open(there / "archive").export("rtr-1", premises.stick("dr-2027").read_text())
    # Without it.
    by_hand = restored_without_dcops(there / "archive", "rtr-1", premises.stick("main"))

    assert exact == by_hand == b"hostname rtr-1\nsecret first-of-rtr\nbanner night 1\n"
    # The site key comes back too, so that the next backup elsewhere does not take every secret for a new one.
    key = pyrage.x25519.Identity.from_str(premises.stick("main").read_text().splitlines()[-1])
    state = premises.root.parent / "new-state"
    state.mkdir()
    (state / "site.key").write_bytes(pyrage.decrypt((there / "keys/site.key.age").read_bytes(), [key]))
    (state / "site.key").chmod(0o600)
    document = Archive.open(there / "archive").log("rtr-1")[0].record.documents["running"]
    assert SiteKey.load(state).id == document.site_key
    assert SiteKey.load(state).mark(exact) == document.mark


@pytest.mark.skipif(not shutil.which("age"), reason="the program age is not installed here; pyrage does the same above")
def test_age_itself_opens_what_was_sealed_anew(premises):
    premises.rotate("dr", "dr-2027")
    premises.reseal("main")
    document = premises.archive().log("rtr-1")[0].record.documents["running"]
    name = premises.archive().fates().where(document.sealed)
    file = premises.state / "archive/sealed" / name[:2] / f"{name}.age"

    done = subprocess.run(["age", "-d", "-i", premises.stick("dr-2027"), file], capture_output=True, check=True)

    assert gzip.decompress(done.stdout) == b"hostname rtr-1\nsecret first-of-rtr\nbanner night 1\n"


def test_the_backup_host_has_no_private_key_and_cannot_open_what_it_sealed(premises):
    premises.rotate("dr", "dr-2027")
    premises.reseal("main")
    premises.site_key.rotate(premises.state, premises.keys, premises.holders)

    everything = b"".join(path.read_bytes() for path in sorted(premises.root.rglob("*")) if path.is_file())
    objects = ["git", f"--git-dir={premises.state}/archive/readable.git", "cat-file", "--batch-all-objects", "--batch"]
    everything += subprocess.run(objects, capture_output=True, check=True).stdout
    assert b"AGE-SECRET-KEY" in premises.stick("main").read_bytes()
    assert b"AGE-SECRET-KEY" not in everything.upper()
    assert not any(secret.encode() in everything for secret in SECRETS.values())

    # The one secret that it has, the site key, is no key to anything.
    secret = (premises.state / "site.key").read_text().strip()
    for path in (*premises.sealed_files(), premises.keys / "site.key.age"):
        with pytest.raises(pyrage.DecryptError):
            pyrage.passphrase.decrypt(path.read_bytes(), secret)
    with pytest.raises(UsageError, match="no identity of age"):
        premises.archive().export("rtr-1", secret)
