"""SNMP users of Cisco IOS, where the configuration shows them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dcops.audit.check import check
from dcops.audit.look import Look
from dcops.audit.said import NotApplicable, Said, Unknown
from dcops.model.finding import Severity

_USER = "snmp-server user "
_STRONG = re.compile(r"snmp-server user \S+ \S+ (?:remote \S+ (?:udp-port \d+ )?)?v3 .*\bauth sha\S* .*\bpriv aes ")


@check("IOS-057", severity=Severity.MEDIUM, platforms=["ios"])
def snmp_users(look: Look) -> Iterator[Said]:
    """SNMP users have SHA and AES.

    Most releases keep users out of the running configuration, whoever they are: then it cannot be told.
    """
    texts = look.lines().top.lines
    users = [line for line in texts if line.text.startswith(_USER)]
    if not users:
        if any(line.text.startswith("snmp-server group ") and " v3 " in f"{line.text} " for line in texts):
            raise Unknown(Said("told nothing", _USER.strip()))
        raise NotApplicable(Said("no block", "snmp-server group … v3"))
    for user in users:
        if not _STRONG.match(user.text):
            yield Said("forbidden", "", user.text, user.number)
