"""SNMPv1 and v2c messages (RFC 1157, RFC 1901): a community in the clear, and no more."""

from __future__ import annotations

from collections.abc import Container

from dcops.model.secret import Secret
from dcops.snmp.ber import OCTET_STRING, SEQUENCE, Malformed, element, expect, integer, read_integer
from dcops.snmp.pdu import RESPONSE


class Community:
    """Wraps PDUs of one version with one community, and takes answers only with the same."""

    ready = True
    suspicion = ""

    def __init__(self, version: int, community: Secret) -> None:
        """`version` is 1 or 2 (v2c)."""
        self.has_bulk = version == 2
        self._version = version - 1
        self._community = community.reveal().encode()
        self._head = integer(self._version) + element(OCTET_STRING, self._community)

    def probe(self, request: int) -> bytes:
        """Nothing has to be asked before the first question."""
        raise NotImplementedError

    def seal(self, request: int, pdu: bytes) -> bytes:  # noqa: ARG002 v3 needs it
        """The message that carries this PDU."""
        return element(SEQUENCE, self._head + pdu)

    def open(self, data: bytes, asked: Container[int]) -> tuple[bytes, int, int]:  # noqa: ARG002 the PDU has the number
        """Where the PDU stands in an answer; raises Malformed for what is no answer to us."""
        start, end = expect(data, 0, len(data), SEQUENCE)
        at = start + len(self._head)
        if data[start:at] != self._head:
            at = self._spelt_out(data, start, end)
        if at >= end or data[at] != RESPONSE:
            raise Malformed("no response")
        return data, at, end

    def _spelt_out(self, data: bytes, start: int, end: int) -> int:
        """Where the PDU begins in a message whose head has longer lengths than it needs."""
        version, at = read_integer(data, start, end)
        first, at = expect(data, at, end, OCTET_STRING)
        if version != self._version or data[first:at] != self._community:
            raise Malformed("another version or community than ours")
        return at
