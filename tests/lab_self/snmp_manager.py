"""Asks agents with pysnmp's codec: bytes that our own reader and writer had no part in."""

from __future__ import annotations

import itertools
import socket
from typing import Any, NamedTuple

from pyasn1.codec.ber import decoder, encoder
from pysnmp.proto import api

LARGEST = 65535
_numbers = itertools.count(1)


class Answer(NamedTuple):
    """What came back: the error by its number, and names with values."""

    error: int
    error_index: int
    variables: list[tuple[str, Any]]
    size: int
    sender: tuple[str, int]

    @property
    def names(self) -> list[str]:
        return [name for name, _ in self.variables]


class Manager:
    """Speaks to one agent over a socket of its own."""

    def __init__(self, host: str, port: int, *, version: str = "2c", community: str = "public") -> None:
        self._to = (host, port)
        self._module = api.PROTOCOL_MODULES[api.SNMP_VERSION_2C if version == "2c" else api.SNMP_VERSION_1]
        self._community = community
        self._socket = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.settimeout(2)

    def __enter__(self) -> Manager:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._socket.close()

    def get(self, *names: str) -> Answer:
        return self.ask(self._module.GetRequestPDU(), names)

    def get_next(self, *names: str) -> Answer:
        return self.ask(self._module.GetNextRequestPDU(), names)

    def get_bulk(self, *names: str, single: int = 0, repetitions: int = 10) -> Answer:
        pdu = self._module.GetBulkRequestPDU()
        return self.ask(pdu, names, bulk=(single, repetitions))

    def set(self, name: str, text: str) -> Answer:
        pdu = self._module.SetRequestPDU()
        return self.ask(pdu, (name,), value=self._module.OctetString(text))

    def ask(
        self, pdu: Any, names: tuple[str, ...], *, bulk: tuple[int, int] | None = None, value: Any = None
    ) -> Answer:
        """Send a question and read what answers it."""
        module = self._module
        held = module.Null("") if value is None else value
        if bulk:
            module.apiBulkPDU.set_defaults(pdu)
            module.apiBulkPDU.set_non_repeaters(pdu, bulk[0])
            module.apiBulkPDU.set_max_repetitions(pdu, bulk[1])
            module.apiBulkPDU.set_varbinds(pdu, [(name, held) for name in names])
            module.apiBulkPDU.set_request_id(pdu, next(_numbers))
        else:
            module.apiPDU.set_defaults(pdu)
            module.apiPDU.set_varbinds(pdu, [(name, held) for name in names])
            module.apiPDU.set_request_id(pdu, next(_numbers))
        message = module.Message()
        module.apiMessage.set_defaults(message)
        module.apiMessage.set_community(message, self._community)
        module.apiMessage.set_pdu(message, pdu)
        self.send(encoder.encode(message))
        data, sender = self._socket.recvfrom(LARGEST)
        return self._read(pdu, data, sender)

    def hears_nothing(self, name: str, seconds: float = 0.1) -> bool:
        """A question for a name is not answered within so many seconds."""
        self._socket.settimeout(seconds)
        try:
            self.get(name)
        except TimeoutError:
            return True
        finally:
            self._socket.settimeout(2)
        return False

    def send(self, data: bytes) -> None:
        self._socket.sendto(data, self._to)

    def is_silent(self, seconds: float = 0.2) -> bool:
        """Nothing comes back for so long."""
        self._socket.settimeout(seconds)
        try:
            self._socket.recv(LARGEST)
        except TimeoutError:
            return True
        finally:
            self._socket.settimeout(2)
        return False

    def _read(self, asked: Any, data: bytes, sender: Any) -> Answer:
        module = self._module
        message, rest = decoder.decode(data, asn1Spec=module.Message())
        assert not rest
        pdu = module.apiMessage.get_pdu(message)
        assert module.apiPDU.get_request_id(pdu) == module.apiPDU.get_request_id(asked)
        variables = [(name.prettyPrint(), value) for name, value in module.apiPDU.get_varbinds(pdu)]
        return Answer(
            int(module.apiPDU.get_error_status(pdu)),
            int(module.apiPDU.get_error_index(pdu, muteErrors=True)),
            variables,
            len(data),
            sender[:2],
        )
