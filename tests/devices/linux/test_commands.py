"""The tar that is sent, run by a real tar on a real folder: excluded names do not even leave the server."""

import os
import re
import shlex
import subprocess
import tempfile
from pathlib import Path

import pytest

from dcops.devices.linux.commands import Selection, asked
from dcops.devices.linux.complaints import gaps
from dcops.devices.linux.excluded import Excluded
from dcops.devices.linux.harvest import harvest
from dcops.devices.linux.paths import DEFAULT_PATHS, outermost
from dcops.devices.linux.session import Answer
from dcops.model import tree

HOW_TO = Path(__file__).resolve().parents[3] / "docs/how-to/linux.md"
SECRETS = ("shadow", "ssh/ssh_host_rsa_key", "ssl/private/a.txt", "app/server.key", "krb5.keytab", "a/b.jks", "x.p12")


@pytest.fixture
def root():
    """A folder that everybody may enter: those of pytest are closed."""
    with tempfile.TemporaryDirectory() as folder:
        yield filled(Path(folder))


def filled(tmp_path):
    tmp_path.chmod(0o755)
    for path in (*SECRETS, "hosts", "ssh/sshd_config", "app/settings", "app/cache/big"):
        (tmp_path / "etc" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "etc" / path).write_text("SECRET" if path in SECRETS else "text")
    return tmp_path


def run(selection, **how):
    done = subprocess.run(selection.command(), shell=True, capture_output=True, check=False, **how)
    return Answer(done.stdout, done.stderr, done.returncode)


def test_excluded_names_are_not_sent(root):
    answer = run(Selection(paths=["/etc"], exclude=["/etc/app/cache"], root=str(root)))

    assert answer.status == 0
    assert b"SECRET" not in answer.stdout
    assert {member.path for member in tree.read(answer.stdout)} == {
        *("etc", "etc/hosts", "etc/ssh", "etc/ssh/sshd_config", "etc/ssl", "etc/app", "etc/app/settings", "etc/a"),
    }


def test_paths_that_are_not_there_are_no_gap(root):
    answer = run(Selection(paths=["/etc/hosts", "/etc/nowhere", "/etc/ssh"], root=str(root)))

    assert answer.status == 2
    assert gaps(answer, sudo=False).unreadable == ()
    assert [each.path for each in harvest(answer.stdout, Excluded()).members] == [
        *("etc/hosts", "etc/ssh", "etc/ssh/sshd_config"),
    ]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody without rights")
def test_what_the_account_may_not_read_is_named_and_the_rest_is_kept(root):
    (root / "etc/hosts").chmod(0o600)
    (root / "etc/ssh").chmod(0o700)

    answer = run(Selection(paths=["/etc"], root=str(root)), user=65534, group=65534, extra_groups=[])

    assert sorted(gaps(answer, sudo=False).unreadable) == ["etc/hosts", "etc/ssh"]
    assert "etc/app/settings" in {each.path for each in harvest(answer.stdout, Excluded()).members}


def test_a_path_inside_another_is_asked_for_once():
    assert outermost(["/etc/ssh/", "/etc/ssh/sshd_config", "/etc/sshd", "/etc/a"]) == ("etc/a", "etc/ssh", "etc/sshd")
    assert len(outermost(DEFAULT_PATHS)) == len(DEFAULT_PATHS)


def test_no_default_path_is_excluded():
    assert [path for path in DEFAULT_PATHS if Excluded().reason(path.strip("/"))] == []


@pytest.mark.parametrize("name", ["a b", "it's", '"x"', "$(reboot)", "`id`", "a;b", "--checkpoint-action=exec=sh"])
def test_a_path_of_the_settings_is_never_run(name, root):
    (root / "etc" / name).write_text("text")

    answer = run(Selection(paths=[f"/etc/{name}"], exclude=[name + "x"], root=str(root)))

    assert [member.path for member in tree.read(answer.stdout)] == [f"etc/{name}"]


def test_a_command_speaks_english_and_finds_its_program():
    assert asked("ip -j addr") == (
        "env LC_ALL=C PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin ip -j addr"
    )


def test_with_sudo_the_line_of_sudoers_allows_exactly_what_is_sent():
    selection = Selection(paths=["/etc/ssh", "/etc/a,b"], exclude=["*.db"], sudo=True)

    account, _, command = selection.sudoers("svc-dcops").partition(" NOPASSWD: ")
    sent = shlex.split(selection.command())

    assert account == "svc-dcops ALL=(root)"
    assert re.sub(r"\\(.)", r"\1", command).split(" ") == sent[sent.index("/bin/tar") :]
    assert not re.search(r"(?<!\\)[*?,:=\[]", command), "a sign that sudoers would understand as its own"
    assert sent[: sent.index("/bin/tar")][-2:] == ["sudo", "-n"]


def test_the_line_in_the_documentation_is_the_one_for_the_defaults():
    assert Selection(sudo=True).sudoers("svc-dcops") in HOW_TO.read_text(encoding="utf-8")
