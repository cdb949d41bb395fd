"""Ctrl-C waits for what could lose it, and is not lost."""

import signal
import threading

import pytest

from dcops.devices.undisturbed import undisturbed


def test_an_interrupt_comes_when_the_block_has_ended():
    done = []

    def load():
        with undisturbed():
            signal.raise_signal(signal.SIGINT)
            done.append("imported")
        done.append("never")

    with pytest.raises(KeyboardInterrupt):
        load()

    assert done == ["imported"]


def test_afterwards_everything_is_as_before():
    before = signal.getsignal(signal.SIGINT)
    with undisturbed():
        pass

    assert signal.getsignal(signal.SIGINT) is before


def test_an_interrupt_that_is_ignored_stays_ignored():
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with undisturbed():
            signal.raise_signal(signal.SIGINT)
    finally:
        signal.signal(signal.SIGINT, before)


def test_in_another_thread_nothing_is_held_back():
    seen = []

    def work():
        with undisturbed():
            seen.append(signal.getsignal(signal.SIGINT))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()

    assert seen == [signal.getsignal(signal.SIGINT)]
