"""SNMPv1 and v2c: who knows the community may ask."""

from __future__ import annotations

from lab.snmp import pdu
from lab.snmp.ber import OCTET_STRING, SEQUENCE, Reader, element, integer
from lab.snmp.security import Asked, Refused

VERSIONS = {"1": 0, "2c": 1}
OUTER = 6
"""Tag and the longest length of a whole message."""


class Community:
    """One version with one community."""

    def __init__(self, version: str, community: str) -> None:
        self.version = VERSIONS[version]
        self._community = community.encode()
        self._head = integer(self.version) + element(OCTET_STRING, self._community)

    def open(self, message: Reader, largest: int) -> Asked:
        """Read what follows the version. A wrong community gets no answer."""
        if message.octets() != self._community:
            raise Refused("wrong_communities")
        return Asked(pdu.read(message), self.version, largest - OUTER - len(self._head), self._seal)

    def trap(self, notification: bytes) -> bytes:
        """The datagram of a notification."""
        return self._seal(notification)

    def _seal(self, answer: bytes) -> bytes:
        return element(SEQUENCE, self._head + answer)
