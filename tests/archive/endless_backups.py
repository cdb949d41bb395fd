"""Commits one version after the other until it is killed: `endless_backups.py ARCHIVE KEY_HEX RECIPIENT… `.

Every device of one run holds the number of the run, so a state that mixes two runs is seen.
"""

import sys
from datetime import UTC, datetime
from pathlib import Path

from dcops.archive.archive import Archive, Entry, Item
from dcops.archive.holders import Holder
from dcops.archive.site_key import SiteKey
from dcops.model.snapshot import ConfigSource

DEVICES = 6


def say(line):
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main(folder, key, *recipients):
    holders = [Holder(f"holder-{number}", recipient) for number, recipient in enumerate(recipients)]
    archive = Archive.open(Path(folder), holders=holders, site_key=SiteKey(bytes.fromhex(key)))
    number = 0
    if archive.previous_sizes("rtr-0"):
        number = int(archive.show("rtr-0").split()[1])
    say("ready")
    while True:
        number += 1
        session = archive.session(f"run-{number}")
        for device in range(DEVICES):
            text = f"run {number}\n" + "interface description\n" * 50
            item = Item(ConfigSource.RUNNING, "cfg", text, text.encode())
            session.put(Entry(f"rtr-{device}", "ios", datetime.now(UTC), (item,)))
        done = session.commit()
        say(f"committed {number} {done.revision}")


if __name__ == "__main__":
    main(*sys.argv[1:])
