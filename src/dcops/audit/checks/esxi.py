"""Settings of ESXi hosts that take more than a comparison."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from dcops.audit.check import check
from dcops.audit.look import Look
from dcops.audit.said import Said, Unknown
from dcops.model.finding import Severity
from dcops.model.source import SourceKind

QUALITY = "Security.PasswordQualityControl"
_MINIMUM = re.compile(r"\bmin=((?:(?:disabled|\d+),){4}(?:disabled|\d+))(?:\s|$)")
_FEWER_KINDS = (0, 1, 3)
"""Of the five lengths of pam_passwdqc: for one kind of signs, two and three. Another is for phrases, one for four."""


@check("VSP-013", severity=Severity.MEDIUM, platforms=["esxi"], parameters=["password_length"])
def esxi_password_quality(look: Look) -> Iterator[Said]:
    """Passwords of hosts are long and of four kinds of signs."""
    options = look.facts(SourceKind.VSPHERE).get("options")
    value = options.get(QUALITY) if isinstance(options, Mapping) else None
    if value is None:
        raise Unknown(Said("told nothing", QUALITY))
    least = int(str(look.values.of("password_length")))
    match = _MINIMUM.search(str(value))
    wanted = f"min=disabled,disabled,disabled,disabled,{least}"
    if match is None:
        yield Said("value", wanted, str(value))
        return
    lengths = match[1].split(",")
    short = any(each != "disabled" and int(each) < least for each in lengths)
    if short or lengths[4] == "disabled" or any(lengths[place] != "disabled" for place in _FEWER_KINDS):
        yield Said("value", wanted, str(value))


@check("VSP-011", severity=Severity.HIGH, platforms=["esxi"], parameters=["certificate_days"])
def esxi_certificate(look: Look) -> Iterator[Said]:
    """The certificate of a host does not end soon."""
    yield from _ends(look, "certificate_not_after")


@check("VSP-042", severity=Severity.HIGH, platforms=["vcenter"], parameters=["certificate_days"])
def vcenter_certificate(look: Look) -> Iterator[Said]:
    """The certificate of a vCenter does not end soon."""
    yield from _ends(look, "certificate_not_after")


def _ends(look: Look, key: str) -> Iterator[Said]:
    end = look.facts(SourceKind.VSPHERE).get(key)
    if not isinstance(end, int | float):
        raise Unknown(Said("told nothing", key))
    least = int(str(look.values.of("certificate_days")))
    days = (end - look.now.timestamp()) / 86_400
    if days < least:
        yield Said("value", f">= {least} d", f"{days:.0f} d")
