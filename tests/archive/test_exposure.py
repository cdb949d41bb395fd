"""Secrets that a former holder could have read, followed to the newest version."""

import pytest
from pyrage import x25519

from dcops.archive.exposure import exposure
from dcops.archive.history import History
from dcops.archive.holders import Holder
from dcops.archive.site_key import SiteKey
from dcops.diff.redact import keyed
from dcops.errors import CannotRun

FIRST, SECOND = SiteKey(b"1" * 32), SiteKey(b"2" * 32)


def text(key, *secrets, banner=""):
    """A configuration with a secret in each line."""
    conceal = keyed(key.key)
    return "".join(f"user u{number} secret {conceal(one)}\n" for number, one in enumerate(secrets)) + banner


def others():
    return tuple(Holder(name, str(x25519.Identity.generate().to_public())) for name in ("x", "y"))


class Revoked:
    """An archive whose first night was sealed for a holder who is none any more."""

    def __init__(self, site):
        self.site, self.night = site, 0
        self.former, self.later = site.holders, others()
        self.store(FIRST, "a", "b", holders=self.former)

    def store(self, key, *secrets, holders=None, startup=None, banner=""):
        entry = self.site.entry(text=text(key, *secrets, banner=banner), night=self.night, startup=startup)
        self.site.store(entry, run=f"run-{self.night}", site_key=key, holders=holders or self.later)
        self.night += 1

    def listed(self, holder=None):
        found = exposure(History(self.site.folder), [(holder or self.former[0]).recipient])
        return [(one.source.value, one.line, one.certain) for one in found.secrets]


@pytest.fixture
def revoked(site):
    return Revoked(site)


def test_everything_in_the_version_that_the_key_opens_is_listed(revoked):
    assert revoked.listed() == [("running", 1, True), ("running", 2, True)]
    assert revoked.listed(revoked.later[0]) == []


def test_a_secret_that_changed_since_is_not_listed_and_one_that_moved_is(revoked):
    revoked.store(FIRST, "new", "a")

    assert revoked.listed() == [("running", 2, True)]
    assert len(revoked.listed(revoked.later[0])) == 2


def test_a_secret_that_came_back_is_listed_again(revoked):
    revoked.store(FIRST, "new", "new")
    revoked.store(FIRST, "b", "new")

    assert revoked.listed() == [("running", 1, True)]


def test_a_secret_is_known_in_the_other_configuration_of_the_device_too(revoked):
    revoked.store(FIRST, "new", startup=text(FIRST, "z", "b"))

    assert revoked.listed() == [("startup", 2, True)]


def test_across_a_new_site_key_secrets_are_followed_by_their_place_and_called_uncertain(revoked):
    revoked.store(SECOND, "a", "b")
    assert revoked.listed() == [("running", 1, False), ("running", 2, False)]

    revoked.store(SECOND, "new", "b")
    assert revoked.listed() == [("running", 2, False)]

    revoked.store(SECOND, "new", "newer")
    assert revoked.listed() == []


def test_when_the_text_changed_with_the_site_key_the_same_lines_are_followed(revoked):
    revoked.store(SECOND, "x", "b", "late", banner="banner\n")

    # Whether the first secret changed that very night nobody can tell; the third line was not there before.
    assert revoked.listed() == [("running", 1, False), ("running", 2, False)]


def test_without_an_archive_it_says_so(tmp_path):
    with pytest.raises(CannotRun, match="no archive"):
        exposure(History(tmp_path), ["age1x"])
