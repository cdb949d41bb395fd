"""SNMPv3 messages (RFC 3412, RFC 3414): learns the agent's engine and clock, signs and enciphers."""

from __future__ import annotations

import hmac
import time
from collections.abc import Callable, Container
from typing import NamedTuple

from dcops.snmp import pdu
from dcops.snmp.ber import OCTET_STRING, SEQUENCE, Malformed, element, expect, integer, number, parts, span
from dcops.snmp.target import Again, Denied, Unasked
from dcops.snmp.usm.ciphers import Cipher, cipher
from dcops.snmp.usm.keys import SIGNATURE_BYTES, User, localised, privacy_key

LARGEST_MESSAGE = 65507
WINDOW_SECONDS = 150
"""A message whose time is off by more is an old one that somebody sends again (RFC 3414 section 2.2.3)."""
LONGEST_ENGINE = 32

_SIGNED, _HIDDEN, _REPORTABLE = 1, 2, 4
_MESSAGE, _ABOUT = b"\x02\x30\x04", b"\x02\x02\x04\x02"
_PARAMETERS = b"\x04\x02\x02\x04\x04\x04"
"""The tags of what a message, its head and the parameters of its security consist of."""
_VERSION = integer(3)
_MODEL = integer(3)
_LARGEST = integer(LARGEST_MESSAGE)
_STATISTICS = b"\x2b\x06\x01\x06\x03\x0f\x01\x01"
"""usmStats, 1.3.6.1.6.3.15.1.1."""
_UNKNOWN_CONTEXT = bytes.fromhex("2b060106030c010500")
"""snmpUnknownContexts.0, 1.3.6.1.6.3.12.1.5.0."""
_REASONS = {
    1: "the agent does not know this level of security for user {user}",
    3: "the agent does not know user {user}",
    5: "the authentication password or protocol of user {user} is wrong",
    6: "the privacy password or protocol of user {user} is wrong",
}
_NOT_IN_WINDOW, _UNKNOWN_ENGINE, _UNKNOWN_CONTEXT_NAME = 2, 4, -1


class _Head(NamedTuple):
    """A message as it came, before anything of it is believed."""

    number: int
    flags: int
    engine: bytes
    boots: int
    time: int
    user: bytes
    signature_at: int
    signature: bytes
    salt: bytes
    start: int
    end: int


