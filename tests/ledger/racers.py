"""Two hundred processes that want the same things at the same time: `racers.py MODE URL PROCESSES [KEYS]`.

Prints what each got, as JSON: a list of lists.
"""

import json
import os
import random
import sys
import time
import traceback
from datetime import UTC, datetime, timedelta

# Imported once, here, and not 200 times after the forks.
import dcops.ledger.bounded  # noqa: F401
from dcops.ledger.ledger import Ledger
from dcops.model.job import RunKey, RunTrigger

NIGHT = datetime(2026, 1, 14, 18, 0, tzinfo=UTC)


def open_it(url, number, keys):
    with Ledger.open(url) as ledger:
        return ledger.version()


def claim(url, number, keys):
    with Ledger.open(url) as ledger:
        return claim_all(ledger, number, keys)


def claim_all(ledger, number, keys):
    order = list(range(keys))
    random.Random(number).shuffle(order)
    now = datetime.now(UTC)
    return [
        key
        for key in order
        if ledger.claim(
            RunKey("backup", NIGHT + timedelta(days=key)), node=f"n{number}", trigger=RunTrigger.SCHEDULE, now=now
        )
    ]


def lock(url, number, keys):
    with Ledger.open(url) as ledger:
        devices = [f"device-{key}" for key in range(keys)]
        random.Random(number).shuffle(devices)
        held = ledger.lock_devices(devices, owner=f"n{number}", now=NIGHT, ttl_seconds=600)
        return [device for device in devices if device not in held]


MODES = {"open": open_it, "claim": claim, "lock": lock}


def main(mode, url, processes, keys="1"):
    work = MODES.get(mode)
    inherited = Ledger.open(url) if mode == "inherited" else None
    if inherited:
        inherited.version()
        work = lambda _, number, keys: claim_all(inherited, number, keys)  # noqa: E731
    gate_reader, gate_writer = os.pipe()
    children = []
    for number in range(int(processes)):
        reader, writer = os.pipe()
        pid = os.fork()
        if pid == 0:
            try:
                os.close(gate_writer)
                os.read(gate_reader, 1)
                answer = work(url, number, int(keys))
            except BaseException:
                answer = traceback.format_exc()
            with os.fdopen(writer, "w") as stream:
                json.dump(answer, stream)
            os._exit(0)
        os.close(writer)
        children.append((pid, reader))
    time.sleep(0.2)
    os.close(gate_writer)
    answers = []
    for pid, reader in children:
        with os.fdopen(reader) as stream:
            answers.append(json.load(stream))
        os.waitpid(pid, 0)
    if inherited:
        answers.append(inherited.version())
    json.dump(answers, sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
