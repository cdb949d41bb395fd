"""Answers requests out of a table, as RFC 3416 section 4.2 and, for SNMPv1, RFC 1157 say."""

from __future__ import annotations

from collections.abc import Sequence

from lab.snmp import pdu
from lab.snmp.pdu import Request
from lab.snmp.table import Table
from lab.snmp.value import COUNTER64

PDU_HEAD = 22
"""Room for what stands around the variables: two lengths, the number, the error."""


def answer(table: Table, request: Request, room: int, *, version: int) -> bytes | None:
    """The PDU that answers a request in so many bytes; None for what this version does not have.

    `version` is as messages hold it: 0 for SNMPv1, 1 for v2c, 3.
    """
    if version == 0:
        return None if request.tag == pdu.GET_BULK else _first_version(table, request, room)
    if request.tag == pdu.SET:
        return pdu.of(pdu.RESPONSE, request.number, request.variables, pdu.NO_ACCESS, min(1, len(request.names)))
    if request.tag == pdu.GET_BULK:
        return _bulk(table, request, room)
    find = _get if request.tag == pdu.GET else _next
    found = [find(table, name) for name in request.names]
    if sum(map(len, found)) + PDU_HEAD > room:
        return too_big(request, version=version)
    return pdu.response(request.number, found)


def too_big(request: Request, *, version: int) -> bytes:
    """The answer does not fit. SNMPv1 gives the question back, later versions nothing."""
    variables = request.variables if version == 0 else b"\x30\x00"
    return pdu.of(pdu.RESPONSE, request.number, variables, pdu.TOO_BIG)


def _get(table: Table, name: bytes) -> bytes:
    rank = table.rank(name)
    if rank is not None:
        return table.row(rank)
    return pdu.variable(name, pdu.NO_SUCH_INSTANCE if table.has_siblings(name) else pdu.NO_SUCH_OBJECT)


def _next(table: Table, name: bytes) -> bytes:
    rank = table.rank_after(name)
    return table.row(rank) if rank < len(table) else pdu.variable(name, pdu.END_OF_MIB_VIEW)


def _bulk(table: Table, request: Request, room: int) -> bytes:
    single = max(0, min(request.first, len(request.names)))
    repetitions = max(0, request.second)
    found = [_next(table, name) for name in request.names[:single]]
    repeated = request.names[single:]
    if len(repeated) == 1 and not single:
        return _run(table, request, repetitions, room)
    _repeat(table, repeated, repetitions, room, found)
    return _fitting(request, found, room)


def _run(table: Table, request: Request, repetitions: int, room: int) -> bytes:
    """The usual question, one column: its answer is a slice of the table."""
    rank = table.rank_after(request.names[0])
    # No row is shorter than seven bytes: more than fit need not be looked at.
    found = table.rows(rank, min(rank + min(repetitions, room // 7), len(table)))
    if len(found) < repetitions and rank + len(found) == len(table):
        found.append(pdu.variable(_last_name(table, request.names[0], rank), pdu.END_OF_MIB_VIEW))
    return _fitting(request, found, room)


def _last_name(table: Table, asked: bytes, rank: int) -> bytes:
    return table.name_bytes(len(table) - 1) if rank < len(table) else asked


def _repeat(table: Table, names: Sequence[bytes], repetitions: int, room: int, found: list[bytes]) -> None:
    """Add row after row of several columns, until all are at their end or the room is full."""
    ranks = [table.rank_after(name) for name in names]
    lasts = list(names)
    size, end = sum(map(len, found)), len(table)
    for _ in range(repetitions):
        if size > room:
            return
        is_over = True
        for place, rank in enumerate(ranks):
            if rank < end:
                row, is_over = table.row(rank), False
                ranks[place], lasts[place] = rank + 1, table.name_bytes(rank)
            else:
                row = pdu.variable(lasts[place], pdu.END_OF_MIB_VIEW)
            found.append(row)
            size += len(row)
        if is_over:
            return


def _fitting(request: Request, found: Sequence[bytes], room: int) -> bytes:
    """As many variables as fit, from the first on."""
    left, count = room - PDU_HEAD, 0
    for row in found:
        left -= len(row)
        if left < 0:
            break
        count += 1
    if found and not count:
        return too_big(request, version=1)
    return pdu.response(request.number, found[:count])


def _first_version(table: Table, request: Request, room: int) -> bytes:
    """SNMPv1 knows no exceptions and no Counter64: one name that is not there spoils the whole question."""
    found = []
    for place, name in enumerate(request.names, 1):
        row = _without_counter64(table, request.tag, name)
        if row is None or request.tag == pdu.SET:
            return pdu.of(pdu.RESPONSE, request.number, request.variables, pdu.NO_SUCH_NAME, place)
        found.append(row)
    if sum(map(len, found)) + PDU_HEAD > room:
        return too_big(request, version=0)
    return pdu.response(request.number, found)


def _without_counter64(table: Table, tag: int, name: bytes) -> bytes | None:
    rank = table.rank_after(name) if tag == pdu.GET_NEXT else table.rank(name)
    while rank is not None and rank < len(table):
        if table.tag(rank) != COUNTER64:
            return table.row(rank)
        if tag != pdu.GET_NEXT:
            return None
        rank += 1
    return None
