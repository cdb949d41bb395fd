"""One login and pysnmp behind it: takes datagrams apart, checks who sent them, and answers informs."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from dcops.assembly.snmp import ByCommunity, ByUser
from dcops.exporters.traps.engines import Engines
from dcops.exporters.traps.envelope import Envelope
from dcops.exporters.traps.event import Notification
from dcops.model.snmp import Authentication, Privacy
from dcops.snmp.usm.keys import User

with warnings.catch_warnings():
    # What it warns of at import is for those who develop it.
    warnings.simplefilter("ignore")
    from pysnmp.carrier.asyncio.dgram.udp import SNMP_UDP_DOMAIN, UdpTransportAddress
    from pysnmp.carrier.base import AbstractTransportDispatcher
    from pysnmp.entity import config
    from pysnmp.entity.engine import SnmpEngine
    from pysnmp.entity.rfc3413.ntfrcv import NotificationReceiver
    from pysnmp.proto.api import v2c
    from pysnmp.proto.rfc1902 import OctetString

Login = ByCommunity | ByUser

SYS_UPTIME = "1.3.6.1.2.1.1.3.0"
TRAP_OID = "1.3.6.1.6.3.1.1.4.1.0"
COMMUNITIES = "1.3.6.1.6.3.18."
"""What pysnmp makes of an SNMPv1 trap has its community in it."""
MOST_VARIABLES = 64
LONGEST_VALUE = 255
SHORTEST_ENGINE, LONGEST_ENGINE = 5, 32

_VERSIONS = {0: "1", 1: "2c", 3: "3"}
_AUTHENTICATION = {
    None: config.USM_AUTH_NONE,
    Authentication.MD5: config.USM_AUTH_HMAC96_MD5,
    Authentication.SHA1: config.USM_AUTH_HMAC96_SHA,
    Authentication.SHA224: config.USM_AUTH_HMAC128_SHA224,
    Authentication.SHA256: config.USM_AUTH_HMAC192_SHA256,
    Authentication.SHA384: config.USM_AUTH_HMAC256_SHA384,
    Authentication.SHA512: config.USM_AUTH_HMAC384_SHA512,
}
# Two ways are in use to make long keys of short hashes. pysnmp names that of Blumenthal; the other is what Cisco does.
_PRIVACY = {
    None: config.USM_PRIV_NONE,
    Privacy.DES: config.USM_PRIV_CBC56_DES,
    Privacy.AES128: config.USM_PRIV_CFB128_AES,
    Privacy.AES192: config.USM_PRIV_CFB192_AES_BLUMENTHAL,
    Privacy.AES256: config.USM_PRIV_CFB256_AES_BLUMENTHAL,
    Privacy.AES192_CISCO: config.USM_PRIV_CFB192_AES,
    Privacy.AES256_CISCO: config.USM_PRIV_CFB256_AES,
}

Send = Callable[[bytes, tuple[str, int]], None]


@dataclass(frozen=True, slots=True)
class Engine:
    """Who we are in SNMPv3: senders of informs bind their messages to it."""

    id: bytes
    boots: int


class Listener:
    """Of one login. Which datagrams are for it is decided by their address: a user of one device is none of another."""

    def __init__(self, login: Login, us: Engine, send: Send) -> None:
        self.versions = frozenset({"3"} if isinstance(login, ByUser) else {"1", "2c"})
        self._level = _level(login)
        self._found: list[Notification] = []
        self._wire = _Wire(send)
        self._engine = SnmpEngine()
        self._us = us.id
        _name(self._engine, us)
        self._engine.register_transport_dispatcher(self._wire)
        self._keys = _Keys(self._engine, login.user) if isinstance(login, ByUser) else None
        self._engines = Engines(self._keys.learn, self._keys.forget) if self._keys else None
        if isinstance(login, ByCommunity):
            config.add_v1_system(self._engine, "dcops", login.community.reveal())
        _Receiver(self)

    def take(self, data: bytes, source: tuple[str, int], outside: Envelope) -> Notification | None:
        """The notification of a datagram; None when it is none that this login may send. Answers what must be."""
        self._found.clear()
        # Only for its own user: the names of others cost nothing.
        is_theirs = (
            self._engines is not None
            and self._keys is not None
            and outside.user == self._keys.user
            and outside.engine != self._us
            and SHORTEST_ENGINE <= len(outside.engine) <= LONGEST_ENGINE
        )
        if is_theirs and self._engines:
            self._engines.meet(source[0], outside.engine)
        self._receive(data, source)
        if is_theirs and self._engines and self._found:
            self._engines.prove(source[0], outside.engine)
        return self._found[0] if self._found else None

    def _receive(self, data: bytes, source: tuple[str, int]) -> None:
        self._engine.message_dispatcher.receive_message(
            self._engine, SNMP_UDP_DOMAIN, UdpTransportAddress(source), data
        )

    def tick(self) -> None:
        """Let it forget what is over; once a second."""
        self._wire.handle_timer_tick(time.time())

    @property
    def engine(self) -> SnmpEngine:
        """The library's own."""
        return self._engine

    def accepts(self, level: int) -> bool:
        """Whether a message was protected as well as the inventory says that this device does."""
        return level >= self._level

    def told(self, version: int, variables: Any, *, confirmed: bool, request: int) -> None:
        """A notification came."""
        shown = [(name.prettyPrint(), value) for name, value in variables]
        kind = next((value.prettyPrint() for name, value in shown if name == TRAP_OID), "")
        held = {
            name: _text(value)
            for name, value in shown[:MOST_VARIABLES]
            if name not in (SYS_UPTIME, TRAP_OID) and not name.startswith(COMMUNITIES)
        }
        self._found.append(Notification(kind, held, _VERSIONS[version], confirmed, request))


