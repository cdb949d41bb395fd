"""A Debian host on which dcops was installed as docs/how-to/install.md says."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

from tests.install import debian
from tests.install.debian import Host, LeftOut, Refused

PAGE = (debian.ROOT / "docs/how-to/install.md").read_text(encoding="utf-8")
CI = os.environ.get("CI") == "true"


def documented(command):
    """A command that the page tells people to type."""
    assert f"\n    {command}\n" in PAGE, f"docs/how-to/install.md does not say: {command}"
    return command


@pytest.fixture(scope="session")
def machine():
    """A copy of the root, with the wheels in it; nothing of dcops is installed yet."""
    folder = None
    try:
        debian.require_possible()
        base, wheels = debian.make_root(), debian.make_wheels()
        folder = Path(tempfile.mkdtemp(prefix="host-", dir=debian.cache()))
        root = folder / "root"
        subprocess.run(["cp", "--archive", "--reflink=auto", base, root], check=True, timeout=120)
        shutil.copytree(wheels, root / "root" / "wheels")
        debian.make_own_wheel(root / "root" / "wheels")
        host = Host(root)
        yield host
        host.stop()
    except LeftOut as error:
        if CI and not isinstance(error, Refused):
            pytest.fail(str(error))
        pytest.skip(f"left out: {error}")
    finally:
        if folder:
            shutil.rmtree(folder)


@pytest.fixture(scope="session")
def installed(machine):
    """dcops, its account and its site root; without any network."""
    steps = (
        documented("export PIP_NO_INDEX=1 PIP_FIND_LINKS=$PWD/wheels"),
        documented("PIPX_HOME=/opt/pipx PIPX_BIN_DIR=/usr/local/bin pipx install wheels/dcops-*.whl"),
    )
    machine.run(f"cd /root && {' && '.join(steps)}", timeout=240, network=False)
    for step in (
        "useradd --system --user-group --home-dir /srv/dcops --shell /usr/sbin/nologin dcops",
        "install -d -o dcops -g dcops -m 750 /srv/dcops",
        "runuser -u dcops -- dcops init /srv/dcops",
        "install -d -o dcops -g dcops -m 700 /srv/dcops/state",
        "cp /opt/pipx/venvs/dcops/lib/python3*/site-packages/dcops/data/templates/systemd/* /etc/systemd/system/",
    ):
        machine.run(documented(step))
    return machine


@pytest.fixture(scope="session")
def booted(installed, small_lab):
    """The host with its own systemd at work, and a site whose devices answer: those of the lab."""
    try:
        debian.require_namespaces(installed.path)
    except Refused as error:
        pytest.skip(f"left out: {error}")
    site = installed.path / "srv" / "dcops"
    keys = [file.name for file in small_lab.site.glob("*.key")]
    for name in ("inventory", "trust", "keys", "credentials.toml", *keys):
        source, target = small_lab.site / name, site / name
        if source.is_dir():
            shutil.rmtree(target, ignore_errors=True)
            shutil.copytree(source, target)
        else:
            shutil.copy2(source, target)
    with (site / "dcops.toml").open("a") as stream:
        stream.write('[syslog]\naddress = "/dev/log"\n')
        # Where the lab's server has its pretended root, as its own dcops.toml says.
        stream.write(small_lab.section("linux"))
    installed.run("chown -R dcops:dcops /srv/dcops")
    installed.boot()
    return installed
