"""Every command starts as the script that pip installs, from nothing."""

import subprocess

import pytest

from dcops.cli.main import COMMANDS
from tests.conftest import DCOPS

ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"}
READING = {
    "inventory": ("inventory", "check"),
    "secrets": ("secrets", "check"),
    "trust": ("trust", "list"),
    "jobs": ("jobs", "list"),
    "report": ("report", "nightly"),
    "maintenance": ("maintenance", "list"),
    "archive": ("archive", "list"),
    "audit-log": ("audit-log", "show"),
    "doctor": ("doctor",),
}
"""A subcommand of each that only looks, so that what it imports on its way is imported from nothing as well."""


def script(*arguments):
    return subprocess.run([DCOPS, *arguments], capture_output=True, text=True, env=ENVIRONMENT, timeout=60, check=False)


@pytest.mark.parametrize("name", COMMANDS)
def test_it_starts(name):
    done = script(name, "--help")

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"Usage: dcops {name}")


@pytest.mark.parametrize("words", READING.values(), ids=" ".join)
def test_it_works_on_a_new_site_root(words, new_site):
    done = script("-C", new_site, *words)

    # 3: a new site has no archive yet.
    assert done.returncode in (0, 1, 3), done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout + done.stderr


@pytest.fixture(scope="module")
def new_site(tmp_path_factory):
    root = str(tmp_path_factory.mktemp("new") / "site")
    done = script("init", root)
    assert done.returncode == 0, done.stderr
    return root
