"""The SSH server of a Linux host, by its files: included ones too, and what `Match` blocks loosen."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from dcops.audit.check import check
from dcops.audit.checks.linux_files import Files, files
from dcops.audit.look import Look
from dcops.audit.said import Said, Unknown
from dcops.audit.tree.lines import Line
from dcops.model.finding import Severity
from dcops.model.source import SourceKind

MAIN = "etc/ssh/sshd_config"
_SETTING = re.compile(r"(\w+)\s*=?\s*")
DEEPEST = 16
"""sshd itself follows so many files that include one another."""
# What OpenSSH does without the line, where that did not change over the years and no distribution does otherwise.
DEFAULTS: Mapping[str, str] = MappingProxyType(
    {
        "permitemptypasswords": "no",
        "maxauthtries": "6",
        "clientaliveinterval": "0",
        "clientalivecountmax": "3",
        "hostbasedauthentication": "no",
        "permituserenvironment": "no",
        "port": "22",
    }
)


@dataclass(frozen=True, slots=True)
class Setting:
    """A value, and where it stands."""

    value: str
    line: int = 0
    match: str = ""
    """The `Match` line under which it counts; empty: for everybody."""
    path: str = ""
    """Its file; empty: it stands in none, and sshd takes its default."""

    @property
    def shown(self) -> str:
        """For a reader."""
        where = f" ({self.path})" if self.path else " (default)"
        return f"{self.value}, {self.match}{where}" if self.match else f"{self.value}{where}"


class Sshd:
    """All settings by their names in small letters."""

    def __init__(self, found: Files) -> None:
        self._files = found
        self._settings: dict[str, list[Setting]] = {}
        self._read(MAIN, found.of(MAIN), "", 0)

    def for_all(self, name: str) -> Sequence[Setting]:
        """Where it is set for everybody; the first one counts where only one can."""
        return [each for each in self._settings.get(name, ()) if not each.match]

    def values(self, name: str) -> Iterator[Setting]:
        """What is in force: for everybody, and each exception that a `Match` block makes."""
        general = self.for_all(name)
        if general:
            yield general[0]
        elif name in DEFAULTS:
            yield Setting(DEFAULTS[name])
        seen: set[str] = set()
        for each in self._settings.get(name, ()):
            if each.match and each.match not in seen:
                seen.add(each.match)
                yield each

    def _read(self, path: str, lines: Sequence[Line], match: str, depth: int) -> None:
        """Take the settings of a file. What it matches ends with it."""
        if depth > DEEPEST:
            raise Unknown(Said("unreadable", MAIN, "its files include one another"))
        for line in lines:
            name, value = _split(line.text)
            if name == "match":
                match = "" if value.lower() == "all" else f"Match {value}"
            elif name == "include":
                for pattern in value.split():
                    self._include(pattern, match, depth)
            elif name:
                self._settings.setdefault(name, []).append(Setting(value, line.number, match, path))

    def _include(self, pattern: str, match: str, depth: int) -> None:
        path = pattern if pattern.startswith("/") else f"/etc/ssh/{pattern}"
        for each in self._files.matching(path.lstrip("/")):
            self._read(each, self._files.some(each), match, depth + 1)


def _split(text: str) -> tuple[str, str]:
    """`Name value` or `Name = value`; quotes and what follows a `#` are taken away."""
    match = _SETTING.match(text)
    if match is None:
        return "", ""
    name, value = match[1], text[match.end() :].strip()
    try:
        return name.lower(), " ".join(shlex.split(value, comments=True))
    except ValueError:
        return name.lower(), value


def _otherwise(look: Look, name: str, wanted: Sequence[str]) -> Iterator[Said]:
    """Each place where a setting has another value than one of these."""
    settings = list(Sshd(files(look)).values(name))
    if not any(not each.match for each in settings):
        yield Said("missing", f"{name} {wanted[0]}")
    for each in settings:
        if each.value.lower() not in wanted:
            yield Said("value", " | ".join(wanted), f"{name} {each.shown}", each.line)


def _number(setting: Setting, name: str) -> int:
    if not setting.value.isdecimal():
        raise Unknown(Said("no number", "", f"{name} {setting.shown}"))
    return int(setting.value)


@check("LNX-001", severity=Severity.HIGH, platforms=["linux"])
def sshd_root_login(look: Look) -> Iterator[Said]:
    """Nobody logs in over SSH as root."""
    yield from _otherwise(look, "permitrootlogin", ["no"])


@check("LNX-002", severity=Severity.CRITICAL, platforms=["linux"])
def sshd_empty_passwords(look: Look) -> Iterator[Said]:
    """SSH refuses accounts without a password."""
    yield from _otherwise(look, "permitemptypasswords", ["no"])


@check("LNX-003", severity=Severity.MEDIUM, platforms=["linux"], parameters=["login_attempts"])
def sshd_attempts(look: Look) -> Iterator[Said]:
    """SSH ends a connection after a few wrong passwords."""
    most = int(str(look.values.of("login_attempts")))
    for each in Sshd(files(look)).values("maxauthtries"):
        if not 1 <= _number(each, "maxauthtries") <= most:
            yield Said("value", f"maxauthtries <= {most}", f"maxauthtries {each.shown}", each.line)


@check("LNX-004", severity=Severity.MEDIUM, platforms=["linux"], parameters=["exec_timeout_minutes"])
def sshd_dead_clients(look: Look) -> Iterator[Said]:
    """SSH sessions of clients that went away are closed."""
    most = int(str(look.values.of("exec_timeout_minutes"))) * 60
    sshd = Sshd(files(look))
    counts = [_number(each, "clientalivecountmax") for each in sshd.values("clientalivecountmax")]
    for each in sshd.values("clientaliveinterval"):
        seconds = _number(each, "clientaliveinterval") * max(counts)
        if not 0 < seconds <= most:
            seen = f"clientaliveinterval {each.shown}, clientalivecountmax {max(counts)}: {seconds} s"
            yield Said("value", f"1..{most} s", seen, each.line)


@check("LNX-006", severity=Severity.MEDIUM, platforms=["linux"])
def sshd_named_logins(look: Look) -> Iterator[Said]:
    """Only named accounts or groups log in over SSH."""
    sshd = Sshd(files(look))
    if not any(sshd.for_all(name) for name in ("allowusers", "allowgroups")):
        yield Said("none of", "AllowGroups, AllowUsers")


@check("LNX-007", severity=Severity.LOW, platforms=["linux"])
def sshd_port(look: Look) -> Iterator[Said]:
    """SSH answers on another port than the one that everybody tries."""
    sshd = Sshd(files(look))
    ports = sshd.for_all("port") or list(sshd.values("port"))
    for each in ports:
        if each.value == "22":
            yield Said("forbidden", "", "Port 22", each.line)


@check("LNX-010", severity=Severity.LOW, platforms=["linux"])
def sshd_banner(look: Look) -> Iterator[Said]:
    """A notice stands before the login."""
    settings = Sshd(files(look)).for_all("banner")
    if not settings or settings[0].value.lower() == "none":
        yield Said("missing", "Banner /etc/issue.net")


_LISTS = ("ciphers", "macs", "kexalgorithms", "hostkeyalgorithms", "pubkeyacceptedalgorithms")


@check("LNX-008", severity=Severity.MEDIUM, platforms=["linux"], parameters=["ssh_weak_algorithms"])
def sshd_algorithms(look: Look) -> Iterator[Said]:
    """SSH offers no weak algorithm.

    Which ones it offers without a line of its own depends on its version, so that sshd itself is asked.
    """
    weak = frozenset(look.values.each("ssh_weak_algorithms"))
    facts = look.facts(SourceKind.STATE, "sshd")
    for name in _LISTS:
        offered = facts.get(name)
        if name == "ciphers" and not offered:
            raise Unknown(Said("told nothing", name))
        for algorithm in offered if isinstance(offered, list | tuple) else ():
            if algorithm in weak:
                yield Said("forbidden", "", f"{name} {algorithm}")
