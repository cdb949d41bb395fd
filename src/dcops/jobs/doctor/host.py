"""The host: programs and the clock."""

from __future__ import annotations

import platform
import re
import shutil
import socket
import subprocess
from collections.abc import Iterator
from importlib.metadata import version

from dcops.inventory import yaml_text
from dcops.jobs.doctor.check import Check, Premises, State, well

_SECONDS = 5.0
_OLDEST_GIT = (2, 30)
WARN_SKEW_SECONDS = 1.0
WORST_SKEW_SECONDS = 5.0


def versions(_premises: Premises) -> Iterator[Check]:
    """Which dcops, on which Python."""
    yield well("versions", f"dcops {version('dcops')}, Python {platform.python_version()}, {platform.system()}")


def git(_premises: Premises) -> Iterator[Check]:
    """The archive is a git repository."""
    said = _ask("git", "--version")
    match = re.search(r"(\d+)\.(\d+)(\.\d+)*", said or "")
    if match is None:
        yield Check("git", State.PROBLEM, "git is not installed", "Run: sudo apt-get install git")
    elif (int(match[1]), int(match[2])) < _OLDEST_GIT:
        yield Check("git", State.WARNING, f"git {match[0]} is old", "dcops is tested with git 2.30 and newer")
    else:
        yield well("git", f"git {match[0]}")


def yaml(_premises: Premises) -> Iterator[Check]:
    """Every command reads the inventory first; without libyaml a large one takes ten times as long."""
    if yaml_text.WITH_LIBYAML:
        yield well("yaml", "the inventory is read by libyaml")
    else:
        yield Check(
            "yaml",
            State.WARNING,
            "PyYAML was built without libyaml: inventories of thousands of devices load slowly",
            "Install a PyYAML that has it: pip install --force-reinstall --only-binary :all: PyYAML",
        )


def names(_premises: Premises) -> Iterator[Check]:
    """NAPALM cannot be imported where localhost is no name: pyeapi looks it up at that moment."""
    try:
        socket.getaddrinfo("localhost", None)
    except OSError as error:
        yield Check(
            "names",
            State.PROBLEM,
            f"localhost is no name here ({error.strerror}), and drivers cannot be loaded without it",
            "Add the line to /etc/hosts: 127.0.0.1 localhost",
        )
    else:
        yield well("names", "localhost is known")


def clock(_premises: Premises) -> Iterator[Check]:
    """Schedules, tokens and the ages of backups rely on it."""
    yield (
        _by_chrony()
        or _by_systemd()
        or Check(
            "clock",
            State.UNKNOWN,
            "neither chronyc nor timedatectl says whether the clock follows a time server",
            "Install chrony, or see that the host's clock is kept right from outside",
        )
    )


def _by_chrony() -> Check | None:
    said = _ask("chronyc", "-c", "tracking")
    fields = said.strip().split(",") if said else []
    try:
        skew, leap = abs(float(fields[4])), fields[13]
    except (IndexError, ValueError):
        return None
    step = "See: chronyc sources"
    if leap == "Not synchronised":
        return Check("clock", State.WARNING, "chrony follows no time server at the moment", step)
    if skew > WARN_SKEW_SECONDS:
        state = State.PROBLEM if skew > WORST_SKEW_SECONDS else State.WARNING
        return Check("clock", state, f"the clock is {skew:.1f} s off", step)
    return well("clock", f"follows a time server (chrony), {skew * 1000:.1f} ms off")


def _by_systemd() -> Check | None:
    said = _ask("timedatectl", "show", "--property=NTPSynchronized", "--value")
    if said is None or said.strip() not in ("yes", "no"):
        return None
    if said.strip() == "yes":
        return well("clock", "follows a time server (systemd)")
    return Check(
        "clock",
        State.WARNING,
        "the clock follows no time server",
        "Run: sudo timedatectl set-ntp true, or set up chrony",
    )


def _ask(*command: str) -> str | None:
    """What a program says, or None when it is not there, fails or hangs."""
    if shutil.which(command[0]) is None:
        return None
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=_SECONDS, stdin=subprocess.DEVNULL, check=False
        )
    except (OSError, subprocess.TimeoutExpired, UnicodeDecodeError):
        return None
    return done.stdout if done.returncode == 0 else None
