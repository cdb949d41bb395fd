import json

import pytest
from click.testing import CliRunner

from dcops.cli.secrets import command
from dcops.errors import CannotRun

INVENTORY = """\
sites: [{name: main, title: M, role: main}]
credentials: [{name: ios-backup}, {name: panos-backup}]
devices:
  - {name: r1, site: main, role: r, vendor: v, model: m, platform: ios, credential: ios-backup,
     management: {ipv4: 192.0.2.1}}
  - {name: f1, site: main, role: r, vendor: v, model: m, platform: panos, credential: panos-backup,
     management: {ipv4: 192.0.2.2}}
"""
VALUE = "s0-made-up-value"


@pytest.fixture
def root(tmp_path, monkeypatch):
    for part in ("USERNAME", "PASSWORD", "ENABLE", "API_KEY"):
        for name in ("IOS", "PANOS"):
            monkeypatch.delenv(f"DCOPS_CREDENTIAL_{name}_BACKUP_{part}", raising=False)
    (tmp_path / "dcops.toml").touch()
    (tmp_path / "inventory").mkdir()
    (tmp_path / "inventory" / "all.yaml").write_text(INVENTORY)
    (tmp_path / "credentials.toml").write_text(f'["ios-backup"]\nusername = "svc"\npassword = "{VALUE}"\n')
    (tmp_path / "credentials.toml").chmod(0o600)
    return tmp_path


def run(root, *arguments):
    return CliRunner().invoke(command, ["check", *arguments], obj=root)


def test_a_missing_credential_is_told_with_what_to_do_and_exits_1(root):
    done = run(root)

    assert done.exit_code == 1
    assert "1 of 2 credentials found" in done.stdout
    assert "panos-backup: Set DCOPS_CREDENTIAL_PANOS_BACKUP_USERNAME" in done.stdout


def test_all_found_exits_0_and_says_where_and_which_parts(root, monkeypatch):
    monkeypatch.setenv("DCOPS_CREDENTIAL_PANOS_BACKUP_API_KEY", VALUE)

    done = run(root, "--format", "json")

    assert done.exit_code == 0
    assert json.loads(done.stdout) == {
        "command": "secrets check",
        "summary": {"credentials": 2, "found": 2, "wanting": 0},
        "items": [
            {
                "credential": "ios-backup",
                "result": "found",
                "source": "file credentials.toml",
                "parts": ["username", "password"],
                "devices": ["r1"],
                "next_step": "",
            },
            {
                "credential": "panos-backup",
                "result": "found",
                "source": "environment",
                "parts": ["api_key"],
                "devices": ["f1"],
                "next_step": "",
            },
        ],
    }


def test_half_a_login_is_not_found(root, monkeypatch):
    monkeypatch.setenv("DCOPS_CREDENTIAL_PANOS_BACKUP_USERNAME", "svc")

    done = run(root)

    assert done.exit_code == 1
    assert "incomplete" in done.stdout
    assert "panos-backup: add password" in done.stdout


@pytest.mark.parametrize("form", ["table", "json"])
def test_no_value_is_ever_printed(root, form, monkeypatch):
    monkeypatch.setenv("DCOPS_CREDENTIAL_PANOS_BACKUP_PASSWORD", VALUE)

    done = run(root, "--format", form)

    assert VALUE not in done.output
    assert "svc" not in done.output


def test_a_file_that_is_open_to_others_stops_the_command(root):
    (root / "credentials.toml").chmod(0o644)

    done = run(root)

    assert isinstance(done.exception, CannotRun)
    assert "chmod 600" in str(done.exception)
    assert VALUE not in str(done.exception)


def test_a_key_is_a_part_and_one_that_is_open_to_others_is_of_no_use(root):
    (root / "ssh.key").touch(0o600)
    logins = f'["ios-backup"]\nusername = "svc"\nkey_file = "ssh.key"\n["panos-backup"]\napi_key = "{VALUE}"\n'
    (root / "credentials.toml").write_text(logins)

    whole = json.loads(run(root, "--format", "json").stdout)
    (root / "ssh.key").chmod(0o640)
    open_ = run(root)

    assert whole["items"][0]["parts"] == ["username", "key_file"]
    assert whole["items"][0]["result"] == "found"
    assert open_.exit_code == 1
    assert "unusable" in open_.stdout
    assert "chmod 600" in open_.stdout
