import re

from click.testing import CliRunner

from dcops.cli import inventory, secrets
from dcops.cli.init import command
from dcops.errors import UsageError


def test_a_new_site_root_passes_its_own_check(tmp_path):
    made = CliRunner().invoke(command, [str(tmp_path / "site")])
    checked = CliRunner().invoke(inventory.command, ["check"], obj=tmp_path / "site")

    assert made.exit_code == 0
    assert checked.exit_code == 0
    assert "5 devices, 1 sensor, 2 sites, 2 racks" in checked.output


def test_the_next_steps_are_told_and_quoted_for_the_shell(tmp_path):
    made = CliRunner().invoke(command, [str(tmp_path / "my site")])

    assert f"cd '{tmp_path}/my site'" in made.output
    for step in ("dcops inventory check", "dcops secrets check", "dcops backup"):
        assert step in made.output


def test_the_example_logins_become_the_ones_that_are_named(tmp_path):
    CliRunner().invoke(command, [str(tmp_path / "site")])
    file = tmp_path / "site" / "credentials.toml"
    example = (tmp_path / "site" / "credentials.toml.example").read_text()
    file.write_text(re.sub(r'^(password|privacy) = ""', r'\1 = "made-up-word"', example, flags=re.M))
    file.chmod(0o600)

    done = CliRunner().invoke(secrets.command, ["check"], obj=tmp_path / "site")

    assert done.exit_code == 0
    assert "4 of 4 credentials found" in done.output


def test_without_a_name_for_git_it_says_how_to_commit_later(tmp_path, monkeypatch):
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))
    monkeypatch.delenv("GIT_AUTHOR_NAME", raising=False)
    monkeypatch.delenv("GIT_COMMITTER_NAME", raising=False)
    (tmp_path / "gitconfig").write_text("[user]\nuseConfigOnly = true\n")

    made = CliRunner().invoke(command, [str(tmp_path / "site")])

    assert made.exit_code == 0
    assert "Nothing is committed yet" in made.output


def test_a_folder_in_use_is_refused(tmp_path):
    (tmp_path / "thesis.txt").touch()

    done = CliRunner().invoke(command, [str(tmp_path)])

    assert isinstance(done.exception, UsageError)
    assert done.exception.exit_code == 2
