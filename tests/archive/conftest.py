"""An archive in a temporary folder, two holders with real keys, and entries to put into it."""

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from pyrage import x25519

from dcops.archive.archive import Archive, Entry, Item
from dcops.archive.holders import Holder
from dcops.archive.site_key import SiteKey
from dcops.model.snapshot import ConfigSource

MIDNIGHT = datetime(2026, 1, 15, 18, 0, tzinfo=UTC)


@dataclass
class Clock:
    """A clock that stands still until it is set."""

    now: datetime = MIDNIGHT + timedelta(days=300)

    def __call__(self):
        return self.now


@dataclass
class Site:
    """The archive of a site with everything around it that a test needs."""

    folder: object
    identities: tuple
    holders: tuple
    key: SiteKey
    clock: Clock = field(default_factory=Clock)

    def archive(self, **changes):
        arguments = {"holders": self.holders, "site_key": self.key, "clock": self.clock, **changes}
        return Archive.open(self.folder, **arguments)

    def reader(self):
        return Archive.open(self.folder)

    def store(self, *entries, run="run-1", **changes):
        session = self.archive(**changes).session(run)
        for entry in entries:
            session.put(entry)
        return session.commit()

    @staticmethod
    def entry(device="rtr-edge-1", text="hostname rtr-edge-1\n", *, night=0, exact=None, startup=None, platform="ios"):
        items = [Item(ConfigSource.RUNNING, "cfg", text, text.encode() if exact is None else exact)]
        if startup is not None:
            items.append(Item(ConfigSource.STARTUP, "cfg", startup, startup.encode()))
        return Entry(device, platform, MIDNIGHT + timedelta(days=night), tuple(items))

    def git(self, *words, feed=None):
        import subprocess

        command = ["git", f"--git-dir={self.folder / 'readable.git'}", *words]
        return subprocess.run(command, capture_output=True, check=True, input=feed, timeout=60).stdout

    def commits(self):
        return int(self.git("rev-list", "--count", "main"))

    def sealed_files(self):
        return sorted((self.folder / "sealed").glob("*/*.age"))


@pytest.fixture(autouse=True)
def _local_time(monkeypatch):
    """Days are days of Viet Nam, wherever the tests run; POSIX counts the zone the other way round."""
    monkeypatch.setenv("TZ", "ICT-7")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.fixture
def site(tmp_path):
    identities = (x25519.Identity.generate(), x25519.Identity.generate())
    holders = tuple(
        Holder(name, str(identity.to_public())) for name, identity in zip(("main", "dr"), identities, strict=True)
    )
    return Site(tmp_path / "archive", tuple(map(str, identities)), holders, SiteKey(bytes(range(32))))
