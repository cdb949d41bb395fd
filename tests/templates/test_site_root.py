import subprocess

import pytest

from dcops.errors import UsageError
from dcops.inventory.load import load
from dcops.settings import load as load_settings
from dcops.templates.find import data_folder, shipped_names
from dcops.templates.site_root import create


@pytest.fixture(autouse=True)
def identity(monkeypatch, tmp_path):
    """Git knows a name, and nothing of the settings of who runs the tests."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))
    (tmp_path / "gitconfig").write_text("[user]\nname = Night Shift\nemail = night@example.test\n")
    for name in ("GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL", "EMAIL"):
        monkeypatch.delenv(name, raising=False)


def git(folder, *words):
    return subprocess.run(["git", "-C", folder, *words], capture_output=True, text=True, check=False)


def test_a_new_site_root_has_an_inventory_without_mistakes(tmp_path):
    create(tmp_path / "site")

    inventory = load(load_settings(tmp_path / "site").paths.inventory, profiles=shipped_names("exporters/snmp"))

    assert len(inventory.devices) == 5
    assert [sensor.name for sensor in inventory.sensors] == ["a01-in"]
    assert {site.role.value for site in inventory.sites} == {"main", "dr"}
    assert len(inventory.racks) == 2
    assert not inventory.lab


def test_a_new_site_root_is_a_git_repository_with_one_commit(tmp_path):
    assert create(tmp_path / "site")

    assert git(tmp_path / "site", "rev-list", "--count", "HEAD").stdout.strip() == "1"
    assert git(tmp_path / "site", "status", "--porcelain").stdout == ""


def test_logins_state_and_private_keys_stay_out_of_git(tmp_path):
    site = tmp_path / "site"
    create(site)
    (site / "state").mkdir()
    (site / "drop" / "fw-1").mkdir(parents=True)
    for name in ("credentials.toml", "state/x", "main.key", "keys/dr.key", "drop/fw-1/Backup-1"):
        (site / name).write_text("x")

    assert git(site, "status", "--porcelain").stdout == ""


def test_a_site_root_is_made_though_git_knows_no_name(tmp_path):
    (tmp_path / "gitconfig").write_text("[user]\nuseConfigOnly = true\n")

    assert not create(tmp_path / "site")

    assert (tmp_path / "site" / "dcops.toml").is_file()
    assert (tmp_path / "site" / ".git").is_dir()


def test_a_site_root_is_made_though_there_is_no_git(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))

    assert not create(tmp_path / "site")

    assert (tmp_path / "site" / "inventory" / "devices.yaml").is_file()


def test_a_git_hook_that_calls_us_keeps_its_own_repository(tmp_path, monkeypatch):
    git(tmp_path, "init", "--quiet", "hook")
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "hook" / ".git"))

    create(tmp_path / "site")
    monkeypatch.delenv("GIT_DIR")

    assert git(tmp_path / "hook", "rev-list", "--all", "--count").stdout.strip() == "0"
    assert git(tmp_path / "site", "rev-list", "--all", "--count").stdout.strip() == "1"


def test_an_empty_folder_is_used(tmp_path):
    (tmp_path / "site").mkdir()

    assert create(tmp_path / "site")


def test_a_folder_that_holds_something_is_left_as_it_is(tmp_path):
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "thesis.txt").write_text("years of work")

    with pytest.raises(UsageError, match=r"is not empty\. Name a folder"):
        create(tmp_path / "site")
    assert [file.name for file in (tmp_path / "site").iterdir()] == ["thesis.txt"]


def test_a_site_root_is_not_made_twice(tmp_path):
    create(tmp_path / "site")

    with pytest.raises(UsageError, match=r"is a site root already\. Look at it with: dcops -C"):
        create(tmp_path / "site")


def test_a_file_is_no_folder(tmp_path):
    (tmp_path / "site").write_text("x")

    with pytest.raises(UsageError, match="is a file"):
        create(tmp_path / "site")


def test_the_example_trusts_nobody_and_holds_no_login(tmp_path):
    create(tmp_path / "site")

    for name in ("known_hosts", "ca.pem", "pins"):
        lines = (tmp_path / "site" / "trust" / name).read_text().splitlines()
        assert all(line.startswith("#") for line in lines)
    assert not (tmp_path / "site" / "credentials.toml").exists()
    assert 'password = ""' in (tmp_path / "site" / "credentials.toml.example").read_text()


def test_the_data_folders_are_found():
    assert (data_folder("templates") / "site" / "dcops.toml").is_file()
    assert (data_folder("inventory") / "sites.yaml").is_file()
