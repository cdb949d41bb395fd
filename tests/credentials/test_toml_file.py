import os
import traceback

import pytest

from dcops.credentials.toml_file import FileProvider
from dcops.errors import CannotRun, DcopsError, InvalidInput

VALUE = "s0-made-up-value"
LOGIN = f'["ios-backup"]\nusername = "svc"\npassword = "{VALUE}"\n'


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "credentials.toml"
    path.write_text(LOGIN)
    path.chmod(0o600)
    return path


def test_a_login_is_read_from_the_table_of_its_name(file):
    found = FileProvider(file).find("ios-backup")

    assert (found.username, found.password.reveal()) == ("svc", VALUE)
    assert found.source == "file credentials.toml"


def test_a_file_that_is_not_there_holds_no_logins(tmp_path):
    assert FileProvider(tmp_path / "none.toml").find("ios-backup") is None


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644, 0o620, 0o601])
def test_a_file_that_is_open_to_others_is_refused(file, mode):
    file.chmod(mode)

    with pytest.raises(CannotRun, match=r"open to others.*chmod 600") as caught:
        FileProvider(file).find("ios-backup")
    assert VALUE not in str(caught.value)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_a_file_of_another_user_is_refused(file):
    os.chown(file, 12345, 12345)

    with pytest.raises(CannotRun, match="belongs to another user"):
        FileProvider(file).find("ios-backup")


def test_what_a_link_leads_to_is_judged(file, tmp_path):
    file.chmod(0o644)
    link = tmp_path / "link.toml"
    link.symlink_to(file)

    with pytest.raises(CannotRun, match="open to others"):
        FileProvider(link).find("ios-backup")


def test_a_folder_or_a_pipe_in_its_place_does_not_hold_us_up(tmp_path):
    os.mkfifo(tmp_path / "pipe", 0o600)
    (tmp_path / "folder").mkdir(mode=0o700)

    for name in ("pipe", "folder"):
        with pytest.raises(CannotRun, match="no regular file"):
            FileProvider(tmp_path / name).find("x")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (f'["ios-backup"]\npassword = {VALUE}\n', "line 2 is not valid TOML"),
        (f'["ios-backup"]\npassword "{VALUE}"\n', "line 2 is not valid TOML"),
        (f'["ios-backup"]\npassword = "{VALUE}', "not valid TOML"),
        (LOGIN + LOGIN, "line 4 is not valid TOML"),
        (f'["ios-backup"]\npasswort = "{VALUE}"\n', r"unknown key.*Did you mean password\?"),
        (f'["ios-backup"]\npassword = ["{VALUE}"]\n', r'password of \["ios-backup"\] must be text'),
        ('["ios-backup"]\npassword = 12345678\n', "must be text"),
        (f'password = "{VALUE}"\n', "a key stands outside a table"),
        (f'[ios.backup]\npassword = "{VALUE}"\n', "a name with a dot needs quotes"),
    ],
)
def test_a_mistake_in_the_file_is_told_without_any_value(file, text, message):
    file.write_text(text)

    with pytest.raises(InvalidInput, match=f"(?i){message}") as caught:
        FileProvider(file).find("ios-backup")

    told = "".join(traceback.format_exception(caught.value))
    assert VALUE not in told
    assert "12345678" not in told


def test_a_file_that_is_no_text_is_told_with_its_line(file):
    file.write_bytes(b'["a"]\nusername = "svc"\npassword = "\xff"\n')

    with pytest.raises(InvalidInput, match="line 3 is not UTF-8"):
        FileProvider(file).find("a")


def test_no_error_carries_the_text_of_the_file_along(file):
    file.write_text(f'["ios-backup"]\npassword = {VALUE}\n')

    with pytest.raises(DcopsError) as caught:
        FileProvider(file).find("ios-backup")

    assert caught.value.__context__ is None
    assert caught.value.__cause__ is None
