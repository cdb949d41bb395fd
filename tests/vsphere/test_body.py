import gzip
import http.client
import io

import pytest

from dcops.vsphere.body import TooLarge, Truncated, read

MEGABYTE = 1 << 20


class Sock:
    def __init__(self, text):
        self._text = text

    def makefile(self, *_):
        return io.BytesIO(self._text)


def response(body, *headers, length=None):
    lines = ["HTTP/1.1 200 OK", f"Content-Length: {len(body) if length is None else length}", *headers]
    made = http.client.HTTPResponse(Sock("\r\n".join(lines).encode() + b"\r\n\r\n" + body))
    made.begin()
    return made


def chunked(body):
    made = http.client.HTTPResponse(Sock(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + body))
    made.begin()
    return made


def test_a_body_is_read_whole_and_counted():
    got = [0, 0]

    assert read(response(b"x" * 200_000), MEGABYTE, got) == b"x" * 200_000
    assert got == [200_000, 200_000]


def test_a_packed_body_is_unpacked_and_counted_both_ways():
    packed, got = gzip.compress(b"x" * 300_000), [0, 0]

    assert read(response(packed, "Content-Encoding: gzip"), MEGABYTE, got) == b"x" * 300_000
    assert got == [len(packed), 300_000]


def test_a_packed_body_that_grows_is_stopped_before_it_has_grown():
    packed, got = gzip.compress(b"\0" * (64 * MEGABYTE)), [0, 0]

    with pytest.raises(TooLarge):
        read(response(packed, "Content-Encoding: gzip"), MEGABYTE, got)
    assert got[1] < 2 * MEGABYTE


def test_a_body_that_is_too_large_is_stopped():
    with pytest.raises(TooLarge):
        read(response(b"x" * 2 * MEGABYTE), MEGABYTE, [0, 0])


@pytest.mark.parametrize(
    "cut",
    [
        lambda: response(b"half", length=8),
        lambda: response(gzip.compress(b"x" * 100_000)[:-20], "Content-Encoding: gzip"),
        lambda: response(b"not gzip at all", "Content-Encoding: gzip"),
        lambda: response(b"", "Content-Encoding: gzip"),
        lambda: chunked(b"4\r\nhalf\r\n8\r\nno"),
        lambda: chunked(b"4\r\nhalf\r\n"),
    ],
)
def test_a_body_that_ends_in_the_middle_is_no_body(cut):
    with pytest.raises((Truncated, http.client.IncompleteRead)):
        read(cut(), MEGABYTE, [0, 0])


def test_pieces_are_put_together():
    assert read(chunked(b"4\r\nhalf\r\n3\r\nend\r\n0\r\n\r\n"), MEGABYTE, [0, 0]) == b"halfend"
