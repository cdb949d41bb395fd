"""Answers that were changed at random, and what pysnmp reads in them: the oracle of the fuzz tests."""

import random
from functools import cache

from pyasn1.codec.ber import decoder
from pyasn1.error import PyAsn1Error
from pysnmp.proto.api import v2c

from dcops.model.secret import Secret
from dcops.snmp import oid, pdu
from dcops.snmp.ber import INTEGER, Malformed, element, integer, span
from dcops.snmp.community import Community
from dcops.snmp.value import COUNTER32, COUNTER64, GAUGE32, IP_ADDRESS, NSAP_ADDRESS, TIME_TICKS, UNSIGNED32
from lab.snmp import Serving, serve

PUBLIC = Community(2, Secret("public"))
TELLING = (0x00, 0x01, 0x02, 0x04, 0x05, 0x06, 0x30, 0x41, 0x7F, 0x80, 0x81, 0x82, 0x83, 0x84, 0xA2, 0xFF)
WALK = """\
1.3.6.1.2.1.1.1.0|4|a box of the lab
1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.32473.1.128.16384
1.3.6.1.2.1.1.3.0|67|3000000000
1.3.6.1.2.1.2.2.1.2.101011101|4x|00ff8142
1.3.6.1.2.1.2.2.1.3.1|2|-9999
1.3.6.1.2.1.2.2.1.5.1|66|4294967295
1.3.6.1.2.1.2.2.1.6.1|4|
1.3.6.1.2.1.2.2.1.10.1|65|2147483648
1.3.6.1.2.1.4.20.1.1.192.0.2.1|64|192.0.2.1
1.3.6.1.2.1.31.1.1.1.6.1|70|18446744073709551615
1.3.6.1.2.1.99.1.1.1.4.1|68x|9f780441ac0000
"""


async def answers():
    """Right answers of a lab agent to gets and walks, in v2c."""
    async with serve([Serving(WALK)]) as (served,):
        names = [oid.encode(line.split("|")[0]) for line in WALK.splitlines()]
        asked = [pdu.get(pdu.GET, 70_000, names[at : at + 3]) for at in range(0, len(names), 2)]
        asked += [pdu.get(pdu.GET, 5, [oid.encode("1.3.6.1.2.1.77.0")])]
        asked += [pdu.get_bulk(1_000, 4, [name]) for name in (oid.encode("1.3.6.1"), *names)]
        return [served.agent.answer(PUBLIC.seal(0, one)).data for one in asked]


def mutated(seeds, chance):
    """One of the right answers, changed in one to four places."""
    data = bytearray(chance.choice(seeds))
    for _ in range(chance.choice((1, 1, 1, 2, 2, 4))):
        at = chance.randrange(len(data) or 1)
        kind = chance.randrange(9)
        if kind < 3 and data:
            data[at] = chance.choice(TELLING)
        elif kind == 3 and data:
            data[at] ^= 1 << chance.randrange(8)
        elif kind == 4 and data:
            data[at] = (data[at] + chance.choice((-1, 1))) & 0xFF
        elif kind == 5:
            del data[at : at + chance.randrange(1, 5)]
        elif kind == 6:
            data[at:at] = bytes(chance.choice(TELLING) for _ in range(chance.randrange(1, 5)))
        elif kind == 7:
            del data[at:]
        else:
            other = chance.choice(seeds)
            there = chance.randrange(len(other))
            data[at : at + chance.randrange(1, 9)] = other[there : there + chance.randrange(1, 40)]
    return bytes(data)


def reshaped(_seeds, chance):
    """A variable of our own in the place of the right ones: every length agrees, what it holds is drawn."""
    tag = chance.choice((INTEGER, COUNTER32, GAUGE32, TIME_TICKS, COUNTER64, UNSIGNED32, 4, 5, 6, IP_ADDRESS, 0x80))
    content = bytes(chance.choice((0, 0x7F, 0x80, 0xFF, chance.randrange(256))) for _ in range(chance.randrange(11)))
    name = bytes(chance.choice((1, 0x2B, 0x81, 0x80, chance.randrange(128))) for _ in range(chance.randrange(1, 9)))
    variables = element(0x30, element(6, b"\x2b\x06" + name) + element(tag, content))
    inner = b"\x02\x03\x01\x11\x70\x02\x01\x00\x02\x01\x00" + element(0x30, variables)
    return _message(inner)


def draw(seeds, chance):
    return (mutated if chance.random() < 0.75 else reshaped)(seeds, chance)


