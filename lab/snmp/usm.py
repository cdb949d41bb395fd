"""SNMPv3 with the user-based security model (RFC 3412, RFC 3414), from the side of the agent.

What cannot be taken is reported as RFC 3414 section 3.2 says, in its order: unknown engine, unknown user, a level of
security that the user has not, a wrong signature, a time outside of the window, what cannot be deciphered.
"""

from __future__ import annotations

import hmac
from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from lab.snmp import ciphers, oid, pdu
from lab.snmp.ber import OCTET_STRING, SEQUENCE, Malformed, Reader, element, integer
from lab.snmp.engine import Engine
from lab.snmp.pdu import Request
from lab.snmp.security import Asked, Refused
from lab.snmp.user import SIGNATURES, User
from lab.snmp.value import COUNTER32

SIGNED, HIDDEN, REPORTABLE = 1, 2, 4
USER_BASED = 3
WINDOW_SECONDS = 150
LARGEST_MESSAGE = 65507
HEAD = 128
"""Room for what stands around a PDU besides names and signature: lengths, numbers, flags, salt, padding."""

_STATISTICS = oid.numbers("1.3.6.1.6.3.15.1.1")
REASONS = {
    "unsupported_levels": 1,
    "outside_time_windows": 2,
    "unknown_users": 3,
    "unknown_engines": 4,
    "wrong_signatures": 5,
    "undecipherable": 6,
}
"""Counters of usmStats, by the names that the lab has for them."""
_UNKNOWN_CONTEXTS = oid.encode(oid.numbers("1.3.6.1.6.3.12.1.5.0"))


class Message(NamedTuple):
    """A message as it came, before anything of it is believed."""

    number: int
    largest: int
    flags: int
    engine: bytes
    boots: int
    seconds: int
    user: bytes
    signature: bytes
    salt: bytes
    signature_at: int
    """Where the signature begins in the datagram."""
    data: Reader


