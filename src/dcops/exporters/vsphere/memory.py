"""Keeps what large answers needed for a moment from staying with the process for good."""

from __future__ import annotations

import ctypes
import gc
from contextlib import suppress

_ARENAS = 2
_LARGE_BYTES = 1 << 16
_M_ARENA_MAX, _M_MMAP_THRESHOLD = -8, -3
"""From glibc's malloc.h."""


def be_thrifty() -> None:
    """Let threads share their pools, and what is large live outside of them.

    glibc gives each thread a pool of its own, which keeps the size of the largest answer. And once it has seen
    something large come and go, it puts the next one among the small ones, where it leaves a hole.
    """
    with suppress(OSError, AttributeError):
        library = ctypes.CDLL(None)
        library.mallopt(_M_ARENA_MAX, _ARENAS)
        library.mallopt(_M_MMAP_THRESHOLD, _LARGE_BYTES)


def settle() -> None:
    """Leave what is there now, libraries above all, out of every search for garbage. Before anything that may go."""
    gc.freeze()


def give_back() -> None:
    """Give the system what is not needed any more; cheap where there is nothing."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