def ours(data):
    """What we read: the head, the rows, and the last name, which may be that of something that is not there."""
    buffer, start, end = PUBLIC.open(data, ())
    answer = pdu.read(buffer, start, end)
    rows = []
    name, _ = pdu.rows(buffer, answer.start, answer.end, b"", rows)
    return (answer.request, answer.error, answer.error_index), rows, name


TABLE = oid.encode("1.3.6.1.2.1.31.1.1.1.6")


def column(rows):
    """An answer with a column of numbers, some with a zero more than they need, and one long text among them."""
    numbers = [element(COUNTER32, (0xF0000000 + row).to_bytes(5, "big")) for row in range(rows)]
    numbers[::3] = [element(COUNTER64, bytes((row,))) for row in range(len(numbers[::3]))]
    numbers[rows // 2] = element(4, b"x" * 200)
    variables = [element(0x30, element(6, TABLE + oid.suffix((row + 1,))) + one) for row, one in enumerate(numbers)]
    return _message(b"\x02\x03\x01\x11\x70\x02\x01\x00\x02\x01\x00" + element(0x30, b"".join(variables)))


def read(data):
    """The rows below the table, the last name, and where it ended; None for what is malformed."""
    try:
        buffer, start, end = PUBLIC.open(data, ())
        answer = pdu.read(buffer, start, end)
        rows = []
        name, position = pdu.rows(buffer, answer.start, answer.end, TABLE, rows)
    except Malformed:
        return None
    return rows, name, position


def read_one_by_one(data):
    """The same, each variable for itself."""
    try:
        buffer, start, end = PUBLIC.open(data, ())
        answer = pdu.read(buffer, start, end)
        position, rows, name = answer.start, [], b""
        while position < answer.end:
            stop = span(buffer, position, answer.end)[1]
            name, there = pdu.rows(buffer, position, stop, TABLE, rows)
            if there < stop:
                return rows, name, position
            position = stop
    except Malformed:
        return None
    return rows, name, position


def as_far_as_read(data, rows):
    """The message without what stands behind the end of the rows: nobody reads that, so it may be anything."""
    buffer, start, end = PUBLIC.open(data, ())
    answer = pdu.read(buffer, start, end)
    position = answer.start
    for _ in range(len(rows) + 1):
        if position < answer.end:
            position = span(buffer, position, answer.end)[1]
    inner = integer(answer.request) + integer(answer.error) + integer(answer.error_index)
    return _message(inner + element(0x30, buffer[answer.start : position]))


def _message(inner):
    return element(0x30, b"\x02\x01\x01\x04\x06public" + element(pdu.RESPONSE, inner))


@cache
def _specification():
    return v2c.Message()


def theirs(data):
    """The same, read by pysnmp; None when it refuses."""
    try:
        message, _ = decoder.decode(data, asn1Spec=_specification())
    except (PyAsn1Error, ValueError, IndexError, KeyError, OverflowError, UnicodeError, TypeError):
        return None
    found = v2c.apiMessage.get_pdu(message)
    head = tuple(
        int(value)
        for value in (
            v2c.apiPDU.get_request_id(found),
            v2c.apiPDU.get_error_status(found),
            found[2],
        )
    )
    rows = [(tuple(one[0]), one[1]) for one in found[3]]
    return head, rows


def seed(number):
    return random.Random(number)


# What we read and pysnmp refuses, on purpose: each is what some agents send, and each has one meaning only.
def is_deliberate(_head, rows, last):
    """One of the rows is of a form that we read and the oracle does not."""
    if last and not is_plain(last):
        return True
    for name, tag, content in rows:
        if tag in (COUNTER32, GAUGE32, TIME_TICKS, COUNTER64, UNSIGNED32) and content[0] > 0x7F:
            return True  # The sign that an unsigned number does not have was left out.
        if tag == INTEGER and len(content) > 4:
            return True  # 32 bits without a sign in a signed type.
        if tag in (NSAP_ADDRESS, UNSIGNED32):
            return True  # Types of SNMPv2's first draft.
        if tag == IP_ADDRESS and len(content) != 4:
            return True  # Given as bytes, never as an address.
        if not is_plain(name) or (tag == 6 and not is_plain(content)):
            return True  # Given as bytes; whoever wants its numbers gets Malformed or the numbers.
    return False


def is_plain(name):
    """An object identifier as the standard writes it."""
    if not name or name[-1] > 0x7F:
        return False
    begins = True
    size = 0
    for byte in name:
        size += 1
        if (begins and byte == 0x80) or size > 4:
            return False
        begins = byte < 0x80
        if begins:
            size = 0
    return True
