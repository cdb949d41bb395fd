"""A site as it stands on the backup host, and the sticks of its holders, which lie elsewhere."""

import gzip
import json
import shutil
import subprocess
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pyrage

from dcops.archive.access import access
from dcops.archive.archive import Archive, Entry, Item
from dcops.archive.history import History
from dcops.archive.holders import create_holder, load_holders, remove_holder, rotate_holder
from dcops.archive.identity import Identity
from dcops.archive.needed import needed
from dcops.archive.resealing import Resealing
from dcops.archive.sealed import SealedFiles
from dcops.archive.site_key import SiteKey, sealed_copies
from dcops.model.snapshot import ConfigSource
from tests.archive.conftest import MIDNIGHT, Clock


@dataclass
class Premises:
    """Folders of a site root, and beside it the folder with the private keys."""

    root: Path
    sticks: Path
    clock: Clock = field(default_factory=Clock)

    @classmethod
    def made(cls, folder, *names):
        found = cls(folder / "site", folder / "sticks")
        found.sticks.mkdir()
        for name in names:
            found.create(name)
        return found

    def copied_to(self, folder):
        """The same once more, for a test that changes it."""
        shutil.copytree(self.root.parent, folder, dirs_exist_ok=True)
        return Premises(folder / self.root.name, folder / self.sticks.name)

    @property
    def keys(self):
        return self.root / "keys"

    @property
    def state(self):
        return self.root / "state"

    @property
    def holders(self):
        return load_holders(self.keys)

    @property
    def site_key(self):
        return SiteKey.load_or_create(self.state, self.keys, self.holders)

    def stick(self, name):
        return self.sticks / f"{name}.key"

    def identity(self, name):
        return Identity.read(self.stick(name))

    def create(self, name):
        create_holder(self.keys, name, self.stick(name))
        return self.site_key

    def rotate(self, name, stick):
        rotate_holder(self.keys, name, self.stick(stick))
        return self.site_key

    def remove(self, name):
        remove_holder(self.keys, name)
        return self.site_key

    def archive(self, **changes):
        known = {"holders": self.holders, "site_key": self.site_key, "clock": self.clock, **changes}
        return Archive.open(self.state / "archive", **known)

    def session(self, run, *entries):
        session = self.archive().session(run)
        for entry in entries:
            session.put(entry)
        return session

    def store(self, *texts, night, devices=("rtr-1", "fw-1"), exact=None):
        """One night: each device gives this text."""
        entries = (self.entry(device, "".join(texts), night, exact) for device in devices)
        return self.session(f"run-{night}", *entries).commit()

    @staticmethod
    def entry(device, text, night, exact=None):
        item = Item(ConfigSource.RUNNING, "cfg", text, text.encode() if exact is None else exact)
        return Entry(device, "ios", MIDNIGHT + timedelta(days=night), (item,))

    def resealing(self, by, **changes):
        known = {"site_key": self.site_key, "day": lambda: self.clock().date(), **changes}
        return Resealing(self.archive(), self.keys, self.holders, self.identity(by), **known)

    def reseal(self, by, **changes):
        return self.resealing(by, **changes).run()

    def access(self):
        folder = self.state / "archive"
        return access(needed(History(folder)), self.holders, sealed_copies(self.keys), SealedFiles(folder / "sealed"))

    def opens(self, stick, root=None):
        """Paths of everything under a folder that a key opens, tried without dcops."""
        key = [pyrage.x25519.Identity.from_str(self.stick(stick).read_text().splitlines()[-1])]
        found = []
        for path in sorted((root or self.root).rglob("*")):
            if path.is_file() and path.read_bytes().startswith(b"age-encryption.org/"):
                try:
                    pyrage.decrypt(path.read_bytes(), key)
                except pyrage.DecryptError:
                    continue
                found.append(path)
        return found

    def sealed_files(self):
        return sorted((self.state / "archive/sealed").rglob("*.age"))

    def exported(self, stick, archive=None):
        """The exact bytes of every version of every device, opened with one key."""
        archive, text = archive or self.archive(), self.stick(stick).read_text()
        return {
            (one.device, version.revision): archive.export(one.device, text, version.revision)
            for one in archive.devices()
            for version in archive.log(one.device)
        }

    def assert_tidy(self):
        """Nothing is damaged, nothing lies about, and everything is sealed for exactly today's holders."""
        found = self.archive().verify()
        assert (found.faults, found.notes) == ((), ())
        seen = self.access()
        assert (seen.to_reseal, seen.former, seen.closed, seen.odd, seen.copies) == ((), (), (), (), ())
        assert len(self.sealed_files()) == seen.files
        assert not (self.state / "archive/unrecorded").exists()


def restored_without_dcops(archive, device, key):
    """What a person does with git, an age that knows the key, and gunzip: the newest version of a device."""

    def shown(path):
        command = ["git", f"--git-dir={archive}/readable.git", "show", f"main:{path}"]
        return subprocess.run(command, capture_output=True, check=False, timeout=60).stdout

    name = json.loads(shown(f"{device}/record.json"))["documents"]["running"]["sealed"]
    fates = json.loads(shown("fates.json") or b'{"fates": {}}')["fates"]
    if name in fates:
        name = fates[name][1]
    sealed = (archive / "sealed" / name[:2] / f"{name}.age").read_bytes()
    line = next(line for line in key.read_text().splitlines() if not line.startswith("#"))
    return gzip.decompress(pyrage.decrypt(sealed, [pyrage.x25519.Identity.from_str(line)]))
