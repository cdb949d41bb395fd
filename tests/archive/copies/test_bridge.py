"""Between git here and git there: whoever still writes is not left waiting for a reader that went away."""

import socket
import threading

import pytest

from dcops.archive.copies.ssh import bridged


class Channel:
    """A channel whose far end goes away: it takes nothing, or says nothing more."""

    def __init__(self, *, takes, silent):
        self.takes, self.gone = takes, threading.Event()
        if not silent:
            self.gone.set()

    def sendall(self, _piece):
        if not self.takes:
            raise OSError("Socket is closed")
        self.gone.wait()

    def recv(self, _number):
        self.gone.wait()
        return b""

    def shutdown_write(self):
        if not self.takes:
            raise OSError("Socket is closed")


@pytest.mark.parametrize("channel", [Channel(takes=False, silent=True), Channel(takes=True, silent=False)])
def test_who_writes_to_a_place_that_went_away_is_not_left_waiting(channel):
    ours, theirs = socket.socketpair()
    with ours, theirs:
        bridged(ours, channel)
        theirs.settimeout(20)
        for _ in range(200):
            theirs.sendall(b"x" * 65536)
    channel.gone.set()


def test_what_was_said_before_the_end_is_still_read():
    ours, theirs = socket.socketpair()
    channel = Channel(takes=True, silent=False)
    said = [b"the last words", b""]
    channel.recv = lambda _number: said.pop(0) if said else b""
    with ours, theirs:
        for pump in bridged(ours, channel)[1:]:
            pump.join(10)
        theirs.settimeout(20)
        assert theirs.recv(100) == b"the last words"
        assert theirs.recv(100) == b""
