"""An archive with a few versions, and places to copy it to: a folder, and the same over a real SSH server."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from dcops.archive.archive import Archive
from dcops.archive.copies.opening import open_store
from dcops.model.secret import Credential
from tests.archive.copies.sshd import Sshd, require_sshd

ONE_COPY = Path(__file__).with_name("one_copy.py")


@dataclass
class Stores:
    """The first store of a site, and its second one in `place`."""

    site: object
    place: object
    sshd: object = None

    def open(self, **changes):
        if self.sshd:
            address = changes.pop("address", self.sshd.address(self.place))
            credential = changes.pop("credential", self.sshd.credential())
            known = changes.pop("known", self.sshd.known())
        else:
            address, credential, known = changes.pop("address", self.place), Credential(""), None
        given = {
            "archive": self.site.folder,
            "keys": self.site.folder.parent / "keys",
            "memory": self.site.folder.parent / "copy.json",
            "site": "example",
            "max_lag": timedelta(hours=48),
            "verify_every": timedelta(days=7),
            "clock": self.site.clock,
            **changes,
        }
        return open_store(address, credential, known, **given)

    def copy(self, *, opened=None, **how):
        return self.open(**(opened or {})).copy(**how)

    def process(self, kill_at=0, **more):
        """A copy in a process of its own, which kills itself at a number."""
        parent = self.site.folder.parent
        words = {"archive": self.site.folder, "keys": parent / "keys", "memory": parent / "copy.json"}
        words = {name: str(path) for name, path in {**words, "place": self.place}.items()}
        if self.sshd:
            known = str(self.sshd.known().file)
            words["ssh"] = {"user": self.sshd.user, "port": self.sshd.port, "key": str(self.sshd.key), "known": known}
        command = [sys.executable, str(ONE_COPY), json.dumps({**words, "kill_at": kill_at, **more})]
        pipe = subprocess.PIPE
        return subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True, start_new_session=True)

    def there(self):
        """The copy, opened as the archive that it is."""
        return Archive.open(self.place / "archive")

    def git_there(self, *words):
        command = ["git", f"--git-dir={self.place}/archive/readable.git", *words]
        return subprocess.run(command, capture_output=True, check=True, text=True).stdout.strip()

    def sealed_there(self):
        return sorted((self.place / "archive/sealed").rglob("*.age"))

    def assert_whole(self):
        """The copy is an archive without a fault, and holds exactly what home holds."""
        inspection = self.there().verify()
        assert inspection.faults == ()
        # What a git that was cut off left half written is swept away by the next one, and is no fault.
        leftovers = (".part", "is unfinished")
        assert [note for note in inspection.notes if not any(word in note for word in leftovers)] == []
        here, there = self.site.reader(), self.there()
        assert [one.device for one in there.devices()] == [one.device for one in here.devices()]
        for one in here.devices():
            assert [v.revision for v in there.log(one.device)] == [v.revision for v in here.log(one.device)]
            assert there.export(one.device, self.site.identities[1]) == here.export(one.device, self.site.identities[0])


@pytest.fixture(scope="session")
def sshd(tmp_path_factory):
    require_sshd()
    server = Sshd(tmp_path_factory.mktemp("sshd")).start()
    yield server
    server.stop()


@pytest.fixture
def grown(site):
    """Two devices, three nights, a configuration of some size."""
    for night in range(3):
        entries = (
            site.entry("rtr-1", f"night {night}\n", night=night, startup="s\n"),
            site.entry("fw-1", f"x {night}\n", night=night, exact=os.urandom(50_000)),
        )
        site.store(*entries, run=f"run-{night}")
    site.clock.now = site.entry(night=3).taken
    keys = site.folder.parent / "keys"
    keys.mkdir()
    site.key.keep_sealed(keys, site.holders)
    (keys / "holders.txt").write_text("# main\n")
    (keys / "main.key").write_text("AGE-SECRET-KEY-1NOTFORTRAVEL\n")
    return site


@pytest.fixture
def folder(grown, tmp_path):
    """The second store in a folder."""
    return Stores(grown, tmp_path / "dr")


@pytest.fixture
def remote(grown, tmp_path, sshd):
    """The second store over SSH."""
    return Stores(grown, tmp_path / "dr", sshd)


@pytest.fixture(params=["folder", "ssh"])
def stores(request):
    """Both kinds of place, one after the other."""
    return request.getfixturevalue({"folder": "folder", "ssh": "remote"}[request.param])
