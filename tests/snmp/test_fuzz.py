"""Whatever arrives: no crash, no wrong value, no slow packet."""

import asyncio
import time

import pytest

from dcops.model.secret import Secret
from dcops.model.snmp import Authentication
from dcops.snmp import oid, pdu, value
from dcops.snmp.ber import INTEGER, Malformed
from dcops.snmp.question import Shrink, Values
from dcops.snmp.target import Again, Denied, Limits, Unasked
from dcops.snmp.usm.keys import User
from dcops.snmp.usm.security import UserSecurity
from dcops.snmp.walk import TableWalk, Walk
from lab.snmp import Serving, serve
from lab.snmp import User as Known
from tests.snmp import fuzz
from tests.soak import DRAW

SUITE, SOAK = 20_000, 500_000
SLOWEST_SECONDS = 0.005


def agrees(mine, oracle):
    """Head and values are the same, as far as we read them."""
    (head, rows, _), (their_head, their_rows) = mine, oracle
    if head != their_head or len(rows) > len(their_rows):
        return False
    for (name, tag, content), (their_name, their_value) in zip(rows, their_rows, strict=False):
        if tuple(oid.dotted(name).split(".")) != tuple(map(str, their_name)):
            return False
        their = their_value.getComponent() if hasattr(their_value, "getComponent") else their_value
        while hasattr(their, "getComponent") and not hasattr(their, "asOctets"):
            their = their.getComponent()
        if tag in value.NUMBERS:
            if value.number(tag, content) != int(their):
                return False
        elif tag == 6:
            if oid.dotted(content) != ".".join(map(str, tuple(their))):
                return False
        elif tag != 5 and content != their.asOctets():
            return False
    return True


def run(number, draw):
    chance = fuzz.seed(draw)
    seeds = asyncio.run(fuzz.answers())
    read = differing = 0
    slowest = 0.0
    for _ in range(number):
        data = fuzz.draw(seeds, chance)
        began = time.thread_time()
        try:
            mine = fuzz.ours(data)
        except Malformed:
            continue
        finally:
            slowest = max(slowest, time.thread_time() - began)
        read += 1
        oracle = fuzz.theirs(data) or fuzz.theirs(fuzz.as_far_as_read(data, mine[1]))
        if oracle is None:
            assert fuzz.is_deliberate(*mine), data.hex()
            differing += 1
        else:
            try:
                assert agrees(mine, oracle), data.hex()
            except Malformed:
                # Numbers of more than 32 bits in a name: we give its bytes, and no numbers to whoever wants them.
                differing += 1
    assert slowest < SLOWEST_SECONDS
    assert read > number // 20, "nearly nothing was read: the test looks at nothing"
    return read, differing


def test_no_wrong_value_is_read_in_changed_answers():
    run(SUITE, DRAW)


@pytest.mark.soak
@pytest.mark.timeout(1200)
def test_no_wrong_value_is_read_in_very_many_changed_answers():
    run(SOAK, DRAW + 1)


def test_right_answers_are_read_as_the_oracle_reads_them():
    for data in asyncio.run(fuzz.answers()):
        assert agrees(fuzz.ours(data), fuzz.theirs(data))


def test_questions_take_changed_answers_or_refuse_them():
    """Behind the reader stand questions that look closer: they raise nothing else."""

    async def ask():
        seeds = await fuzz.answers()
        chance = fuzz.seed(DRAW)
        loop = asyncio.get_running_loop()
        names = [oid.encode(line.split("|")[0]) for line in fuzz.WALK.splitlines()]
        for _ in range(5_000):
            data = fuzz.draw(seeds, chance)
            asked = [
                Values(loop.create_future(), names[:3]),
                *walks(loop),
            ]
            try:
                buffer, start, end = fuzz.PUBLIC.open(data, ())
                answer = pdu.read(buffer, start, end)
            except Malformed:
                continue
            for one in asked:
                try:
                    one.take(buffer, answer)
                except (Malformed, Shrink):
                    assert not one.future.done()

    asyncio.run(ask())


def test_rows_are_read_together_as_each_would_be_alone():
    seeds = [fuzz.column(rows) for rows in (3, 9, 30)]
    chance = fuzz.seed(DRAW)
    several = 0
    for _ in range(20_000):
        data = fuzz.draw(seeds, chance)
        together, alone = fuzz.read(data), fuzz.read_one_by_one(data)
        assert together == alone, data.hex()
        several += isinstance(together, tuple) and len(together[0]) > 2
    assert several > 2_000


