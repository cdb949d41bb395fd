"""Trust is read from files, and a file that is wrong is never silently nobody."""

import pytest

from dcops.devices.tls import pool
from dcops.devices.trust import Trust
from dcops.errors import DeviceError, ErrorKind, InvalidInput


def test_an_empty_folder_believes_nobody(tmp_path):
    trust = Trust.load(tmp_path)

    assert trust.ca_file is None
    assert not trust.pins
    with pytest.raises(DeviceError) as caught:
        pool("192.0.2.1", 443, trust, "fw-1", None, 5)
    assert caught.value.kind is ErrorKind.CERTIFICATE


def test_pins_are_read_with_their_comments(tmp_path):
    (tmp_path / "pins").write_text(f"# firewalls\nfw-1 sha256:{'AB' * 32}  # new in May\n\n")

    assert Trust.load(tmp_path).pins == {"fw-1": "ab" * 32}


@pytest.mark.parametrize("line", ["fw-1", "fw-1 sha256:12", "fw-1 md5:" + "ab" * 16, "fw-1 sha256:" + "zz" * 32])
def test_a_pin_that_cannot_be_read_is_refused_with_its_line(tmp_path, line):
    (tmp_path / "pins").write_text(f"\n{line}\n")

    with pytest.raises(InvalidInput, match=r"pins:2"):
        Trust.load(tmp_path)


def test_a_ca_file_with_only_comments_vouches_for_nobody(tmp_path):
    (tmp_path / "ca.pem").write_text("# put your CA here\n")

    assert Trust.load(tmp_path).ca_file is None


def test_a_key_that_is_none_is_refused_with_its_file(tmp_path):
    (tmp_path / "known_hosts").write_text("192.0.2.1 ssh-rsa AAAAB3NzaC1yc2EAAAABAwAAAAEB\n")

    with pytest.raises(InvalidInput, match="known_hosts"):
        Trust.load(tmp_path)
