"""Does to one archive whatever dcops does to it, one thing after the other, until it is killed.

`restless.py WORDS_AS_JSON`: what it began and what was done stands on stdout, a line each. Its devices bear its name,
so that two of them can work on one archive; every device of one run holds the number of the run.
"""

import json
import random
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pyrage import x25519

from dcops.archive import leftovers, packing
from dcops.archive.archive import Archive, Entry, Item
from dcops.archive.copies.opening import open_store
from dcops.archive.fates import Fate
from dcops.archive.holders import Holder
from dcops.archive.identity import Identity
from dcops.archive.needed import needed
from dcops.archive.resealing import Resealing
from dcops.archive.site_key import SiteKey
from dcops.errors import Busy
from dcops.model.secret import Credential
from dcops.model.snapshot import ConfigSource

DEVICES = 4
OPS = ("backup", "copy", "pack", "repack", "tidy", "prune", "reseal")


def say(*words):
    sys.stdout.write(f"{' '.join(map(str, words))}\n")
    sys.stdout.flush()


def text_of(name, number):
    return f"run {number} of {name}\n" + "interface description\n" * 40


class Restless:
    """One worker."""

    def __init__(self, words):
        self.name = words["name"]
        self.root = Path(words["root"])
        self.ops = words["ops"]
        self.chance = random.Random(words["seed"])
        self.key = SiteKey(bytes.fromhex(words["key"]))
        self.identities = words["identities"]
        self.holders = [
            Holder(f"holder-{number}", str(x25519.Identity.from_str(text).to_public()))
            for number, text in enumerate(self.identities)
        ]

    def archive(self, holders=None):
        return Archive.open(
            self.root / "archive", holders=holders or self.holders[:2], site_key=self.key, lock_seconds=60
        )

    def store(self):
        """The second store of this worker."""
        return open_store(
            self.root / f"dr-{self.name}",
            Credential(""),
            None,
            archive=self.root / "archive",
            keys=self.root / "keys",
            memory=self.root / f"copy-{self.name}.json",
            site="example",
            max_lag=timedelta(hours=48),
            verify_every=timedelta(days=7),
            clock=lambda: datetime.now(UTC),
        )

    def work(self, rounds):
        """Endless when `rounds` is 0."""
        say("ready")
        self.do("backup")
        done = 0
        while not rounds or done < rounds:
            self.do(self.chance.choice(self.ops))
            done += 1
        for op in self.ops if rounds else ():
            self.do(op)

    def do(self, op):
        say("began", op)
        try:
            getattr(self, op)()
        except Busy:
            # The other one is at it.
            say("busy", op)
        else:
            say("done", op)

    def backup(self):
        archive = self.archive()
        number = 1
        if archive.previous_sizes(f"{self.name}-0"):
            number += int(archive.show(f"{self.name}-0").split()[1])
        session = archive.session(f"run-{self.name}-{number}")
        for device in range(DEVICES):
            text = text_of(self.name, number)
            exact = f"{text}{number}".encode()
            item = Item(ConfigSource.RUNNING, "cfg", text, exact)
            session.put(Entry(f"{self.name}-{device}", "ios", datetime.now(UTC), (item,)))
        say("stored", number, session.commit().revision)

    def copy(self):
        came = self.store().copy(verify=False)
        say("copied", came.comparison.equal)

    def pack(self):
        packing.pack(self.root / "archive", full=False)

    def repack(self):
        packing.pack(self.root / "archive", full=True)

    def tidy(self):
        # As if a day had passed for what others left; what the other worker is at is protected by its lock alone.
        leftovers.tidy(self.root / "archive", now=datetime.now(UTC), lock_seconds=60)

    def prune(self):
        archive = self.archive()
        lasting = {
            document.sealed for summary in archive.devices() for document in summary.newest.record.documents.values()
        }
        fates = archive.fates()
        versions = archive.log(f"{self.name}-0")[3:]
        names = {document.sealed for version in versions for document in version.record.documents.values()}
        names = {name for name in names - lasting if fates.where(name)}
        if names:
            for name in names:
                say("letting-go", name)
            archive.record_fates({name: Fate(datetime.now(UTC).date()) for name in names}, title="prune")

    def reseal(self):
        # In turn for two of the three, so that there is something to do each time.
        sealed_for = {frozenset(one.holders) for one in needed_now(self.root / "archive")[:1]}
        pairs = [self.holders[:2], self.holders[1:], [self.holders[0], self.holders[2]]]
        others = [pair for pair in pairs if {frozenset(one.name for one in pair)} != sealed_for]
        pair = self.chance.choice(others)
        identity = Identity("\n".join(self.identities))
        today = datetime.now(UTC).date
        Resealing(
            self.archive(pair),
            self.root / "keys",
            pair,
            identity,
            site_key=self.key,
            day=lambda: today(),
            batch_files=5,
        ).run()


def needed_now(folder):
    from dcops.archive.history import History

    return needed(History(folder))


if __name__ == "__main__":
    given = json.loads(sys.argv[1])
    Restless(given).work(given.get("rounds", 0))
