# ruff: noqa: T201  its output is what the tests read
"""`jobs run` and `jobs work` with jobs of our own, for tests that need real processes.

night.py supervise URL STATE JOB DUE SOFT HARD ATTEMPT TRIGGER   one supervisor, as the scheduler starts it
night.py work URL JOB DUE ATTEMPT FOLDER PARENT             its worker
night.py claim URL DUE HOW_MANY                             races for due times, prints how many it won
"""

import json
import logging
import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

from dcops.errors import CannotRun, DeviceError, ErrorKind
from dcops.jobs.catalog import Job, find
from dcops.jobs.context import Silence
from dcops.jobs.runs.plan import Plan
from dcops.jobs.runs.reconcile import Reconciler
from dcops.jobs.runs.supervisor import Limits, Supervisor
from dcops.jobs.runs.timetable import Timetable
from dcops.jobs.runs.work import Errand, work
from dcops.ledger.ledger import Ledger
from dcops.model.device import Device
from dcops.model.job import RunKey, RunTrigger
from dcops.model.run import JobRun, Outcome, Result
from dcops.scheduler.daemon import Daemon, the_only_one

NODE = "host-1"


# Supervisors and workers of a daemon inherit how far its clock is ahead.
AHEAD = "DCOPS_TEST_AHEAD"


def now():
    return datetime.now(UTC) + timedelta(seconds=float(os.environ.get(AHEAD, "0")))


def device(name):
    return Device(name=name, site="main", role="router", vendor="Example", model="One", platform="ios")


DEVICES = tuple(device(f"rtr-{number}") for number in range(1, 4))


def done(name, outcomes=()):
    return JobRun(name, "run-1", now(), now(), tuple(outcomes))


def quick(site, devices, call):
    print("all is well", flush=True)
    return done("quick", [Outcome(one.name, Result.OK, seconds=0.1) for one in devices])


def partial(site, devices, call):
    error = DeviceError(ErrorKind.REFUSED, "it refused", next_step="Look at it")
    first, *others = devices
    return done(
        "partial", [Outcome(first.name, Result.FAILED, error=error), *(Outcome(o.name, Result.OK) for o in others)]
    )


def obedient(site, devices, call):
    """Works until it is asked to stop, and reports what it has."""
    print("working", flush=True)
    while not call.stopping():
        time.sleep(0.02)
    error = DeviceError(ErrorKind.TIMEOUT, "not asked")
    first, *others = devices
    return done(
        "obedient", [Outcome(first.name, Result.OK), *(Outcome(o.name, Result.TIMEOUT, error=error) for o in others)]
    )


def deaf(site, devices, call):
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    print("not listening", flush=True)
    while True:
        time.sleep(60)


FORK_AWAY = """
import os, signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
if os.fork(): os._exit(0)
os.setsid()
if os.fork(): os._exit(0)
time.sleep(600)
"""


def forking(site, devices, call):
    """Leaves three processes: in its group, in a session of its own, and one that forgot where it came from."""
    subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)", "dcops-test-left-behind"])
    subprocess.run([sys.executable, "-c", FORK_AWAY, "dcops-test-left-behind"], check=True)
    subprocess.run([sys.executable, "-c", FORK_AWAY, "dcops-test-left-behind"], check=True, env={})
    print("forked", flush=True)
    return done("forking")


def forking_deaf(site, devices, call):
    forking(site, devices, call)
    return deaf(site, devices, call)


def refused(site, devices, call):
    raise CannotRun("there is no archive", next_step="Make one")


def broken(site, devices, call):
    raise KeyError("secret-in-a-message")


def suicidal(site, devices, call):
    os.kill(os.getpid(), signal.SIGKILL)


def hoarder(site, devices, call):
    """Writes until the disk is full."""
    with (site.state / "hoard").open("wb") as stream:
        while True:
            stream.write(b"x" * 65536)
            stream.flush()


JOBS = tuple(
    Job(function.__name__.replace("_", "-"), "A test.", function, on_devices=function in (quick, partial, obedient))
    for function in (quick, partial, obedient, deaf, forking, forking_deaf, refused, broken, suicidal, hoarder)
)


DEAF = ("deaf", "forking-deaf")


def supervise(url, state, name, due, soft, hard, attempt, trigger):
    def command(folder):
        words = [sys.executable, __file__, "work", url, name, due, attempt, str(folder), str(os.getpid()), state]
        # Deaf before its first line of Python: a busy machine may need longer for its imports than the soft limit is.
        return ["sh", "-c", 'trap "" TERM; exec "$@"', "sh", *words] if name in DEAF else words

    with Ledger.open(url) as ledger:
        limits = Limits(float(soft), float(hard), grace_seconds=5.0)
        supervisor = Supervisor(ledger, Path(state), NODE, now, limits)
        key = RunKey(name, datetime.fromisoformat(due))
        ended = supervisor.run(key, RunTrigger(trigger), int(attempt), command)
    print(json.dumps({"taken": ended is not None, "state": ended.state.value if ended else None}))


def do_work(url, name, due, attempt, folder, parent, state):
    with Ledger.open(url) as ledger:
        site = SimpleNamespace(ledger=ledger, state=Path(state), devices=lambda job: DEVICES)
        errand = Errand(RunKey(name, datetime.fromisoformat(due)), int(attempt), NODE, Path(folder), int(parent))
        return work(find(name, JOBS), site, errand, Silence(), clock=now, say=print)


def serve(url, state, name, ahead):
    os.environ[AHEAD] = ahead
    plans = (Plan(name, Timetable.of("0 * * * *", UTC), retries=1),)

    def start(key, trigger, attempt):
        arguments = ["supervise", url, state, key.job, key.due.isoformat(), "60", "60", str(attempt), trigger.value]
        return subprocess.Popen([sys.executable, __file__, *arguments], start_new_session=True)

    logging.basicConfig(level=logging.INFO, format="%(message)s")
    with the_only_one(Path(state)), Ledger.open(url) as ledger:
        reconciler = Reconciler(ledger, plans, node=NODE, state=Path(state), start=start)
        daemon = Daemon(reconciler, plans, clock=now, ended=lambda key: print("told of", key.job), look_seconds=0.3)
        signal.signal(signal.SIGTERM, lambda *_: daemon.stop())
        daemon.run()


def claim(url, due, how_many):
    first, won = datetime.fromisoformat(due), 0
    with Ledger.open(url) as ledger:
        print("ready", flush=True)
        sys.stdin.readline()
        for number in range(int(how_many)):
            key = RunKey("race", first + timedelta(minutes=number))
            won += ledger.claim(key, node=f"{os.getpid()}", trigger=RunTrigger.SCHEDULE, now=now())
    print(won)


if __name__ == "__main__":
    verb, *arguments = sys.argv[1:]
    sys.exit({"supervise": supervise, "work": do_work, "serve": serve, "claim": claim}[verb](*arguments))
