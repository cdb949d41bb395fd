"""A configuration that shrank too much is not believed."""

import pytest

from dcops.diff.size import check_size, shrunk
from dcops.errors import DeviceError, ErrorKind
from dcops.model.snapshot import ConfigSource


@pytest.mark.parametrize(
    ("size", "previous", "too_small"),
    [(499, 1000, True), (500, 1000, False), (2000, 1000, False), (1, None, False), (0, 0, False)],
)
def test_the_share_of_the_last_size_decides(size, previous, too_small):
    assert shrunk(size, previous, 0.5) is too_small


def test_the_refusal_names_document_sizes_and_way_out():
    with pytest.raises(DeviceError, match=r"running configuration shrank from 1000 to 499 bytes, below 50%") as caught:
        check_size(ConfigSource.RUNNING, 499, 1000, 0.5)
    assert caught.value.kind is ErrorKind.TRUNCATED
    assert "smaller" in caught.value.next_step


def test_a_size_within_the_share_passes():
    check_size(ConfigSource.STARTUP, 500, 1000, 0.5)
    check_size(ConfigSource.STARTUP, 1, None, 0.5)
