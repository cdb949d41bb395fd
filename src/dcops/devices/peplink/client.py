"""A client of the Peplink API: one session, begun anew once when it ends, and given back at the end."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from dcops.devices.peplink import answers
from dcops.devices.peplink.answers import UNAUTHORISED, PeplinkError
from dcops.devices.peplink.session import Login, Session
from dcops.devices.peplink.wire import Question, Reply, Wire
from dcops.errors import DeviceError, ErrorKind
from dcops.model.transcript import Exchange, Tape

ALIVE = Question("GET", "/api/status.lan.profile")
"""Small, and answered to those who are logged in only."""
GOODBYE_SECONDS = 5.0
"""A device that does not answer must not be waited for again when it is left."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the device answered: byte for byte, and what stands in the envelope."""

    raw: bytes = field(repr=False)
    response: Any = field(repr=False)


class PeplinkClient:
    """Speaks with one device."""

    def __init__(self, wire: Wire, login: Login, tape: Tape) -> None:
        self._wire = wire
        self._login = login
        self._tape = tape
        self._session: Session | None = None
        self.is_cut = False
        """Somebody gave the connection up: nothing is tried again."""
        self.logins = 0
        """How many sessions were begun; one more in the middle of a reading means that the first one ended."""

    @property
    def session(self) -> Session:
        """The session that was begun; raises DeviceError when none was."""
        if self._session is None:
            raise DeviceError(ErrorKind.UNREACHABLE, "not logged in", next_step="Call open() first")
        return self._session

    def login(self) -> None:
        """Begin a session, a new one when there is one."""
        self._session = None
        question = self._login.question
        reply = self._wire.send(question, secrets=self._login.secrets)
        session = self._login.session(reply)
        for secret in session.secrets:
            self._tape.learned(secret)
        # What was asked is a login: its parameters are nobody's business.
        self._tape.add(Exchange(question.name, reply.body, {}, reply.status, reply.content_type))
        self._session = session
        self.logins += 1

    def ask(self, question: Question) -> Answer:
        """The answer to a question; a session that has ended is begun anew once."""
        try:
            return self._asked(question)
        except PeplinkError as error:
            if error.code != UNAUTHORISED:
                raise
        self.login()
        try:
            return self._asked(question)
        except PeplinkError as error:
            if error.code != UNAUTHORISED:
                raise
            raise DeviceError(
                ErrorKind.AUTH,
                "its session ended twice in a row",
                next_step="Is somebody applying changes, or are all its login places taken? Look at the device",
            ) from None

    def try_once(self, question: Question) -> Answer:
        """The answer to a question that a firmware may not know: a refusal does not end the session."""
        return self._asked(question)

    def download(self, question: Question) -> Reply:
        """The bare answer to a request outside the API, where a session that has ended shows as a login page."""
        reply = self._sent(question, is_taped=False)
        if reply.status == 200 and not reply.body.lstrip().startswith((b"<", b"{")):
            return reply
        before = self.logins
        self.ask(ALIVE)
        # The session was begun anew: this time the answer is about the file.
        return reply if self.logins == before else self._sent(question, is_taped=False)

    def close(self) -> None:
        """Give the session back and disconnect; never raises."""
        session, self._session = self._session, None
        if session is not None:
            with suppress(Exception):
                self._wire.send(
                    session.goodbye,
                    query=session.query,
                    cookies=session.cookies,
                    secrets=session.secrets,
                    timeout_seconds=GOODBYE_SECONDS,
                )
        self._wire.close()

    def abort(self) -> None:
        """Cut the connection from another thread."""
        self.is_cut = True
        self._wire.abort()

    def _asked(self, question: Question) -> Answer:
        reply = self._sent(question)
        return Answer(reply.body, answers.response(reply.status, reply.body))

    def _sent(self, question: Question, *, is_taped: bool = True) -> Reply:
        session = self.session
        reply = self._wire.send(
            question,
            query=session.query,
            cookies=session.cookies,
            secrets=(*self._login.secrets, *session.secrets),
        )
        # An opaque file holds every secret of the device and nothing that could take them out: it is not taped.
        body = reply.body if is_taped else b""
        self._tape.add(Exchange(question.name, body, question.parameters, reply.status, reply.content_type))
        return reply
