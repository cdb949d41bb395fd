"""What each fault becomes in a backup, on every platform: one row per platform, fault and options.

A platform that arrives adds its rows here; `tests/contract/test_faults.py` fails for a fault that has none.
"""

from __future__ import annotations

from dataclasses import dataclass, field

OK = "ok"
"""The device is read all the same."""


@dataclass(frozen=True)
class Row:
    """One fault of one platform, and the error kinds that are right answers to it (or `ok`)."""

    platform: str
    fault: str
    kinds: frozenset[str]
    options: dict[str, object] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """As the test is called."""
        return "-".join([self.platform, self.fault, *(str(value) for value in self.options.values())])


def row(platform: str, fault: str, *kinds: str, **options: object) -> Row:
    """`row("ios", "hang", "timeout", where="answer")`."""
    return Row(platform, fault, frozenset(kinds), options)


ROWS = (
    row("ios", "refuse", "refused"),
    row("ios", "auth_fail", "auth"),
    row("ios", "hang", "timeout"),
    row("ios", "hang", "timeout", where="answer"),
    row("ios", "drop_mid_answer", "truncated"),
    row("ios", "slow", OK, delay_seconds=0.3),
    row("ios", "truncate", "truncated"),
    row("ios", "error_document", "denied"),
    row("ios", "error_document", "invalid", variant="invalid"),
    row("ios", "host_key_changed", "host-key"),
    row("ios", "session_expired", "unreachable"),
    row("ios", "reboot", "refused", "unreachable", for_seconds=6),
    row("panos", "refuse", "refused"),
    row("panos", "auth_fail", "auth"),
    row("panos", "hang", "timeout"),
    row("panos", "hang", "timeout", where="answer"),
    row("panos", "drop_mid_answer", "truncated"),
    row("panos", "slow", OK, delay_seconds=0.3),
    row("panos", "truncate", "truncated"),
    row("panos", "error_document", "invalid"),
    row("panos", "error_document", "invalid", variant="html"),
    row("panos", "wrong_certificate", "certificate"),
    # One new key is enough; when that expires at once as well, asking on would lock the account.
    row("panos", "session_expired", OK),
    row("panos", "session_expired", "auth", every_key=True),
    row("panos", "reboot", "refused", "unreachable", for_seconds=6),
    row("peplink", "refuse", "refused"),
    row("peplink", "auth_fail", "auth"),
    row("peplink", "hang", "timeout"),
    row("peplink", "hang", "timeout", where="answer"),
    # Tried once more after a pause: somebody may have applied changes.
    row("peplink", "drop_mid_answer", "truncated"),
    row("peplink", "slow", OK, delay_seconds=0.3),
    row("peplink", "truncate", "truncated"),
    row("peplink", "error_document", "invalid"),
    row("peplink", "error_document", "invalid", variant="html"),
    row("peplink", "wrong_certificate", "certificate"),
    row("peplink", "session_expired", OK),
    row("peplink", "session_expired", OK, form="http"),
    row("peplink", "session_expired", "auth", every_key=True),
    row("peplink", "session_expired", "auth", form="http", every_key=True),
    row("peplink", "reboot", "refused", "unreachable", for_seconds=6),
    row("sfos", "refuse", "refused"),
    row("sfos", "auth_fail", "auth"),
    row("sfos", "hang", "timeout"),
    row("sfos", "hang", "timeout", where="answer"),
    row("sfos", "drop_mid_answer", "truncated"),
    row("sfos", "slow", OK, delay_seconds=0.3),
    row("sfos", "truncate", "truncated"),
    # Every entity is refused; then what was asked is not known; then the API is off, or our address is not welcome.
    row("sfos", "error_document", "denied"),
    row("sfos", "error_document", "unsupported", variant="529"),
    row("sfos", "error_document", "denied", variant="532"),
    row("sfos", "error_document", "denied", variant="534"),
    row("sfos", "error_document", "invalid", variant="html"),
    row("sfos", "wrong_certificate", "certificate"),
    row("sfos", "reboot", "refused", "unreachable", for_seconds=6),
    row("linux", "refuse", "refused"),
    row("linux", "auth_fail", "auth"),
    row("linux", "hang", "timeout"),
    row("linux", "hang", "timeout", where="answer"),
    row("linux", "drop_mid_answer", "truncated"),
    row("linux", "slow", OK, delay_seconds=0.3),
    row("linux", "truncate", "truncated"),
    # A login message comes first, or the account may not run tar.
    row("linux", "error_document", "invalid"),
    row("linux", "error_document", "denied", variant="refused"),
    row("linux", "host_key_changed", "host-key"),
    row("linux", "session_expired", "unreachable"),
    row("linux", "reboot", "refused", "unreachable", for_seconds=6),
    row("nxos", "refuse", "refused"),
    row("nxos", "auth_fail", "auth"),
    row("nxos", "hang", "timeout"),
    row("nxos", "hang", "timeout", where="answer"),
    row("nxos", "drop_mid_answer", "truncated"),
    row("nxos", "slow", OK, delay_seconds=0.3),
    row("nxos", "truncate", "truncated"),
    row("nxos", "error_document", "denied"),
    row("nxos", "error_document", "invalid", variant="invalid"),
    row("nxos", "host_key_changed", "host-key"),
    row("nxos", "session_expired", "unreachable"),
    row("nxos", "reboot", "refused", "unreachable", for_seconds=6),
    row("procurve", "refuse", "refused"),
    row("procurve", "auth_fail", "auth"),
    row("procurve", "hang", "timeout"),
    row("procurve", "hang", "timeout", where="answer"),
    row("procurve", "drop_mid_answer", "truncated"),
    row("procurve", "slow", OK, delay_seconds=0.3),
    row("procurve", "truncate", "truncated"),
    row("procurve", "error_document", "denied"),
    row("procurve", "error_document", "invalid", variant="invalid"),
    row("procurve", "host_key_changed", "host-key"),
    row("procurve", "session_expired", "unreachable"),
    row("procurve", "reboot", "refused", "unreachable", for_seconds=6),
    row("fos", "refuse", "refused"),
    row("fos", "auth_fail", "auth"),
    row("fos", "hang", "timeout"),
    row("fos", "hang", "timeout", where="answer"),
    row("fos", "drop_mid_answer", "truncated"),
    row("fos", "slow", OK, delay_seconds=0.3),
    row("fos", "truncate", "truncated"),
    row("fos", "error_document", "denied"),
    row("fos", "error_document", "invalid", variant="invalid"),
    row("fos", "host_key_changed", "host-key"),
    row("fos", "session_expired", "unreachable"),
    row("fos", "reboot", "refused", "unreachable", for_seconds=6),
)