class UserSecurity:
    """One user at one agent. Kept between conversations: engine, clock and keys are learned once."""

    has_bulk = True

    def __init__(self, user: User, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._user = user
        self._name = user.name.encode()
        self._context = element(OCTET_STRING, user.context.encode())
        self._clock = clock
        self._engine = b""
        self._boots = 0
        self._time = 0
        self._seen_at = 0.0
        self._signer: hmac.HMAC | None = None
        self._cipher: Cipher | None = None
        self._flags = (_SIGNED if user.authentication else 0) | (_HIDDEN if user.privacy else 0)
        self._signature_bytes = SIGNATURE_BYTES[user.authentication] if user.authentication else 0
        self._was_understood = False
        self._place = b"\x04\x00"
        self._scope = self._place + self._context
        self._blank = element(OCTET_STRING, self._name) + element(OCTET_STRING, bytes(self._signature_bytes))

    @property
    def ready(self) -> bool:
        """The engine is known."""
        return bool(self._engine)

    @property
    def suspicion(self) -> str:
        """Most agents drop what they cannot decipher, and say nothing: this is how a wrong password looks."""
        if self._cipher is None or self._was_understood:
            return ""
        return (
            f"It told its engine and was then silent: is the privacy password of user {self._user.name} wrong, "
            "or its privacy protocol? Most agents say nothing then"
        )

    def probe(self, request: int) -> bytes:
        """A question without an engine: the report on it names the engine and its time."""
        scoped = element(SEQUENCE, b"\x04\x00\x04\x00" + pdu.get(pdu.GET, request, ()))
        parameters = element(SEQUENCE, b"\x04\x00\x02\x01\x00\x02\x01\x00\x04\x00\x04\x00\x04\x00")
        return self._message(request, _REPORTABLE, parameters, scoped)

    def seal(self, request: int, question: bytes) -> bytes:
        """Sign and encipher a PDU with the engine's keys and time."""
        boots, now = self._boots, self._now()
        data = element(SEQUENCE, self._scope + question)
        salt = b""
        if self._cipher:
            hidden, salt = self._cipher.encrypt(data, boots, now)
            data = element(OCTET_STRING, hidden)
        salt = element(OCTET_STRING, salt)
        parameters = element(SEQUENCE, self._place + integer(boots) + integer(now) + self._blank + salt)
        message = self._message(request, self._flags | _REPORTABLE, parameters, data)
        if not self._signature_bytes:
            return message
        # Salt and data stand behind the signature: it is found from the end.
        at = len(message) - len(data) - len(salt) - self._signature_bytes
        return message[:at] + self._signature(message) + message[at + self._signature_bytes :]

    def open(self, data: bytes, asked: Container[int]) -> tuple[bytes, int, int]:
        """Verify and decipher an answer; see target.Security."""
        head = _head(data)
        # Before anything is computed, or believed: who cannot see our messages cannot know their numbers.
        if head.number not in asked:
            raise Unasked
        if head.engine != self._engine:
            self._learn(head, data)
        if head.user not in (self._name, b""):
            raise Malformed("for another user")
        if head.flags & _SIGNED:
            self._verify(head, data)
        buffer, start, end = self._scoped(head, data)
        at = _pdu_at(buffer, start, end)
        if buffer[at] == pdu.REPORT:
            self._report(head, buffer, at, end)
        if head.flags & 3 != self._flags:
            raise Malformed("less protected than what was asked")
        if self._signature_bytes:
            self._keep_time(head)
        if buffer[at] != pdu.RESPONSE:
            raise Malformed("no response")
        self._was_understood = True
        return buffer, at, end

    def _message(self, request: int, flags: int, parameters: bytes, data: bytes) -> bytes:
        about = integer(request) + _LARGEST + bytes((OCTET_STRING, 1, flags)) + _MODEL
        return element(SEQUENCE, _VERSION + element(SEQUENCE, about) + element(OCTET_STRING, parameters) + data)

    def _signature(self, message: bytes) -> bytes:
        assert self._signer
        # A copy of what the key was worked into once: two thirds of the time of a new one.
        signer = self._signer.copy()
        signer.update(message)
        return signer.digest()[: self._signature_bytes]

    def _now(self) -> int:
        return min(0x7FFFFFFF, self._time + int(self._clock() - self._seen_at))

    def _learn(self, head: _Head, data: bytes) -> None:
        """Take the engine that a report names, and make its keys. Always raises.

        That is the first answer, or the one to a question whose engine is gone: a new card, another configuration.
        """
        if not 5 <= len(head.engine) <= LONGEST_ENGINE:
            raise Malformed("an engine without a name")
        if head.flags & _HIDDEN:
            raise Malformed("enciphered by an engine that we do not know")
        buffer, start, end = self._scoped(head, data)
        at = _pdu_at(buffer, start, end)
        if buffer[at] != pdu.REPORT or (self._engine and _reason(buffer, at, end) != _UNKNOWN_ENGINE):
            raise Malformed("from an engine that we do not know, and no report of it")
        self._engine = head.engine
        self._place = element(OCTET_STRING, head.engine)
        self._scope = self._place + self._context
        self._was_understood = False
        self._set_time(head)
        user = self._user
        if user.authentication:
            assert user.authentication_password
            key = localised(user.authentication, user.authentication_password, head.engine)
            self._signer = hmac.new(key, digestmod=user.authentication.value)
        if user.privacy:
            self._cipher = cipher(user.privacy, privacy_key(user, head.engine))
        raise Again(head.number, "it changes its engine with every answer")

    def _verify(self, head: _Head, data: bytes) -> None:
        if not self._signature_bytes or len(head.signature) != self._signature_bytes:
            raise Malformed("a signature of another length")
        unsigned = (
            data[: head.signature_at] + bytes(self._signature_bytes) + data[head.signature_at + self._signature_bytes :]
        )
        if not hmac.compare_digest(self._signature(unsigned), head.signature):
            raise Malformed("a signature that is not the agent's")

    def _keep_time(self, head: _Head) -> None:
        """Follow the engine's clock; refuse what is older than what was seen (RFC 3414 section 3.2, 7b)."""
        if head.boots > self._boots or (head.boots == self._boots and head.time > self._time):
            self._set_time(head)
        elif head.boots < self._boots or head.time < self._now() - WINDOW_SECONDS:
            raise Malformed("an answer from the past")

    def _set_time(self, head: _Head) -> None:
        self._boots, self._time, self._seen_at = head.boots, head.time, self._clock()

    def _scoped(self, head: _Head, data: bytes) -> tuple[bytes, int, int]:
        """The scoped PDU in the clear: its bytes, and where its content begins and ends."""
        if not head.flags & _HIDDEN:
            start, end = expect(data, head.start, head.end, SEQUENCE)
            return data, start, end
        if self._cipher is None:
            raise Malformed("enciphered, and we have no key")
        start, end = expect(data, head.start, head.end, OCTET_STRING)
        plain = self._cipher.decrypt(data[start:end], head.boots, head.time, head.salt)
        start, end = expect(plain, 0, len(plain), SEQUENCE)
        return plain, start, end

    def _report(self, head: _Head, buffer: bytes, at: int, end: int) -> None:
        """What the agent could not take, and what that means. Always raises."""
        reason = _reason(buffer, at, end)
        if reason == _NOT_IN_WINDOW and (head.flags & _SIGNED or not self._signature_bytes):
            # It rebooted, or its clock was set, perhaps back: what it says, signed and on our own question, is the
            # time to use.
            self._set_time(head)
            raise Again(head.number, "it refuses the time that it told itself")
        if reason == _UNKNOWN_CONTEXT_NAME:
            raise Denied(f"the agent does not know the context {self._user.context or 'without a name'}")
        if words := _REASONS.get(reason):
            raise Denied(words.format(user=self._user.name))
        raise Malformed("a report that helps nobody")


def _head(data: bytes) -> _Head:
    start, end = expect(data, 0, len(data), SEQUENCE)
    version, about, (inner, data_at) = parts(data, start, end, _MESSAGE)
    if number(data, *version) != 3:
        raise Malformed("another version than ours")
    message, _, (flags_at, flags_end), model = parts(data, *about, _ABOUT)
    if number(data, *model) != 3 or flags_end - flags_at != 1:
        raise Malformed("another model of security than ours")
    flags = data[flags_at]
    if flags & (_SIGNED | _HIDDEN) == _HIDDEN:
        raise Malformed("enciphered and not signed, which SNMPv3 does not know")
    position, last = expect(data, inner, data_at, SEQUENCE)
    engine, boots, seconds, user, signature, salt = parts(data, position, last, _PARAMETERS)
    found = _Head(
        number=number(data, *message),
        flags=flags,
        engine=data[slice(*engine)],
        boots=number(data, *boots),
        time=number(data, *seconds),
        user=data[slice(*user)],
        signature_at=signature[0],
        signature=data[slice(*signature)],
        salt=data[slice(*salt)],
        start=data_at,
        end=end,
    )
    if found.boots < 0 or found.time < 0:
        raise Malformed("a time before the first")
    return found


def _pdu_at(buffer: bytes, start: int, end: int) -> int:
    """Where the PDU begins, behind the engine and the name of its context."""
    _, at = expect(buffer, start, end, OCTET_STRING)
    _, at = expect(buffer, at, end, OCTET_STRING)
    _, stop = span(buffer, at, end)
    if stop != end:
        raise Malformed("something follows the PDU")
    return at


def _reason(buffer: bytes, at: int, end: int) -> int:
    """Which counter of usmStats a report shows; 0 when it is none."""
    found = pdu.read(buffer, at, end)
    rows: list[pdu.Row] = []
    name, _ = pdu.rows(buffer, found.start, found.end, _STATISTICS, rows)
    if rows and rows[0][0]:
        return rows[0][0][0]
    return _UNKNOWN_CONTEXT_NAME if name == _UNKNOWN_CONTEXT else 0
