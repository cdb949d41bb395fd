"""gzip out of pieces: what unpacks it gets every byte, in order."""

import gzip
import random

import pytest

from dcops.exporters.vsphere import squeeze


@pytest.mark.parametrize("sizes", [[], [0], [1], [5, 0, 7], [100_000, 3, 70_000], [1] * 300])
def test_pieces_that_were_squeezed_apart_unpack_as_one_text(sizes):
    draw = random.Random(repr(sizes))
    texts = [draw.randbytes(size) for size in sizes]

    packed = b"".join(squeeze.gzip(squeeze.squeeze(text) for text in texts))

    # Python's own compares length and checksum of the whole.
    assert gzip.decompress(packed) == b"".join(texts)


def test_a_piece_may_stand_in_several_files():
    one, two = squeeze.squeeze(b"one\n" * 1000), squeeze.squeeze(b"two\n" * 1000)

    assert gzip.decompress(b"".join(squeeze.gzip([one, two]))) == b"one\n" * 1000 + b"two\n" * 1000
    assert gzip.decompress(b"".join(squeeze.gzip([two, one]))) == b"two\n" * 1000 + b"one\n" * 1000


def test_lines_shrink_to_a_tenth():
    text = b"".join(b'dcops_vm_powered_on{vcenter="vc-main",moid="vm-%d"} 1\n' % n for n in range(2000))

    assert len(squeeze.squeeze(text).deflated) * 10 < len(text)
