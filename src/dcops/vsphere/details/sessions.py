"""Who is logged in to a vCenter."""

from __future__ import annotations

from dataclasses import dataclass

from dcops.vsphere.managed import Value


@dataclass(frozen=True, slots=True)
class Login:
    """One session."""

    user: str
    address: str
    agent: str
    """What the client calls itself."""
    since: float
    last_active: float
    is_ours: bool


def logins_of(listed: Value, key: str) -> tuple[Login, ...]:
    """The sessions in `SessionManager.sessionList`; `key` is our own."""
    return tuple(
        Login(
            user=one.get("userName", ""),
            address=one.get("ipAddress", ""),
            agent=one.get("userAgent", ""),
            since=one.get("loginTime", 0.0),
            last_active=one.get("lastActiveTime", 0.0),
            is_ours=one.get("key") == key,
        )
        for one in listed or ()
    )
