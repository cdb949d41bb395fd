"""A stream gives what a socket gives, byte for byte."""

import itertools
import socket
import threading

import pytest

from dcops.devices.ssh.stream import CHUNK, Stream


@pytest.fixture
def pair():
    ours, theirs = socket.socketpair()
    yield Stream(ours), theirs
    ours.close()
    theirs.close()


def test_what_came_in_one_piece_is_given_in_the_pieces_that_are_asked_for(pair):
    stream, device = pair
    device.sendall(b"0123456789")

    assert [stream.recv(size) for size in (1, 4, 100)] == [b"0", b"1234", b"56789"]


def test_nothing_is_lost_or_mixed_up_when_more_comes_than_one_piece_holds(pair):
    stream, device = pair
    sent = bytes(range(256)) * (CHUNK // 128)
    threading.Thread(target=lambda: (device.sendall(sent), device.close()), daemon=True).start()
    got = b""
    for size in itertools.cycle((1, 777, CHUNK, 16)):
        data = stream.recv(size)
        assert len(data) <= size
        if not data:
            break
        got += data

    assert got == sent


def test_the_end_is_the_end_and_a_timeout_is_a_timeout(pair):
    stream, device = pair
    stream.settimeout(0.01)
    with pytest.raises(TimeoutError):
        stream.recv(10)
    device.sendall(b"last")
    device.close()

    assert (stream.recv(10), stream.recv(10)) == (b"last", b"")
