"""One resealing that kills itself: `one_reseal.py WORDS_AS_JSON`. It counts what it does to the world."""

import json
import os
import signal
import sys
from datetime import date
from pathlib import Path

from dcops.archive.archive import Archive
from dcops.archive.holders import load_holders
from dcops.archive.identity import Identity
from dcops.archive.resealing import Resealing
from dcops.archive.site_key import SiteKey

WORLDLY = {"open", "os.rename", "os.remove", "subprocess.Popen"}


def main(words):
    done = 0

    def count(event, _):
        nonlocal done
        if event in WORLDLY:
            done += 1
            if done == words["kill_at"]:
                os.kill(os.getpid(), signal.SIGKILL)

    root = Path(words["root"])
    resealing = Resealing(
        Archive.open(root / "state/archive"),
        root / "keys",
        load_holders(root / "keys"),
        Identity.read(Path(words["identity"])),
        site_key=SiteKey.load(root / "state"),
        day=lambda: date(2026, 11, 1),
        batch_files=words["batch_files"],
    )
    sys.addaudithook(count)
    came = resealing.run()
    sys.stdout.write(json.dumps({"done": done, "files": len(came.files)}))


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
