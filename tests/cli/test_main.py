"""Errors become one line and an exit code, whatever went wrong."""

import subprocess
import sys
from pathlib import Path

import pytest

DCOPS = str(Path(sys.executable).with_name("dcops"))


def dcops(*arguments, cwd, **environment):
    env = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", **environment}
    return subprocess.run(
        [DCOPS, *arguments], capture_output=True, text=True, cwd=cwd, env=env, timeout=60, check=False
    )


def test_no_site_root_is_wrong_usage_and_says_how_to_make_one(tmp_path):
    done = dcops("backup", cwd=tmp_path)

    assert done.returncode == 2
    assert "dcops init" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[fleet]\nworker = 3\n", "did you mean workers?"),
        ("[flet]\n", "did you mean fleet?"),
        ("[fleet]\nworkers = 'many'\n", "must be a whole number above 0"),
        ("[fleet]\nworkers = true\n", "must be a whole number above 0"),
        ("[fleet]\ndevice_limit_seconds = 0\n", "must be a number above 0"),
        ("paths = 3\n", "must be a table"),
        ("[site\n", "dcops.toml"),
    ],
)
def test_a_mistake_in_the_settings_is_named_with_the_nearest_word(tmp_path, text, says):
    (tmp_path / "dcops.toml").write_text(text)

    done = dcops("backup", cwd=tmp_path)

    assert done.returncode == 2
    assert says in done.stderr
    assert done.stderr.count("\n") == 1


def test_the_root_may_be_named_by_flag_or_environment_or_a_folder_above(tmp_path):
    (tmp_path / "dcops.toml").write_text("[flet]\n")
    deep = tmp_path / "a" / "b"
    deep.mkdir(parents=True)

    for done in (
        dcops("-C", str(tmp_path), "backup", cwd="/"),
        dcops("backup", cwd="/", DCOPS_ROOT=str(tmp_path)),
        dcops("backup", cwd=deep),
    ):
        assert "did you mean fleet?" in done.stderr


def test_an_unknown_command_is_wrong_usage(tmp_path):
    assert dcops("bakcup", cwd=tmp_path).returncode == 2


def test_a_mistake_of_ours_is_no_finding_and_tells_no_message_that_may_hold_a_secret(monkeypatch, capsys):
    from dcops.cli import main as door

    def broken(**_):
        raise KeyError("hunter2")

    monkeypatch.setattr(door.cli, "main", broken)
    with pytest.raises(SystemExit) as left:
        door.main()

    said = capsys.readouterr().err
    assert left.value.code == 3
    assert "a mistake in dcops itself (KeyError)" in said
    assert "test_main.py" in said
    assert "hunter2" not in said.replace('raise KeyError("hunter2")', "")
