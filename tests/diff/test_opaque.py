"""Backup files that only the device understands: what is refused, and what is told of them."""

import bz2
import gzip
import hashlib
import io
import json
import lzma
import random
import tarfile
import zipfile

import pytest

from dcops.diff import containers, opaque
from dcops.errors import DeviceError, ErrorKind

NOISE = random.Random(580).randbytes(40_000)


def tar(content):
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as file:
        entry = tarfile.TarInfo("config.bin")
        entry.size = len(content)
        file.addfile(entry, io.BytesIO(content))
    return stream.getvalue()


def zipped(content):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as file:
        file.writestr("config.bin", content)
    return stream.getvalue()


PACKED = {
    "gzip": gzip.compress(NOISE),
    "bzip2": bz2.compress(NOISE),
    "xz": lzma.compress(NOISE),
    "zip": zipped(NOISE),
    "tar": tar(NOISE),
}


def refused(content, smallest_bytes=16):
    with pytest.raises(DeviceError) as caught:
        opaque.check(content, smallest_bytes=smallest_bytes)
    assert caught.value.next_step
    return caught.value


@pytest.mark.parametrize("content", [b"", b"\r\n \t", b"\x00" * 5000])
def test_nothing_is_refused(content):
    assert refused(content).kind is ErrorKind.INVALID


@pytest.mark.parametrize(
    "content",
    [
        b"<!DOCTYPE html><title>Login</title>",
        b"\xef\xbb\xbf\n<!-- portal --><HTML lang=en>",
        b"<html>",
        b'<?xml version="1.0"?><Response APIVersion="1905.1"><Login/></Response>',
        json.dumps({"stat": "fail", "code": 401, "message": "Unauthorized"}).encode(),
        json.dumps({"error": "no such file"}, indent=2).encode(),
        json.dumps({"code": 500, "message": "busy"}).encode(),
        b'{"stat":"fail","code":401,"mess',
    ],
)
def test_a_page_or_an_error_in_place_of_the_file_is_refused(content):
    assert refused(content).kind is ErrorKind.INVALID


def test_an_error_is_quoted_without_what_would_act_on_a_screen():
    error = refused(json.dumps({"error": "no\x1b[2J such file"}).encode())

    assert "such file" in error.message
    assert "\x1b" not in error.message


def test_a_stump_is_refused_as_truncated():
    assert refused(NOISE[:100], smallest_bytes=101).kind is ErrorKind.TRUNCATED
    opaque.check(NOISE[:100], smallest_bytes=100)


@pytest.mark.parametrize("name", PACKED)
def test_a_packed_file_is_whole_or_refused(name):
    content = PACKED[name]
    opaque.check(content, smallest_bytes=16)
    assert containers.type_of(content) == name
    assert containers.is_whole(content) is True
    for cut in (len(content) // 2, len(content) - 1):
        error = refused(content[:cut])
        assert error.kind is ErrorKind.TRUNCATED
        assert name in error.message


def test_packed_files_in_a_row_and_padding_are_whole():
    assert containers.is_whole(PACKED["gzip"] + gzip.compress(b"more") + b"\x00" * 512) is True
    assert containers.is_whole(PACKED["gzip"] + gzip.compress(b"more")[:-3]) is False


def test_a_damaged_byte_in_a_packed_file_is_found():
    content = bytearray(PACKED["gzip"])
    content[len(content) // 2] ^= 0xFF

    assert refused(bytes(content)).kind is ErrorKind.TRUNCATED


def test_a_highly_compressed_file_is_unpacked_in_pieces():
    assert containers.is_whole(gzip.compress(b"\x00" * 9_000_000)) is True


def test_a_file_that_unpacks_without_end_is_refused(monkeypatch):
    monkeypatch.setattr(containers, "MOST_UNPACKED", 5_000_000)

    assert refused(gzip.compress(b"\x00" * 9_000_000)).kind is ErrorKind.INVALID
    assert refused(zipped(b"\x00" * 9_000_000)).kind is ErrorKind.INVALID


def test_a_type_that_nothing_gives_away_is_data_and_cannot_be_called_whole():
    assert containers.type_of(NOISE) == "data"
    assert containers.is_whole(NOISE) is None
    assert containers.type_of("a text of Đà Nẵng\n".encode()) == "text"
    opaque.check(NOISE, smallest_bytes=1)


def test_data_in_json_is_no_error():
    opaque.check(json.dumps({"objects": [1, 2, 3], "version": "1"}).encode(), smallest_bytes=1)


def test_what_is_told_is_type_size_and_hash():
    told = opaque.readable(NOISE)

    assert told.text == f"type: data\nsize: 40000 bytes\nsha256: {hashlib.sha256(NOISE).hexdigest()}\n"
    assert told.secrets == 0
    assert opaque.readable(NOISE + b"x").text != told.text
