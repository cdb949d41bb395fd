"""A private SSH key is a path, taken from the credentials' folder on, and only used while nobody else can read it."""

import os
from pathlib import Path

import pytest

from dcops.credentials import Credentials
from dcops.credentials.environment import EnvironmentProvider
from dcops.credentials.key_file import flaw
from dcops.credentials.provider import missing_parts, parts_of
from dcops.credentials.toml_file import FileProvider
from dcops.errors import DeviceError, ErrorKind
from dcops.model.secret import Credential, Secret


@pytest.fixture
def key(tmp_path):
    file = tmp_path / "linux.key"
    file.write_text("-----BEGIN OPENSSH PRIVATE KEY-----\n")
    file.chmod(0o600)
    return file


def logins(folder, key_file):
    file = folder / "credentials.toml"
    file.write_text(f'["linux"]\nusername = "svc"\nkey_file = "{key_file}"\n')
    file.chmod(0o600)
    return file


def test_a_relative_path_begins_where_the_credentials_lie(tmp_path, key):
    found = FileProvider(logins(tmp_path, "linux.key")).find("linux")

    assert found.key_file == key
    assert parts_of(found) == ("username", "key_file")


def test_an_absolute_path_and_a_home_folder_are_taken_as_they_are(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", "/home/an")

    assert FileProvider(logins(tmp_path, "/srv/x.key")).find("linux").key_file == Path("/srv/x.key")
    assert FileProvider(logins(tmp_path, "~/x.key")).find("linux").key_file == Path("/home/an/x.key")


def test_the_environment_names_one_too(tmp_path):
    variables = {"DCOPS_CREDENTIAL_LINUX_USERNAME": "svc", "DCOPS_CREDENTIAL_LINUX_KEY_FILE": "x.key"}

    assert EnvironmentProvider(variables, tmp_path).find("linux").key_file == tmp_path / "x.key"
    named = Credentials.of(["environment"], tmp_path / "credentials.toml", variables).find("linux")
    assert named.key_file == tmp_path / "x.key"


@pytest.mark.parametrize(
    ("login", "lacking"),
    [
        (Credential("x", "svc", key_file=Path("k")), ()),
        (Credential("x", "svc", Secret("made-up"), key_file=Path("k")), ()),
        (Credential("x", key_file=Path("k")), ("username",)),
        (Credential("x", "svc"), ("password",)),
    ],
)
def test_a_name_and_a_key_are_a_whole_login(login, lacking):
    assert missing_parts(login) == lacking


def test_a_key_that_is_ours_alone_may_be_used(key):
    assert flaw(key) is None
    key.chmod(0o400)
    assert flaw(key) is None


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o660, 0o610])
def test_a_key_that_is_open_to_others_names_the_chmod(tmp_path, key, mode):
    key.chmod(mode)

    with pytest.raises(DeviceError, match=f"open to others .mode {mode:04o}") as caught:
        Credentials([FileProvider(logins(tmp_path, "linux.key"))]).require("linux", "srv-1")

    assert caught.value.kind is ErrorKind.AUTH
    assert f"chmod 600 {key}" in caught.value.next_step


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_a_key_of_another_user_is_refused(key):
    os.chown(key, 12345, 12345)

    assert "belongs to another user" in flaw(key)[0]


def test_a_key_that_is_not_there_or_no_file_is_told(tmp_path):
    assert "is not there" in flaw(tmp_path / "none")[0]
    assert "no regular file" in flaw(tmp_path)[0]
    (tmp_path / "file").touch()
    assert "cannot be read" in flaw(tmp_path / "file" / "below")[0]
