"""What is asked of a server besides its files, each question with its answer's reader and a fallback."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from dcops.devices.linux import answers
from dcops.devices.linux.session import Answer

NOT_THERE = 127
"""Exit status of `env` when there is no such command."""
ABSENT = "not there"
"""Why a command gave nothing."""

DMI = "/sys/class/dmi/id"


@dataclass(frozen=True, slots=True)
class Way:
    """One command, and how its answer is read."""

    command: str
    read: Callable[[str], Any]
    may_be_partial: bool = False
    """It gives what it can and then a bad exit status: one of several file systems did not answer."""
    may_find_nothing: bool = False
    """It looks for something, and says by its exit status that there is none of it."""
    sudo: bool = False
    """Only root may; asked where the settings let the account use sudo."""


@dataclass(frozen=True, slots=True)
class Question:
    """One fact, and the ways to learn it, the best first."""

    key: str
    ways: tuple[Way, ...]
    expected: bool = True
    """Its absence is worth a word."""

    @property
    def name(self) -> str:
        """As people know it."""
        return self.ways[0].command


QUESTIONS = (
    Question("os", (Way("cat /etc/os-release", answers.assignments),)),
    Question("kernel", (Way("uname -r", answers.text),)),
    Question("machine", (Way("uname -m", answers.text),)),
    Question("name", (Way("hostname -f", answers.text), Way("uname -n", answers.text))),
    Question("uptime_seconds", (Way("cat /proc/uptime", answers.uptime),)),
    Question("interfaces", (Way("ip -j addr", answers.interfaces), Way("ip -o addr", answers.interfaces_of_text))),
    Question("routes_ipv6", (Way("ip -j -6 route", answers.routes), Way("ip -6 route", answers.routes_of_text))),
    Question("listening", (Way("ss -tulnH", answers.listening), Way("ss -tuln", answers.listening))),
    Question("failed_units", (Way("systemctl --failed --no-legend --plain", answers.units),)),
    Question("clock", (Way("timedatectl show", answers.clock),)),
    Question("time_source", (Way("chronyc -c tracking", answers.tracking),)),
    Question(
        "block_devices",
        (
            Way("lsblk -J -b", answers.block_devices),
            Way("lsblk -P -b -o NAME,SIZE,TYPE", answers.block_devices_of_text),
        ),
    ),
    Question("file_systems", (Way("df -P -B1", answers.file_systems, may_be_partial=True),)),
)

HARDWARE = Question(
    "hardware",
    (
        Way(
            f"grep -H . {DMI}/sys_vendor {DMI}/product_name {DMI}/product_serial",
            answers.files,
            may_be_partial=True,
        ),
    ),
    expected=False,
)
"""Only root reads the serial number, and a virtual machine may have none of them."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What a server told, and what it did not."""

    told: Mapping[str, Any]
    missing: Mapping[str, str]
    """Command to the reason."""


def learn(question: Question, ask: Callable[[str], Answer]) -> tuple[Any, str]:
    """The fact and nothing, or None and why the server does not tell it."""
    reason = ""
    for way in question.ways:
        answer = ask(way.command)
        if answer.status == 0 or (way.may_be_partial and answer.stdout) or (way.may_find_nothing and _empty(answer)):
            try:
                return way.read(answer.text), ""
            except (ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError):
                pass
        reason = reason or _reason(answer)
    return None, reason


def facts(ask: Callable[[str], Answer]) -> Facts:
    """Ask everything; what is not there is told, and no failure."""
    told = {}
    missing = {}
    for question in QUESTIONS:
        fact, reason = learn(question, ask)
        if not reason:
            told[question.key] = fact
        elif question.expected:
            missing[question.name] = reason
    return Facts(told, missing)


def _empty(answer: Answer) -> bool:
    """It looked, and the only thing it complains of are files that are not there."""
    complaints = answer.stderr.decode("utf-8", "replace").splitlines()
    return answer.status in (1, 2) and all(line.endswith("No such file or directory") for line in complaints)


def _reason(answer: Answer) -> str:
    if answer.status == NOT_THERE:
        return ABSENT
    if complaint := answer.complaint:
        return complaint
    return f"exit status {answer.status}" if answer.status else "an answer of another form"
