"""Where a Linux host sends its logs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dcops.audit.check import check
from dcops.audit.checks.linux_files import files
from dcops.audit.checks.linux_state import state
from dcops.audit.look import Look
from dcops.audit.said import Said, Unknown
from dcops.model.finding import Severity

_FORWARDS = re.compile(r"\S+\s+@{1,2}(?:\([^)]*\))?(?:\[([^\]]+)\]|([^\s:;\[]+))")
_OMFWD = re.compile(r"(?i)\btype\s*=\s*\"omfwd\"")
_TARGET = re.compile(r"(?i)\btarget\s*=\s*\"([^\"]+)\"")
_HERE = re.compile(r"(?i)(?:127\.\S*|localhost|::1)\Z")


@check("LNX-071", severity=Severity.HIGH, platforms=["linux"])
def logs_forwarded(look: Look) -> Iterator[Said]:
    """Logs go to a server that others keep."""
    found = files(look)
    paths = ["etc/rsyslog.conf", *found.matching("etc/rsyslog.d/*.conf")]
    lines = [line.text for path in paths for line in found.some(path)]
    if any(_forwards(text) for text in lines) or _omfwd(" ".join(lines)):
        return
    upload = "etc/systemd/journal-upload.conf"
    if any(line.text.lower().startswith("url=") and "://" in line.text for line in found.some(upload)):
        return
    if "etc/rsyslog.conf" not in found.found:
        active = state(look, "services").get("active", ())
        if any(name.startswith(("syslog-ng", "fluent", "filebeat", "vector", "rsyslog")) for name in active):
            raise Unknown(Said("no file", "etc/rsyslog.conf"))
    yield Said("missing", "*.* @@log-server:6514")


def _forwards(text: str) -> bool:
    """`*.* @@host:port`; the host may be an IPv6 address in brackets."""
    match = _FORWARDS.match(text)
    return match is not None and not _HERE.match(match[1] or match[2])


def _omfwd(text: str) -> bool:
    """`action(type="omfwd" target="…")`, which may stand on several lines."""
    return any(
        (target := _TARGET.search(part)) is not None and not _HERE.match(target[1])
        for part in re.split(r"(?i)\baction\s*\(", text)[1:]
        if _OMFWD.search(part)
    )
