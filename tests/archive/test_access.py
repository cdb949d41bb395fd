"""Who can open what, by the records and by really opening it."""

import pytest

from dcops.archive.history import History
from dcops.archive.holders import add_holder
from dcops.archive.needed import needed
from dcops.archive.sealed import SealedFiles
from dcops.archive.site_key import SiteKey
from dcops.archive.trying import drawn, try_identity
from tests.archive.premises import Premises


@pytest.fixture(scope="module")
def grown(tmp_path_factory):
    """One night with the first two holders, one after dr got another key, one after a third came."""
    found = Premises.made(tmp_path_factory.mktemp("grown"), "main", "dr")
    found.store("night 0\n", night=0)
    found.rotate("dr", "dr-new")
    found.store("night 1\n", night=1, devices=("rtr-1",))
    found.create("offline")
    return found


@pytest.fixture
def premises(grown, tmp_path):
    return grown.copied_to(tmp_path / "premises")


def tried(premises, stick, **how):
    folder = premises.state / "archive"
    known = {"site_key": SiteKey.load(premises.state), **how}
    return try_identity(
        premises.identity(stick),
        needed(History(folder)),
        premises.keys,
        SealedFiles(folder / "sealed"),
        **known,
    )


def test_each_holder_opens_what_was_sealed_while_the_key_was_theirs(premises):
    found = premises.access()

    assert [(one.name, len(one.opens), one.devices) for one in found.holders] == [
        ("main", 3, ("fw-1", "rtr-1")),
        ("dr", 1, ("rtr-1",)),
        ("offline", 0, ()),
    ]
    assert [(one.name, len(one.opens), one.versions) for one in found.former] == [("dr", 2, 2)]
    assert (found.files, len(found.to_reseal), found.closed, found.odd, found.copies) == (3, 3, (), (), ())


def test_what_no_holder_of_today_opens_is_named(premises):
    premises.remove("main")

    found = premises.access()

    assert {(one.device, len(one.versions)) for one in found.closed} == {("rtr-1", 1), ("fw-1", 1)}
    assert [one.name for one in found.former] == ["dr", "main"]
    with pytest.raises(TypeError, match="no truth value"):
        bool(found)


def test_before_the_first_backup_there_is_nothing_to_open(tmp_path):
    found = Premises.made(tmp_path, "main", "dr").access()

    assert (found.files, [one.opens for one in found.holders], found.copies) == (0, [(), ()], ())


def test_a_key_really_opens_what_its_records_promise_and_the_site_key(premises):
    assert (tried(premises, "main").opened, tried(premises, "main").marks, tried(premises, "main").copies) == (3, 3, 1)
    former = tried(premises, "dr")
    assert (former.promised, former.opened, former.copies, former.failed) == (2, 2, 0, ())
    new = tried(premises, "offline")
    assert (new.promised, new.opened, new.copies) == (0, 0, 1)


def test_without_the_site_key_of_today_the_sealed_copy_still_checks_the_marks(premises):
    assert tried(premises, "main", site_key=None).marks == 3
    assert tried(premises, "dr", site_key=None).marks == 0


def test_a_file_that_does_not_open_is_named(premises):
    (lost, *_) = premises.sealed_files()
    lost.unlink()

    found = tried(premises, "main", number=None)

    assert found.opened == 2
    assert [(one.name, "missing" in why) for one, why in found.failed] == [(lost.stem, True)]


def test_a_holders_file_that_names_a_key_for_which_the_site_key_is_not_sealed_is_seen(premises):
    from pyrage import x25519

    add_holder(premises.keys, "late", str(x25519.Identity.generate().to_public()))

    assert [one.file.name for one in premises.access().copies] == ["site.key.age"]


def test_a_sample_is_drawn_by_lot_without_repeats():
    files = list(range(1000))

    assert drawn(files, None) == drawn(files, 5000) == tuple(files)
    assert len(set(drawn(files, 50))) == 50
    assert drawn(files, 50) != drawn(files, 50)
