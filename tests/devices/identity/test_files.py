"""`known_hosts` and `pins` change by one entry; what people wrote there stays."""

import base64

import paramiko
import pytest

from dcops.devices.identity.files import strays, with_host_keys, with_pin
from dcops.devices.identity.host_keys import HostKey

OLD = HostKey("ssh-ed25519", b"\0\0\0\x0bssh-ed25519\0\0\0\x20" + b"o" * 32)
NEW = HostKey("ssh-ed25519", b"\0\0\0\x0bssh-ed25519\0\0\0\x20" + b"n" * 32)
HASHED = paramiko.HostKeys.hash_host("192.0.2.1")
PIN, OTHER = "ab" * 32, "cd" * 32


def test_a_new_key_is_one_line_at_the_end():
    text = "# routers\n\n192.0.2.9 ssh-rsa AAAA\n"

    assert with_host_keys(text, "192.0.2.1", [NEW]) == f"{text}192.0.2.1 {NEW.text}\n"


def test_a_key_of_the_same_type_is_replaced_and_one_of_another_stays():
    rsa = "192.0.2.1 ssh-rsa " + base64.b64encode(b"\0\0\0\x07ssh-rsa").decode()
    text = f"{rsa} # by an\n192.0.2.1 {OLD.text}\n"

    assert with_host_keys(text, "192.0.2.1", [NEW]) == f"{rsa} # by an\n192.0.2.1 {NEW.text}\n"


def test_a_line_of_several_places_loses_one_of_them():
    text = f"rtr-1,192.0.2.1 {OLD.text} console\n"

    assert with_host_keys(text, "192.0.2.1", [NEW]) == f"rtr-1 {OLD.text} console\n192.0.2.1 {NEW.text}\n"


def test_a_hashed_place_is_known():
    assert with_host_keys(f"{HASHED} {OLD.text}\n", "192.0.2.1", [NEW]) == f"192.0.2.1 {NEW.text}\n"
    assert strays(f"{HASHED} {OLD.text}\n", ["192.0.2.1"]) == ()
    assert strays(f"{HASHED} {OLD.text}\n", ["192.0.2.2"]) == ("line 1, hashed",)


@pytest.mark.parametrize("line", ["@revoked 192.0.2.1 ssh-rsa AAAA", "# 192.0.2.1 ssh-ed25519 AAAA", "192.0.2.1", ""])
def test_what_is_no_plain_entry_stays(line):
    assert with_host_keys(f"{line}\n", "192.0.2.1", [NEW]).startswith(f"{line}\n")
    assert strays(line, []) == ()


def test_a_pin_takes_the_place_of_the_old_one_and_keeps_its_remark():
    text = f"# walls\nfw-2 sha256:{PIN}\nfw-1 sha256:{PIN}  # since May\n"

    assert with_pin(text, "fw-1", OTHER) == f"# walls\nfw-2 sha256:{PIN}\nfw-1 sha256:{OTHER}  # since May\n"
    assert with_pin(text, "fw-3", OTHER) == f"{text}fw-3 sha256:{OTHER}\n"
