"""Work that needs much for a moment, done in a process that goes away with all that it needed.

Checking an inventory takes 10 MB of libraries that an exporter, which runs for months, needs for nothing else.
"""

from __future__ import annotations

import pickle
import subprocess
import sys
from collections.abc import Callable
from typing import Any, TypeVar

from dcops.errors import CannotRun, DcopsError

A = TypeVar("A")
T = TypeVar("T")

LONGEST_SECONDS = 300.0
# -P: a pickle.py in the folder that we were started in is not ours.
_COMMAND = (sys.executable, "-P", "-c", "from dcops.exporters.apart import main; main()")


def apart(work: Callable[[A], T], argument: A) -> T:
    """What the work gives, or the DcopsError that it raises; it has to be a function of a module."""
    try:
        done = subprocess.run(
            _COMMAND,
            input=pickle.dumps((work, argument)),
            stdout=subprocess.PIPE,
            timeout=LONGEST_SECONDS,
            # Whoever ends us ends it soon enough, and Ctrl-C is not its business.
            start_new_session=True,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise CannotRun(
            f"{work.__module__} cannot be run in a process of its own: {error}",
            next_step="It is tried again; see the limits of the service (TasksMax, memory)",
        ) from None
    if done.returncode:
        raise CannotRun(
            f"the process of {work.__module__} ended with {done.returncode}",
            next_step="What it said stands in the log; it is tried again",
        )
    # The same program under the same user has written it, of objects of ours.
    trouble, result = pickle.loads(done.stdout)  # noqa: S301
    if trouble is not None:
        raise trouble
    answer: T = result
    return answer


def main() -> None:
    """The other side: work from stdin, its answer to stdout."""
    work, argument = pickle.load(sys.stdin.buffer)  # noqa: S301 who started us
    answer: tuple[DcopsError | None, Any]
    try:
        answer = None, work(argument)
    except DcopsError as error:
        answer = error, None
    sys.stdout.buffer.write(pickle.dumps(answer))
