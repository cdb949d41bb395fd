"""What PAM asks of passwords and logins on a Linux host, with the files that its modules read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dcops.audit.check import check
from dcops.audit.checks.linux_files import Files, files
from dcops.audit.look import Look
from dcops.audit.said import Said, Unknown
from dcops.model.finding import Severity

STACKS = ("common-password", "common-auth", "common-account", "system-auth", "password-auth")
"""Files that all others include: of Debian, and of Red Hat."""
_LINE = re.compile(r"-?(auth|account|password|session)\s+(\[[^\]]*\]|\S+)\s+(\S+)\s*(.*)")
_ASSIGNMENT = re.compile(r"(\w+)\s*=\s*(-?\d+)")
_OFF = ("optional",)


@dataclass(frozen=True, slots=True)
class Module:
    """One line of a stack."""

    kind: str
    name: str
    """`pam_unix.so` without the ending."""
    arguments: str
    line: int
    path: str

    def number(self, key: str) -> int | None:
        """What an argument sets."""
        return _numbers([self.arguments]).get(key)


def modules(found: Files, kind: str, names: Sequence[str]) -> list[Module]:
    """The lines for one kind of work that use one of these modules; raises Unknown without a stack."""
    stacks = [path for path in (f"etc/pam.d/{each}" for each in STACKS) if path in found.found]
    if not stacks:
        raise Unknown(Said("no file", "etc/pam.d/common-auth"))
    made = []
    for path in stacks:
        for line in found.some(path):
            match = _LINE.fullmatch(line.text)
            if match is None or match[1] != kind or match[2] in _OFF:
                continue
            name = match[3].rpartition("/")[2].removesuffix(".so")
            if name in names:
                made.append(Module(kind, name, match[4], line.number, path))
    return made


def _numbers(texts: Sequence[str]) -> dict[str, int]:
    return {key: int(value) for text in texts for key, value in _ASSIGNMENT.findall(text)}


def _settings(found: Files, *patterns: str) -> dict[str, int]:
    """What settings files say, later ones over earlier ones."""
    paths = [path for pattern in patterns for path in found.matching(pattern)]
    return _numbers([line.text for path in paths for line in found.some(path)])


_KINDS = ("dcredit", "ucredit", "lcredit", "ocredit")
_QUALITY = ("pam_pwquality", "pam_cracklib")


@check("LNX-021", severity=Severity.HIGH, platforms=["linux"], parameters=["password_length"])
def pam_password_quality(look: Look) -> Iterator[Said]:
    """New passwords are long and of four kinds of signs."""
    least = int(str(look.values.of("password_length")))
    found = files(look)
    used = modules(found, "password", _QUALITY)
    if not used:
        if modules(found, "password", ["pam_passwdqc"]):
            raise Unknown(Said("told nothing", "pam_passwdqc"))
        yield Said("missing", "password requisite pam_pwquality.so")
        return
    general = _settings(found, "etc/security/pwquality.conf", "etc/security/pwquality.conf.d/*.conf")
    for module in used:
        own = _numbers([module.arguments])
        settings = own if module.name == "pam_cracklib" else {**general, **own}
        # Without a line it asks for 8 (pwquality) or 9 (cracklib).
        length = settings.get("minlen", 8)
        if length < least:
            yield Said("value", f"minlen >= {least}", f"minlen = {length} ({module.path})", module.line)
        if settings.get("minclass", 0) < len(_KINDS) and any(settings.get(kind, 0) > -1 for kind in _KINDS):
            seen = f"minclass = {settings.get('minclass', 0)} ({module.path})"
            yield Said("value", f"minclass = {len(_KINDS)}", seen, module.line)


@check("LNX-022", severity=Severity.MEDIUM, platforms=["linux"], parameters=["password_history"])
def pam_password_history(look: Look) -> Iterator[Said]:
    """Old passwords are not taken again."""
    least = int(str(look.values.of("password_history")))
    found = files(look)
    used = modules(found, "password", ["pam_pwhistory"])
    general = _settings(found, "etc/security/pwhistory.conf")
    # Without a number pam_pwhistory remembers 10.
    kept = [(each.number("remember"), general.get("remember", 10)) for each in used]
    numbers = [own if own is not None else other for own, other in kept]
    numbers += [
        number for each in modules(found, "password", ["pam_unix"]) if (number := each.number("remember")) is not None
    ]
    if not numbers:
        yield Said("missing", f"password required pam_pwhistory.so remember={least}")
    elif max(numbers) < least:
        yield Said("value", f"remember >= {least}", f"remember = {max(numbers)}")


@check("LNX-024", severity=Severity.HIGH, platforms=["linux"], parameters=["login_attempts"])
def pam_lockout(look: Look) -> Iterator[Said]:
    """Accounts are locked after a few wrong passwords."""
    most = int(str(look.values.of("login_attempts")))
    found = files(look)
    used = modules(found, "auth", ["pam_faillock", "pam_tally2", "pam_tally"])
    if not used:
        yield Said("missing", f"auth required pam_faillock.so preauth deny={most}")
        return
    general = _settings(found, "etc/security/faillock.conf")
    for module in used:
        deny = module.number("deny")
        if deny is None:
            # Without a number faillock locks after three; tally only counts.
            deny = general.get("deny", 3) if module.name == "pam_faillock" else 0
        if not 1 <= deny <= most:
            yield Said("value", f"deny <= {most}", f"{module.name} deny = {deny} ({module.path})", module.line)
