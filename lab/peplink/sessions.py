"""Who is logged in to a balancer: a few cookies, and the tokens of API clients."""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass, field
from typing import Any

from lab.clock import Clock

PLACES = 8
IDLE_SECONDS = 4 * 3600.0
TOKEN_SECONDS = 172_800.0
READS = {"GET": 1, "POST": 0}
WRITES = {"GET": 1, "POST": 1}


@dataclass(slots=True)
class Session:
    """A cookie or a token that was given out."""

    user: str
    permission: dict[str, int]
    used: float
    """On the lab's clock; of a token when it was granted."""
    is_token: bool = False
    is_doomed: bool = False
    """It expires at its first use: the fault `session_expired`."""


@dataclass(frozen=True, slots=True)
class Client:
    """An API client that an administrator made once."""

    name: str
    client_id: str
    client_secret: str
    scope: str


@dataclass(slots=True)
class Sessions:
    """Everybody who is somebody on the device."""

    clock: Clock
    live: dict[str, Session] = field(default_factory=dict)
    clients: dict[str, Client] = field(default_factory=dict)
    replaces_expired: bool = False
    """The last session ended by the fault: the next one lives."""

    def has_place(self) -> bool:
        """Whether one more may log in to the web admin."""
        self._sweep()
        return sum(not session.is_token for session in self.live.values()) < PLACES

    def begin(self, user: str, permission: dict[str, int], *, is_token: bool = False, is_doomed: bool = False) -> str:
        """A new cookie or token."""
        text = secrets.token_hex(16)
        self.live[text] = Session(user, permission, self.clock.now(), is_token, is_doomed)
        return text

    def find(self, text: str, *, is_token: bool) -> Session | None:
        """The session of a cookie or token; None when it is not one, or is over."""
        self._sweep()
        session = self.live.get(text)
        if session is None or session.is_token != is_token:
            return None
        if session.is_doomed:
            del self.live[text]
            self.replaces_expired = True
            return None
        if not is_token:
            session.used = self.clock.now()
        return session

    def end(self, text: str) -> None:
        """Log out."""
        self.live.pop(text, None)

    def drop_cookies(self) -> None:
        """The web admin starts anew: every login is over, tokens live on."""
        self.live = {text: session for text, session in self.live.items() if session.is_token}

    def add_client(self, name: str, scope: str) -> Client:
        """A new API client."""
        client = Client(name, secrets.token_hex(16), secrets.token_hex(16), scope)
        self.clients[client.client_id] = client
        return client

    def client(self, given: dict[str, Any]) -> Client | None:
        """The client that such a request proves to be."""
        found = self.clients.get(str(given.get("clientId")))
        if found is None or not _same(str(given.get("clientSecret")), found.client_secret):
            return None
        return found

    def _sweep(self) -> None:
        now = self.clock.now()
        for text, session in list(self.live.items()):
            if now - session.used > (TOKEN_SECONDS if session.is_token else IDLE_SECONDS):
                del self.live[text]


def _same(given: str, right: str) -> bool:
    return hmac.compare_digest(given.encode(), right.encode())