class _Receiver(NotificationReceiver):  # type: ignore[misc, unused-ignore]
    """Looks at the level of protection before anything is believed or answered."""

    def __init__(self, listener: Listener) -> None:
        self._listener = listener
        super().__init__(listener.engine, lambda *_: None)

    def process_pdu(self, *given: Any) -> None:
        """One notification: engine, version, model, name, level, context, ..., PDU."""
        _, version, _, _, level, _, _, _, pdu, *_ = given
        if not self._listener.accepts(int(level)):
            return
        found: list[Any] = []
        self._NotificationReceiver__cbFun = lambda *told: found.extend(told[4])
        super().process_pdu(*given)
        confirmed = pdu.tagSet == v2c.InformRequestPDU.tagSet
        request = int(v2c.apiPDU.get_request_id(pdu)) if int(version) else 0
        self._listener.told(int(version), found, confirmed=confirmed, request=request)


class _Keys:
    """The keys of one user for the engines that send in its name."""

    def __init__(self, engine: SnmpEngine, user: User) -> None:
        self.user = user.name.encode()
        self._engine = engine
        self._name = user.name
        self._authentication = _AUTHENTICATION[user.authentication]
        self._privacy = _PRIVACY[user.privacy]
        # The hash of a megabyte of the password is the same for all engines, and dear.
        signing, enciphering = user.authentication_password, user.privacy_password
        services = config.AUTH_SERVICES, config.PRIV_SERVICES
        self._signing = services[0][self._authentication].hash_passphrase(signing.reveal()) if signing else None
        self._enciphering = (
            services[1][self._privacy].hash_passphrase(self._authentication, enciphering.reveal())
            if enciphering
            else None
        )
        self.learn(None)

    def learn(self, engine: bytes | None) -> None:
        """Make the keys for an engine; None is ours, in whose name informs come."""
        config.add_v3_user(
            self._engine,
            self._name,
            self._authentication,
            self._signing,
            self._privacy,
            self._enciphering,
            securityEngineId=OctetString(engine) if engine else None,
            authKeyType=config.USM_KEY_TYPE_MASTER,
            privKeyType=config.USM_KEY_TYPE_MASTER,
        )

    def forget(self, engine: bytes) -> None:
        """Throw them away."""
        config.delete_v3_user(self._engine, self._name, OctetString(engine))


class _Wire(AbstractTransportDispatcher):  # type: ignore[misc, unused-ignore]
    """pysnmp's way out: the socket is ours."""

    def __init__(self, send: Send) -> None:
        super().__init__()
        self._send = send

    def send_message(self, outgoingMessage: Any, transportDomain: Any, transportAddress: Any) -> None:  # noqa: ARG002, N803
        """Answer an inform, or say what was wrong with it."""
        self._send(bytes(outgoingMessage), (str(transportAddress[0]), int(transportAddress[1])))


def _level(login: Login) -> int:
    """1 is nothing, 2 signed, 3 signed and enciphered; a community is 1."""
    if isinstance(login, ByCommunity):
        return 1
    return 1 + bool(login.user.authentication) + bool(login.user.privacy)


def _name(engine: SnmpEngine, us: Engine) -> None:
    """Told afterwards: given to its constructor, the name would make it keep files in the folder for temporary ones."""
    name, boots = engine.get_mib_builder().import_symbols("__SNMP-FRAMEWORK-MIB", "snmpEngineID", "snmpEngineBoots")
    name.syntax = name.syntax.clone(us.id)
    boots.syntax = boots.syntax.clone(us.boots)
    engine.snmpEngineID = name.syntax


def _text(value: Any) -> str:
    text = str(value.prettyPrint())
    return f"{text[:LONGEST_VALUE]}…" if len(text) > LONGEST_VALUE else text