class Users:
    """The users of one engine."""

    version = 3

    def __init__(self, engine: Engine, users: Iterable[User], contexts: Iterable[str] = ("",)) -> None:
        self.engine = engine
        self._users = {user.name.encode(): user for user in users}
        self._contexts = {context.encode() for context in contexts}
        self._notified = 0
        self._reports: Counter[str] = Counter()

    def open(self, message: Reader, largest: int) -> Asked:
        """Read what follows the version; what is refused is refused with a report."""
        found = _read(message)
        user = self._known(found)
        if user.level & found.flags & SIGNED:
            self._verify(found, user, message.data)
            if found.boots != self.engine.boots or abs(found.seconds - self.engine.seconds) > WINDOW_SECONDS:
                raise self._report(found, "outside_time_windows", user)
        scoped = self._deciphered(found, user)
        if scoped.octets() != self.engine.id:
            raise Malformed("for the context of another engine")
        context = scoped.octets()
        request = pdu.read(scoped)
        if context not in self._contexts:
            raise Refused("unknown_contexts", self._told(found, _UNKNOWN_CONTEXTS, user, found.flags, request.number))
        level = found.flags & (SIGNED | HIDDEN)

        def seal(answer: bytes) -> bytes:
            return self._message(found.number, level, user, context, answer)

        if level != user.level:
            # Known, but not so weakly protected: access control answers, not the user's security.
            raise Refused("refused_levels", seal(_unauthorised(request)))
        overhead = HEAD + 2 * len(self.engine.id) + len(found.user) + len(context) + len(found.signature)
        return Asked(request, self.version, min(largest, found.largest) - overhead, seal)

    def trap(self, notification: bytes) -> bytes:
        """The datagram of a notification: the sender's engine is the one that counts."""
        user = next(iter(self._users.values()))
        self._notified += 1
        return self._message(self._notified, user.level, user, b"", notification)

    # ---- what comes in -------------------------------------------------------------------------------

    def _known(self, found: Message) -> User:
        if found.engine != self.engine.id:
            raise self._report(found, "unknown_engines")
        user = self._users.get(found.user)
        if user is None:
            raise self._report(found, "unknown_users")
        if found.flags & (SIGNED | HIDDEN) & ~user.level:
            raise self._report(found, "unsupported_levels")
        return user

    def _verify(self, found: Message, user: User, datagram: bytes) -> None:
        at, size = found.signature_at, len(found.signature)
        unsigned = datagram[:at] + bytes(size) + datagram[at + size :]
        if not hmac.compare_digest(user.signature(self.engine.id, unsigned), found.signature):
            raise self._report(found, "wrong_signatures")

    def _deciphered(self, found: Message, user: User) -> Reader:
        data = found.data
        if found.flags & HIDDEN:
            assert user.privacy
            hidden = data.octets()
            data.finish()
            try:
                data = Reader(
                    ciphers.decrypt(
                        user.privacy,
                        user.cipher_key(self.engine.id),
                        found.boots,
                        found.seconds,
                        found.salt,
                        hidden,
                    )
                )
                return data.inside(SEQUENCE)
            except Malformed:
                raise self._report(found, "undecipherable") from None
        scoped = data.inside(SEQUENCE)
        data.finish()
        return scoped

    # ---- what goes out -------------------------------------------------------------------------------

    def _report(self, found: Message, reason: str, user: User | None = None) -> Refused:
        """What makes the manager know what was wrong. Only a report of the time is signed: the manager sets its
        clock by it."""
        self._reports[reason] += 1
        name = oid.encode((*_STATISTICS, REASONS[reason], 0))
        reply = self._told(found, name, user, SIGNED if user else 0, _number_in_clear(found))
        return Refused(reason, reply)

    def _told(self, found: Message, name: bytes, user: User | None, flags: int, number: int) -> bytes | None:
        if not found.flags & REPORTABLE:
            return None
        count = sum(self._reports.values()) if name == _UNKNOWN_CONTEXTS else self._reports[_reason(name)]
        variables = element(SEQUENCE, pdu.variable(name, integer(count, COUNTER32)))
        report = pdu.of(pdu.REPORT, number, variables)
        level = flags & (SIGNED | HIDDEN) if user else 0
        return self._message(found.number, level, user, b"", report, name=found.user)

    def _message(
        self, number: int, level: int, user: User | None, context: bytes, inner: bytes, name: bytes = b""
    ) -> bytes:
        engine, boots, seconds = self.engine.id, self.engine.boots, self.engine.seconds
        data = element(SEQUENCE, element(OCTET_STRING, engine) + element(OCTET_STRING, context) + inner)
        salt = b""
        if user and level & HIDDEN:
            assert user.privacy
            hidden, salt = ciphers.encrypt(user.privacy, user.cipher_key(engine), boots, seconds, data)
            data = element(OCTET_STRING, hidden)
        blank = b""
        if user and level & SIGNED:
            assert user.authentication
            blank = bytes(SIGNATURES[user.authentication])
        head = element(
            SEQUENCE,
            integer(number) + integer(LARGEST_MESSAGE) + element(OCTET_STRING, bytes((level,))) + integer(USER_BASED),
        )
        behind = element(OCTET_STRING, salt)
        parameters = (
            element(OCTET_STRING, engine)
            + integer(boots)
            + integer(seconds)
            + element(OCTET_STRING, user.name.encode() if user else name)
            + element(OCTET_STRING, blank)
            + behind
        )
        message = element(
            SEQUENCE, integer(self.version) + head + element(OCTET_STRING, element(SEQUENCE, parameters)) + data
        )
        if not blank:
            return message
        assert user
        # The signature stands right before salt and data: it is found from the end.
        at = len(message) - len(data) - len(behind) - len(blank)
        return message[:at] + user.signature(engine, message) + message[at + len(blank) :]


def _read(message: Reader) -> Message:
    head = message.inside()
    number, largest, flags, model = head.number(), head.number(), head.octets(), head.number()
    head.finish()
    if len(flags) != 1 or flags[0] & (SIGNED | HIDDEN) == HIDDEN or number < 0 or largest < 484:
        raise Malformed("a head that no message of SNMPv3 has")
    if model != USER_BASED:
        raise Refused("wrong_models")
    outer = message.inside(OCTET_STRING)
    parameters = outer.inside()
    outer.finish()
    engine, boots, seconds, user = parameters.octets(), parameters.number(), parameters.number(), parameters.octets()
    signature = parameters.octets()
    signature_at = parameters.position - len(signature)
    salt = parameters.octets()
    parameters.finish()
    return Message(number, largest, flags[0], engine, boots, seconds, user, signature, salt, signature_at, message)


def _number_in_clear(found: Message) -> int:
    """The number of a request that is refused, where it can be read; 0 otherwise."""
    if found.flags & HIDDEN:
        return 0
    data = Reader(found.data.data, found.data.position, found.data.end)
    try:
        scoped = data.inside()
        scoped.octets()
        scoped.octets()
        return pdu.read(scoped).number
    except Malformed:
        return 0


def _reason(name: bytes) -> str:
    number = oid.decode(name)[-2]
    return next(reason for reason, code in REASONS.items() if code == number)


def _unauthorised(request: Request) -> bytes:
    return pdu.of(pdu.RESPONSE, request.number, request.variables, pdu.AUTHORIZATION_ERROR)
