"""Private SSH keys in every form that ssh-keygen writes; a passphrase never becomes a login's password."""

import shutil
import subprocess

import paramiko
import pytest

from dcops.devices.linux.keys import opened
from dcops.errors import DeviceError, ErrorKind
from dcops.model.secret import Secret

FORMS = {
    "ed25519": (["-t", "ed25519"], paramiko.Ed25519Key),
    "ecdsa": (["-t", "ecdsa"], paramiko.ECDSAKey),
    "rsa": (["-t", "rsa", "-b", "2048"], paramiko.RSAKey),
    "rsa, PEM": (["-t", "rsa", "-b", "2048", "-m", "PEM"], paramiko.RSAKey),
    "rsa, PKCS#8": (["-t", "rsa", "-b", "2048", "-m", "PKCS8"], paramiko.RSAKey),
}
pytestmark = pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="ssh-keygen is not here")


@pytest.fixture(params=FORMS)
def form(request):
    return FORMS[request.param]


def make(folder, options, passphrase):
    subprocess.run(["ssh-keygen", "-q", *options, "-a", "1", "-N", passphrase, "-f", str(folder / "key")], check=True)
    return folder / "key"


def test_a_key_that_is_closed_opens_with_the_password_and_that_is_used_up(form, tmp_path):
    options, kind = form
    key, password = opened(make(tmp_path, options, "made up"), Secret("made up"))

    assert isinstance(key, kind)
    assert password is None


def test_beside_an_open_key_the_password_is_the_logins_own(form, tmp_path):
    options, kind = form
    key, password = opened(make(tmp_path, options, ""), Secret("made up"))

    assert isinstance(key, kind)
    assert password is not None


@pytest.mark.parametrize(("given", "words"), [(None, "needs a passphrase"), ("Wrong-Example", "does not open")])
def test_a_wrong_passphrase_is_an_auth_error_that_does_not_show_it(form, tmp_path, given, words):
    options, _ = form
    file = make(tmp_path, options, "made up")

    with pytest.raises(DeviceError, match=words) as caught:
        opened(file, Secret(given) if given else None)

    assert caught.value.kind is ErrorKind.AUTH
    assert "Wrong-Example" not in str(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize("content", [b"", b"ssh-ed25519 AAAA an@host\n", b"PuTTY-User-Key-File-3: ssh-ed25519\n"])
def test_what_is_no_private_key_says_how_to_make_one(tmp_path, content):
    (tmp_path / "key").write_bytes(content)

    with pytest.raises(DeviceError, match="no private key") as caught:
        opened(tmp_path / "key", None)

    assert "ssh-keygen" in caught.value.next_step


def test_a_key_that_is_not_there_is_told(tmp_path):
    with pytest.raises(DeviceError, match="cannot be read"):
        opened(tmp_path / "none", None)
