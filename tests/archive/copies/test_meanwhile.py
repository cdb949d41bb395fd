"""What is sealed anew or pruned while a copy is made: the copy is whole at every moment, or stays as it was."""

import pytest
from pyrage import x25519

from dcops.archive.copies import home as homes
from dcops.archive.holders import Holder
from dcops.archive.identity import Identity
from dcops.archive.resealing import Resealing
from tests.archive.copies.conftest import Stores


def reseal(site):
    """Seal everything for another pair of holders."""
    third = x25519.Identity.generate()
    holders = (site.holders[0], Holder("third", str(third.to_public())))
    Resealing(
        site.archive(holders=holders),
        site.folder.parent / "keys",
        holders,
        Identity("\n".join(site.identities)),
        site_key=site.key,
        day=lambda: site.clock().date(),
    ).run()


@pytest.fixture
def copied(folder):
    folder.copy()
    folder.site.store(folder.site.entry("rtr-1", "new\n", night=9), run="run-9")
    return folder


def test_what_is_sealed_anew_while_the_first_store_is_looked_at_is_copied_as_it_is_after_that(copied, monkeypatch):
    scan, looks = homes.scan, []

    def late(where):
        looks.append(where)
        if len(looks) == 1:
            reseal(copied.site)
        return scan(where)

    monkeypatch.setattr(homes, "scan", late)
    came = copied.copy()

    assert copied.there().verify().faults == ()
    assert came.comparison.equal
    assert len(looks) == 2


def test_what_is_sealed_anew_while_it_is_sent_leaves_the_history_there_where_it_was(copied):
    known = copied.git_there("rev-parse", "main")
    begun = []

    def tell(step):
        if step.what == "copying" and not begun:
            begun.append(step)
            reseal(copied.site)

    copied.copy(tell=tell)

    assert copied.there().verify().faults == ()
    assert copied.git_there("merge-base", "--is-ancestor", known, "main") == ""
    assert copied.copy().comparison.equal
    assert copied.there().verify().faults == ()


@pytest.mark.parametrize("files", [1, 4, 7])
def test_a_copy_that_is_told_to_stop_never_leaves_a_history_that_needs_what_is_gone(grown, tmp_path, files):
    stores = Stores(grown, tmp_path / "dr")
    reseal(grown)
    grown.store(grown.entry("rtr-1", "new\n", night=9), run="run-9")
    sent = []

    def tell(step):
        if step.what == "copying":
            sent.append(step)

    stores.copy(tell=tell, stopping=lambda: len(sent) >= files, verify=False)

    if (stores.place / "archive/readable.git/refs/heads/main").exists():
        assert stores.there().verify().faults == ()
    assert stores.copy().comparison.equal
    assert stores.there().verify().faults == ()
