"""Holds Ctrl-C back from code that can lose it."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def undisturbed() -> Iterator[None]:
    """Let an interrupt wait until the block has ended.

    A KeyboardInterrupt that is raised while modules are imported can vanish: in a finalizer, in C code that asks
    whether something exists, in a library that tries what is installed.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    came: list[int] = []

    def remember(number: int, frame: FrameType | None) -> None:  # noqa: ARG001
        came.append(number)

    before = signal.signal(signal.SIGINT, remember)
    try:
        yield
    finally:
        # None: whoever set the handler did not do it from Python, and it cannot be set again.
        signal.signal(signal.SIGINT, signal.default_int_handler if before is None else before)
        if came:
            signal.raise_signal(signal.SIGINT)
