"""One copy, or pruning, that kills itself: `one_copy.py WORDS_AS_JSON`. It counts what it does, and stops at a number.

To a folder it counts opened, made and renamed files and started programs; over SSH every message that it sends.
"""

import json
import os
import signal
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import paramiko

from dcops.archive.copies.address import SshAddress
from dcops.archive.copies.connection import KnownHosts
from dcops.archive.copies.opening import open_store
from dcops.model.secret import Credential

WORLDLY = {"open", "os.rename", "os.mkdir", "os.remove", "subprocess.Popen"}


def main(words):
    done = 0

    def count():
        nonlocal done
        done += 1
        if done == words["kill_at"]:
            os.kill(os.getpid(), signal.SIGKILL)

    address, known, credential = Path(words["place"]), None, Credential("")
    if ssh := words.get("ssh"):
        address = SshAddress("127.0.0.1", words["place"], ssh["user"], ssh["port"])
        known = KnownHosts(paramiko.HostKeys(ssh["known"]), Path(ssh["known"]))
        credential = Credential("copy", key_file=Path(ssh["key"]))
        send = paramiko.Transport._send_user_message

        def counted(transport, message):
            count()
            send(transport, message)

        paramiko.Transport._send_user_message = counted
    if limit := words.get("largest_file"):
        import resource

        # 30 s of CPU may pass: a program that ignores the signal for files that are too large meets EFBIG.
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    store = open_store(
        address,
        credential,
        known,
        archive=Path(words["archive"]),
        keys=Path(words["keys"]),
        memory=Path(words["memory"]),
        site="example",
        max_lag=timedelta(hours=48),
        verify_every=timedelta(days=7),
        clock=lambda: datetime.now(UTC),
    )
    if not words.get("ssh"):
        sys.addaudithook(lambda event, _: count() if event in WORLDLY else None)
    if words.get("prune"):
        equal = store.prune(agree=lambda _: True).comparison.equal
    else:
        equal = store.copy(verify=False).comparison.equal
    sys.stdout.write(json.dumps({"done": done, "equal": equal}))


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
