"""The two ways to be somebody on a Peplink: a login that gives a cookie, and a client that is granted a token."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from dcops.devices.peplink import answers
from dcops.devices.peplink.wire import TOKEN_PARAMETER, Question, Reply
from dcops.errors import DeviceError, ErrorKind
from dcops.model.secret import Secret


@dataclass(frozen=True, slots=True)
class Session:
    """What a login gave: it goes along with every further request."""

    cookies: Mapping[str, str] = field(default_factory=dict, repr=False)
    query: Mapping[str, str] = field(default_factory=dict, repr=False)
    permission: Mapping[str, Any] = field(default_factory=dict)
    """What the account may do, as the device said: `{"GET": 1, "POST": 0}`."""
    goodbye: Question = field(default=Question("POST", "/api/logout", json={}), repr=False)
    """Ends the session on the device."""

    @property
    def secrets(self) -> tuple[Secret, ...]:
        """What must not be kept of it."""
        return tuple(Secret(value) for value in (*self.cookies.values(), *self.query.values()) if value)


class Login(Protocol):
    """How a session is begun."""

    @property
    def question(self) -> Question:
        """The request that holds the login."""

    @property
    def secrets(self) -> tuple[Secret, ...]:
        """What is secret in it."""

    def session(self, reply: Reply) -> Session:
        """The session that the answer gives; raises DeviceError when it gives none."""


@dataclass(frozen=True, slots=True)
class PasswordLogin:
    """User name and password; the session is a cookie and takes one of the few places of the web admin."""

    username: str
    password: Secret

    @property
    def question(self) -> Question:
        """The request that holds the login."""
        return Question("POST", "/api/login", json={"username": self.username, "password": self.password.reveal()})

    @property
    def secrets(self) -> tuple[Secret, ...]:
        """What is secret in it."""
        return (self.password,)

    def session(self, reply: Reply) -> Session:
        """The session that the answer gives."""
        given = _granted(reply, "login refused")
        if not reply.cookies:
            raise DeviceError(
                ErrorKind.INVALID, "it accepted the login and gave no cookie", next_step="Look at the device"
            )
        permission = given.get("permission") if isinstance(given, dict) else None
        return Session(cookies=reply.cookies, permission=permission if isinstance(permission, dict) else {})


@dataclass(frozen=True, slots=True)
class TokenLogin:
    """A client of the API, made once by an administrator; it is granted a token that lives for two days."""

    client_id: str
    client_secret: Secret

    @property
    def question(self) -> Question:
        """The request that holds the login."""
        body = {"clientId": self.client_id, "clientSecret": self.client_secret.reveal()}
        return Question("POST", "/api/auth.token.grant", json=body)

    @property
    def secrets(self) -> tuple[Secret, ...]:
        """What is secret in it."""
        return (self.client_secret,)

    def session(self, reply: Reply) -> Session:
        """The session that the answer gives."""
        given = _granted(reply, "it granted no token")
        token = given.get("accessToken") if isinstance(given, dict) else None
        if not isinstance(token, str) or not token:
            raise DeviceError(ErrorKind.INVALID, "its grant holds no token", next_step="Look at the device")
        return Session(
            query={TOKEN_PARAMETER: token},
            goodbye=Question("POST", "/api/auth.token.revoke", json={TOKEN_PARAMETER: token}),
        )


def _granted(reply: Reply, refused: str) -> Any:
    try:
        return answers.response(reply.status, reply.body)
    except answers.PeplinkError as error:
        # Whatever number it gives: unless it is busy or full, it does not want this login.
        kind = error.kind if error.kind in (ErrorKind.BUSY, ErrorKind.UNSUPPORTED) else ErrorKind.AUTH
        step = error.next_step if kind is error.kind else "Check the credential with dcops secrets check"
        raise DeviceError(kind, f"{refused}: {error.message}", next_step=step) from None