def walks(loop):
    few = Limits(rows=9, table_bytes=9999)
    table = TableWalk(loop.create_future(), oid.encode("1.3.6.1.2.1"), few, first=1, before=9)
    return [Walk(loop.create_future(), b"", few), Walk(loop.create_future(), oid.encode("1.3.6.1.2.1"), few), table]


def taken(walk, buffer, answer, *, foreseen):
    """What a walk makes of an answer, and where it goes on."""
    try:
        ahead = foreseen and walk.foresee(buffer, answer)
        began = walk.at
        try:
            settled = walk.take(buffer, answer)
        except Malformed:
            walk.step_back()
            raise
        assert settled or not ahead or walk.at == began, "it was asked on from another place"
    except (Malformed, Shrink) as error:
        return type(error), walk.at
    outcome = (walk.future.exception() and str(walk.future.exception())) or walk.future.result() if settled else None
    return settled, outcome, None if settled else walk.at, walk.result(), walk.count


def test_what_is_foreseen_of_an_answer_changes_nothing_in_what_is_made_of_it():
    async def ask():
        seeds = await fuzz.answers()
        chance = fuzz.seed(DRAW)
        loop = asyncio.get_running_loop()
        gone_on = 0
        for number in range(5_000):
            data = fuzz.draw(seeds, chance) if number % 3 else chance.choice(seeds)
            try:
                buffer, start, end = fuzz.PUBLIC.open(data, ())
                answer = pdu.read(buffer, start, end)
            except Malformed:
                continue
            for early, late in zip(walks(loop), walks(loop), strict=True):
                made = taken(early, buffer, answer, foreseen=True)
                assert made == taken(late, buffer, answer, foreseen=False), data.hex()
                gone_on += made[0] is False
        assert gone_on > 500

    asyncio.run(ask())


@pytest.mark.parametrize("level", [None, Authentication.SHA256], ids=str)
def test_messages_of_version_3_are_taken_or_refused(level):
    async def ask():
        known = Known("operator", level and level.value, "correct-horse-1" if level else "")
        async with serve([Serving(fuzz.WALK, users=[known])]) as (served,):
            made = UserSecurity(User("operator", level, Secret("correct-horse-1") if level else None))
            probe = served.agent.answer(made.probe(1)).data
            with pytest.raises(Again):
                made.open(probe, {1})
            names = [oid.encode(line.split("|")[0]) for line in fuzz.WALK.splitlines()]
            right = [served.agent.answer(made.seal(1, pdu.get_bulk(1, 5, [name]))).data for name in names]
        chance = fuzz.seed(DRAW)
        taken = 0
        for _ in range(4_000):
            data = fuzz.mutated([probe, *right], chance)
            try:
                buffer, start, end = made.open(data, {1})
            except (Malformed, Unasked):
                continue
            except (Again, Denied):
                # It may have believed a report about another engine: nobody signs those. Learn the right one again.
                made = UserSecurity(made._user)
                with pytest.raises(Again):
                    made.open(probe, {1})
                continue
            taken += 1
            assert (
                level is None
                or data[: len(right[0])] in right
                or data in right
                or any(data.startswith(one) for one in right)
            )
            assert start < end <= len(buffer)
        return taken

    assert asyncio.run(ask()) >= 0


@pytest.mark.parametrize(
    "bomb",
    [
        b"\x30\x80" * 30_000,
        b"\x30\x83\x00\xff\xf0" * 13_000,
        b"\x30\x82\xff\xf0\x02\x01\x01\x04\x06public\xa2\x82\xff\xe0" + b"\x30\x82\x01\x00" * 16_000,
        b"\x30\x84\x7f\xff\xff\xff" + b"\x02" * 60_000,
        b"\xff" * 65_000,
    ],
    ids=range(5),
)
def test_bombs_cost_nothing(bomb):
    began = time.thread_time()
    with pytest.raises(Malformed):
        fuzz.ours(bomb)
    assert time.thread_time() - began < SLOWEST_SECONDS


def test_the_largest_packet_of_the_smallest_rows_is_read_quickly():
    row = b"\x30\x08\x06\x03\x2b\x06\x01\x02\x01\x05"
    rows = []
    data = row * 6_500
    began = time.thread_time()

    pdu.rows(data, 0, len(data), b"\x2b\x06", rows)

    assert len(rows) == 6_500
    assert rows[0] == (b"\x01", INTEGER, b"\x05")
    assert time.thread_time() - began < 0.2
