"""Many real processes at once."""

import json
import subprocess
import sys
import threading
from collections import Counter
from pathlib import Path

from dcops.ledger import schema
from dcops.ledger.ledger import Ledger
from dcops.model.job import RunState, RunTrigger
from tests.ledger.conftest import NIGHT, Nights

# One after the other: two crowds of 200 on one host would only wait for each other.

RACERS = Path(__file__).with_name("racers.py")


def race(mode, url, processes, keys=1):
    done = subprocess.run(
        [sys.executable, str(RACERS), mode, url, str(processes), str(keys)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def wins(answers):
    broken = [answer for answer in answers if isinstance(answer, str)]
    assert not broken, broken[0]
    return Counter(item for answer in answers for item in answer)


def test_of_200_processes_exactly_one_gets_each_due_time(ledger_url):
    Ledger.open(ledger_url).close()

    answers = race("claim", ledger_url, 200, 5)

    assert len(answers) == 200
    assert wins(answers) == dict.fromkeys(range(5), 1)
    with Ledger.open(ledger_url) as ledger:
        rows = {(run.due - NIGHT).days: run.node for run in ledger.runs()}
        assert rows == {key: f"n{number}" for number, answer in enumerate(answers) for key in answer}


def test_of_20_processes_exactly_one_locks_each_device_and_nobody_deadlocks(ledger_url):
    Ledger.open(ledger_url).close()

    assert wins(race("lock", ledger_url, 20, 40)) == {f"device-{key}": 1 for key in range(40)}


def test_20_processes_open_a_new_ledger_at_once(ledger_url):
    assert race("open", ledger_url, 20) == [schema.NEWEST] * 20


def test_a_process_that_was_forked_does_not_use_its_parents_connections(ledger_url):
    *answers, parent = race("inherited", ledger_url, 20, 3)

    assert wins(answers) == dict.fromkeys(range(3), 1)
    assert parent == schema.NEWEST


def test_threads_share_one_ledger(ledger):
    nights = Nights(ledger)
    won, trouble = [], []
    barrier = threading.Barrier(12)

    def claim_all():
        barrier.wait()
        try:
            for night in range(10):
                if nights.claim(nights.key(night)):
                    won.append(night)
        except Exception as error:
            trouble.append(error)

    threads = [threading.Thread(target=claim_all) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert not trouble
    assert sorted(won) == list(range(10))


def test_one_of_many_second_attempts_wins(ledger_url, ledger):
    nights = Nights(ledger)
    key = nights.ran(RunState.LOST)
    ledgers = [Ledger.open(ledger_url) for _ in range(8)]
    barrier, won = threading.Barrier(8), []

    def retry(one):
        barrier.wait()
        if one.claim(key, node="n", trigger=RunTrigger.CATCH_UP, now=NIGHT, attempt=2):
            won.append(one)

    threads = [threading.Thread(target=retry, args=[one]) for one in ledgers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    for one in ledgers:
        one.close()

    assert len(won) == 1
    assert len(ledger.attempts(key)) == 2
