"""From a datagram to what follows from it. Nothing here waits for a disk, a database or a network."""

from __future__ import annotations

import ipaddress
import logging
import time
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

from dcops.errors import DeviceError
from dcops.exporters.traps import envelope
from dcops.exporters.traps.envelope import Envelope
from dcops.exporters.traps.event import UNKNOWN, Event, Notification
from dcops.exporters.traps.figures import Figures
from dcops.exporters.traps.flood import Flood
from dcops.exporters.traps.keeper import Keeper
from dcops.exporters.traps.kinds import Kinds
from dcops.exporters.traps.listener import Listener, Login
from dcops.exporters.traps.senders import Sender
from dcops.exporters.traps.telling import Teller
from dcops.snmp.ber import Malformed

log = logging.getLogger(__name__)

INFORMS_REMEMBERED = 500

Address = tuple[Any, ...]


class Receiver:
    """Takes datagrams one after the other; only its own loop calls it."""

    def __init__(self, figures: Figures, keeper: Keeper, teller: Teller, flood: Flood) -> None:
        self._figures = figures
        self._keeper = keeper
        self._teller = teller
        self._flood = flood
        self._senders: Mapping[str, Sender] = {}
        self._kinds = Kinds(())
        self._listeners: Mapping[Login, Listener] = {}
        self._informs: deque[tuple[str, int, str]] = deque(maxlen=INFORMS_REMEMBERED)
        self._answering: Address = ("", 0)
        self._sendto: Callable[[bytes, Address], None] = lambda _data, _address: None
        self._said: dict[str, str] = {}

    def use(self, senders: Mapping[str, Sender], kinds: Kinds, listeners: Mapping[Login, Listener]) -> None:
        """Who may send from now on, and what it means."""
        self._senders, self._kinds, self._listeners = senders, kinds, listeners

    def answer_with(self, sendto: Callable[[bytes, Address], None]) -> None:
        """How answers to informs leave."""
        self._sendto = sendto

    def send(self, data: bytes, _address: tuple[str, int]) -> None:
        """Answer whoever is being read now: its address may have more parts than pysnmp knows."""
        self._sendto(data, self._answering)

    def tick(self) -> None:
        """Once a second."""
        for listener in self._listeners.values():
            listener.tick()

    def take(self, data: bytes, address: Address) -> None:
        """One datagram."""
        source = _plain(str(address[0]))
        sender = self._senders.get(source)
        if sender is None:
            self._stranger(data, source)
            return
        if not self._flood.takes(source):
            self._figures.refused["flood"] += 1
            return
        try:
            outside = envelope.look(data)
        except Malformed:
            self._figures.refused["malformed"] += 1
            return
        listener = self._listener(sender, outside)
        if listener is None:
            self._figures.refused["login"] += 1
            return
        self._answering = address
        try:
            told = listener.take(data, (source, int(address[1])), outside)
        except Exception as error:  # noqa: BLE001 whatever a library makes of a datagram, the next one counts
            log.debug("%s: %s", source, type(error).__name__)
            self._figures.refused["malformed"] += 1
            return
        if told is None:
            # Who sends an inform asks first, without a name, who we are.
            if outside.version != "3" or outside.user:
                self._refuse(sender, "another community, user or password than the inventory's, or it is no trap")
            return
        if not told.oid:
            self._figures.refused["malformed"] += 1
        elif not self._is_repeated(source, told):
            self._received(sender, source, told)

    def _received(self, sender: Sender, source: str, told: Notification) -> None:
        kind = self._kinds.of(told.oid, told.variables)
        device = sender.device
        event = Event(time.time(), kind.name, source, device.name, device.site, told)
        self._figures.count(event, kind)
        self._keeper.take(event)
        if kind.tell or kind.state:
            self._teller.take(event, kind, device)
        self._said.pop(device.name, None)

    def _stranger(self, data: bytes, source: str) -> None:
        self._figures.unknown += 1
        if not self._flood.keeps_stranger():
            return
        try:
            outside = envelope.look(data)
        except Malformed:
            return
        found = Notification(envelope.trap_oid(data), version=outside.version)
        self._keeper.take(Event(time.time(), UNKNOWN, source, notification=found))

    def _listener(self, sender: Sender, outside: Envelope) -> Listener | None:
        """What reads the messages of a device; None when it may not send such a one."""
        if isinstance(sender.login, DeviceError):
            self._say(sender, str(sender.login))
            return None
        listener = self._listeners.get(sender.login)
        if listener is None or outside.version not in listener.versions:
            self._say(sender, f"it sent version {outside.version}, and the inventory says another one")
            return None
        return listener

    def _is_repeated(self, source: str, told: Notification) -> bool:
        """An inform whose answer got lost comes again."""
        if not told.confirmed:
            return False
        key = (source, told.request, told.oid)
        if key in self._informs:
            return True
        self._informs.append(key)
        return False

    def _refuse(self, sender: Sender, reason: str) -> None:
        self._figures.refused["login"] += 1
        self._say(sender, reason)

    def _say(self, sender: Sender, reason: str) -> None:
        """Tell the log once why a device is not heard, not with every datagram."""
        if self._said.get(sender.device.name) != reason:
            self._said[sender.device.name] = reason
            log.warning("%s: a notification is refused: %s", sender.device.name, reason)


def _plain(host: str) -> str:
    """An address as the inventory writes it: IPv4 that came over an IPv6 socket is IPv4."""
    address = ipaddress.ip_address(host.partition("%")[0])
    mapped = getattr(address, "ipv4_mapped", None)
    return str(mapped or address)
