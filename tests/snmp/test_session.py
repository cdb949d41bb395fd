"""Conversations with agents that do what agents in the field do, over real sockets."""

import asyncio
import gc
import time
from dataclasses import replace

import pytest

from dcops.errors import DeviceError, ErrorKind
from dcops.snmp import ber, oid, pdu
from dcops.snmp.ber import element, integer
from dcops.snmp.client import Client
from lab.snmp import Serving, serve
from tests.snmp.asking import QUICK, TABLE, Scripted, columns, community, got, table, walked

NAMES = ("1.3.6.1.2.1.1.5.0", "1.3.6.1.2.1.1.3.0")


def expected(rows=40, columns=(2, 3, 10)):
    return [oid.suffix((column, row * 37)) for column in columns for row in range(1, rows + 1)]


def tails(rows):
    return [tail for tail, _, _ in rows]


def request_of(data):
    """Number, tag and first name of a question in v1 or v2c."""
    start, end = ber.span(data, 0, len(data))
    _, at = ber.span(data, start, end)
    _, at = ber.span(data, at, end)
    asked = pdu.read(data, at, end)
    first, last = ber.span(data, asked.start, asked.end)
    first, last = ber.span(data, first, last)
    return asked.request, asked.tag, data[first:last]


def reply(data, variables=b"", *, error=0, index=0):
    number, _, _ = request_of(data)
    inner = integer(number) + integer(error) + integer(index) + element(0x30, variables)
    return element(0x30, integer(1) + element(4, b"public") + element(pdu.RESPONSE, inner))


def row(numbers, number=1, prefix=TABLE):
    return element(0x30, element(6, prefix + oid.suffix(numbers)) + integer(number))


async def failure(awaitable):
    with pytest.raises(DeviceError) as found:
        await awaitable
    return found.value


@pytest.mark.parametrize("version", [1, 2])
async def test_a_table_is_walked_to_its_end_and_no_further(version):
    async with serve([table()]) as (agent,):
        assert tails(await walked(community(agent, version=version))) == expected()


async def test_columns_of_a_table_are_walked_alone():
    rows = [oid.suffix((row * 37,)) for row in range(1, 41)]
    async with serve([table()]) as (agent,):
        several = await columns(community(agent), 2, 10)
        assert {number: tails(cells) for number, cells in several.items()} == {2: rows, 3: rows}
        assert several[2][6] == (oid.suffix((7 * 37,)), 4, b"port 7")
        assert await columns(community(agent), 3, 4) == {3: several[3]}
        assert await columns(community(agent), 4, 10) == {}


@pytest.mark.parametrize("repetitions", [1, 3, 10])
async def test_columns_with_gaps_and_large_numbers_keep_their_cells_apart(repetitions):
    there = {1: [1, 2, 3], 5: [2], 127: [1, 3], 128: [300, 1 << 31], 40_000: [1]}
    lines = [f"1.3.6.1.2.1.2.2.1.{column}.{row}|2|{row & 7}" for column, rows in there.items() for row in rows]
    async with serve(["\n".join(lines)]) as (agent,):
        found = await columns(community(agent, limits=replace(QUICK, repetitions=repetitions)), 1, 50_000)

    assert {number: tails(cells) for number, cells in found.items()} == {
        column: [oid.suffix((row,)) for row in rows] for column, rows in there.items()
    }


async def test_a_table_that_ends_the_mib_is_walked_to_its_end():
    async with serve(["1.3.6.1.2.1.2.2.1.2.1|2|7\n1.3.6.1.2.1.2.2.1.3.1|2|8"]) as (agent,):
        assert await columns(community(agent), 2, 9) == {2: [(b"\1", 2, b"\7")], 3: [(b"\1", 2, b"\x08")]}
        assert await columns(community(agent, version=1), 2, 9) == await columns(community(agent), 2, 9)


async def test_rows_that_a_table_tells_twice_are_kept_once():
    rows = {b"\1": (1, 2, 3, 4), b"\4": (3, 4, 5, 6), b"\6": ()}

    def answer(data):
        _, _, name = request_of(data)
        found = [row((2, number), number) for number in rows.get(name[-1:], (1, 2, 3, 4))]
        return reply(data, b"".join(found) or row((9,), prefix=oid.encode("1.3.6.1.3")))

    with Scripted(answer) as agent:
        found = await columns(community(agent), 2, 9)

    assert tails(found[2]) == [b"\1", b"\2", b"\3", b"\4", b"\5", b"\6"]


async def test_values_come_in_the_order_of_their_names():
    async with serve([table()]) as (agent,):
        found = await got(community(agent), NAMES[0], "1.3.6.1.2.1.77.0", NAMES[1])

    assert found == [(b"", 4, b"box-1"), None, (b"", 0x43, b"\x12\x67")]


async def test_snmpv1_leaves_out_what_is_not_there_and_counters_of_64_bits():
    async with serve([table() + "\n1.3.6.1.2.1.2.2.1.11.1|70|5"]) as (agent,):
        found = await got(community(agent, version=1), "1.3.6.1.2.1.77.0", NAMES[0], "1.3.6.1.2.1.78.0", NAMES[1])
        rows = await walked(community(agent, version=1))

        assert agent.counters.get("getbulk", 0) == 0
    assert [one and one[1] for one in found] == [None, 4, None, 0x43]
    assert tails(rows) == expected()


async def test_more_values_than_one_message_holds_are_asked_in_several():
    names = [f"1.3.6.1.2.1.2.2.1.3.{number * 37}" for number in range(1, 101)]
    async with serve([table(100)]) as (agent,):
        found = await got(community(agent), *names)

    assert [ber.integer(-number)[2:] for number in range(1, 101)] == [one[2] for one in found]


async def test_nothing_asked_is_nothing_answered():
    async with serve([table()]) as (agent,), Client().session(community(agent), seconds=1) as session:
        assert await session.get([]) == []
        assert session.counts.sent == 0


async def test_ipv6_is_spoken():
    async with serve([Serving(table(), host="::1")]) as (agent,):
        assert tails(await walked(community(agent))) == expected()


async def test_an_address_of_a_link_needs_its_interface_and_fails_as_a_device_does():
    target = replace(community(Nobody), host="fe80::1%lo")

    error = await failure(got(target, NAMES[0], seconds=0.3))

    assert error.kind in (ErrorKind.UNREACHABLE, ErrorKind.TIMEOUT, ErrorKind.REFUSED)


class Nobody:
    host, port = "127.0.0.1", 9


@pytest.mark.parametrize("host", ["switch.example.net", "", "192.0.2.1.5", "127.0.0.1 "])
async def test_a_name_is_no_target_as_looking_it_up_would_hold_up_all_others(host):
    began = time.monotonic()

    error = await failure(got(replace(community(Nobody), host=host), NAMES[0]))

    assert error.kind is ErrorKind.INVALID
    assert "is no address" in error.message
    assert time.monotonic() - began < 0.2


# ---- what gets lost -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("share", "rows"), [(0.02, 400), (0.2, 60)])
async def test_nothing_is_missing_and_nothing_doubled_on_a_bad_line(share, rows):
    async with serve([table(rows)]) as (agent,):
        agent.fault("loss", share=share)
        found = await walked(community(agent, limits=replace(QUICK, timeout_seconds=0.03)), seconds=20)

        assert agent.counters["dropped"]
    assert tails(found) == expected(rows)


async def test_a_dead_agent_costs_its_retries_once_and_not_for_each_question():
    with Scripted(lambda _: None) as agent:
        client = Client()
        began = time.monotonic()
        async with client.session(community(agent), seconds=5) as session:
            walks = [session.walk(TABLE) for _ in range(10)]
            errors = await asyncio.gather(*walks, return_exceptions=True)
        took = time.monotonic() - began

    assert {error.kind for error in errors} == {ErrorKind.TIMEOUT}
    assert 0.38 < took < 2  # 0.08 s, half as long again, and again
    assert session.counts.sent <= 2 * (1 + QUICK.retries)


async def test_an_agent_that_was_away_is_asked_as_before_when_it_is_back():
    client = Client()
    async with serve([table()]) as (agent,):
        target = community(agent)
        agent.fault("hang")
        for _ in range(2):
            await failure(got(target, *NAMES, client=client))
        agent.heal()
        await walked(target, client=client)

        assert agent.counters["getbulk"] <= 13  # 120 rows, ten at a time


async def test_the_deadline_holds_whatever_the_agent_does():
    async with serve([table(400)]) as (agent,):
        agent.fault("slow", delay_seconds=0.05)
        began = time.monotonic()
        error = await failure(walked(community(agent), seconds=0.4))

    assert error.kind is ErrorKind.TIMEOUT
    assert "before the deadline" in error.message
    assert time.monotonic() - began < 1


async def test_an_agent_that_is_slower_than_our_patience_is_heard_nevertheless():
    async with serve([table(10)]) as (agent,):
        agent.fault("slow", delay_seconds=0.11)
        async with Client().session(community(agent), seconds=5) as session:
            found = await session.walk(TABLE)

    assert tails(found) == expected(10)
    # It learns how long to wait: not each answer is asked for twice.
    assert session.counts.repeated <= 2


async def test_an_answer_from_another_address_is_no_answer():
    async with serve([table()]) as (agent,):
        agent.fault("wrong_source")
        error = await failure(got(community(agent), NAMES[0]))

    assert error.kind is ErrorKind.TIMEOUT


async def test_a_port_where_nothing_listens_is_told_at_once():
    began = time.monotonic()
    with Scripted(lambda _: None) as agent:
        pass

    error = await failure(got(community(agent), NAMES[0]))

    assert error.kind is ErrorKind.REFUSED
    assert time.monotonic() - began < 0.3


async def test_a_part_that_hangs_takes_nothing_from_the_others():
    async with serve([table()]) as (good,):

        def answer(data):
            _, _, name = request_of(data)
            return None if name.startswith(TABLE) else good.agent.answer(data).data

        with Scripted(answer) as agent:
            async with Client().session(community(agent), seconds=1.2) as session:
                hanging = session.walk(TABLE)
                others = [session.walk(oid.encode("1.3.6.1.2.1.1")) for _ in range(3)]
                await asyncio.wait([*others], timeout=1)
                assert [len(other.result()) for other in others] == [3, 3, 3]
                assert (await failure(hanging)).kind is ErrorKind.TIMEOUT


async def test_an_agent_that_reboots_in_the_middle_of_a_walk_is_walked_to_the_end():
    async with serve([table(120)]) as (agent,):
        agent.fault("slow", delay_seconds=0.01)
        walk = asyncio.create_task(walked(community(agent)))
        await asyncio.sleep(0.08)
        assert not walk.done()
        agent.heal()
        agent.reboot(0.3)

        assert tails(await walk) == expected(120)


# ---- what is too big ---------------------------------------------------------------------------------


@pytest.mark.parametrize("most", [5, 1])
async def test_answers_that_are_too_big_are_asked_for_in_smaller_parts(most):
    client = Client()
    async with serve([table(12)]) as (agent,):
        agent.fault("too_big", variables=most)
        limits = replace(QUICK, repetitions=50)
        assert tails(await walked(community(agent, limits=limits), client=client)) == expected(12)
        assert await got(community(agent, limits=limits), *NAMES, client=client) == await got(community(agent), *NAMES)


async def test_one_value_that_is_too_big_is_told():
    async with serve([table()]) as (agent,):
        agent.fault("too_big", variables=0)

        assert "too big" in (await failure(walked(community(agent)))).message
        assert "tooBig" in (await failure(got(community(agent), *NAMES))).message


async def test_answers_too_long_for_the_way_are_asked_for_in_smaller_parts():
    async with serve([table(100)]) as (good,):

        def answer(data):
            found = good.agent.answer(data).data
            return found if len(found) < 400 else None

        with Scripted(answer) as agent:
            assert tails(await walked(community(agent, limits=replace(QUICK, repetitions=50)))) == expected(100)


async def test_a_device_that_was_asked_for_less_is_asked_for_more_again_after_a_while():
    client = Client()
    async with serve([table()]) as (agent,):
        target = community(agent)
        agent.fault("too_big", variables=5)
        await walked(target, client=client)
        agent.heal()
        for _ in range(6):
            await walked(target, client=client)
        before = agent.counters["getbulk"]
        await walked(target, client=client)

        assert agent.counters["getbulk"] - before <= 13


# ---- what is wrong -----------------------------------------------------------------------------------


async def test_a_table_that_goes_in_a_circle_is_left():
    def answer(data):
        _, _, name = request_of(data)
        return reply(data, row((1, 2)) if name == TABLE + b"\x01\x01" else row((1, 1)))

    with Scripted(answer) as agent:
        error = await failure(walked(community(agent)))

    assert error.kind is ErrorKind.INVALID
    assert "goes in a circle" in error.message
    assert len(agent.asked) < 6


async def test_a_name_that_never_moves_on_is_left():
    with Scripted(lambda data: reply(data, row((1, 1)))) as agent:
        assert "goes in a circle" in (await failure(walked(community(agent)))).message


async def test_a_table_in_no_order_is_read_to_its_end():
    order = [1, 5, 3, 9, 200, 7, 130]
    lines = [f"1.3.6.1.2.1.2.2.1.2.{number}|2|{number}" for number in order]
    async with serve([Serving("\n".join([*lines, "1.3.6.1.2.1.99.1.0|2|5"]), unsorted=True)]) as (agent,):
        found = await walked(community(agent, limits=replace(QUICK, repetitions=2)))

    assert tails(found) == [oid.suffix((2, number)) for number in order]


async def test_a_table_without_end_ends_at_the_cap():
    count = iter(range(1, 1_000_000))

    def answer(data):
        return reply(data, b"".join(row((1, next(count))) for _ in range(10)))

    with Scripted(answer) as agent:
        error = await failure(walked(community(agent, limits=replace(QUICK, rows=100))))

    assert "more than 100 values" in error.message
    assert len(agent.asked) <= 11


async def test_values_without_end_end_at_the_cap_of_bytes():
    count = iter(range(1, 1_000_000))

    def answer(data):
        name = element(6, TABLE + oid.suffix((1, next(count))))
        return reply(data, element(0x30, name + element(4, bytes(30_000))))

    with Scripted(answer) as agent:
        error = await failure(walked(community(agent, limits=replace(QUICK, table_bytes=100_000))))

    assert "more than 100000 bytes" in error.message
    assert len(agent.asked) == 4


async def test_the_table_itself_in_the_place_of_a_row_is_no_answer_and_hangs_nobody():
    with Scripted(lambda data: reply(data, row(()))) as agent:
        error = await failure(columns(community(agent), 1, 9))

    assert error.kind is ErrorKind.INVALID
    assert "the table itself" in error.message


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda data: b"", "cut"),
        (lambda data: data[:-1], "longer than what holds it"),
        (lambda data: data.replace(b"public", b"Public"), "community"),
        (lambda data: data.replace(b"\x02\x01\x01\x04", b"\x02\x01\x00\x04", 1), "version"),
        (lambda data: b"\x30\x84\xff\xff\xff\xff" + data[2:], "length"),
        (lambda data: b"\x30\x80" + data[2:], "length"),
        (lambda data: b"\x30\x82\x03\xe8" + b"\x30\x82\x03\xe4" * 250, "tag"),
    ],
)
async def test_what_is_no_answer_is_left_and_the_reason_told(spoil, words):
    with Scripted(lambda data: spoil(reply(data, row((1, 1))))) as agent:
        error = await failure(walked(community(agent)))

    assert error.kind is ErrorKind.INVALID
    assert words in error.message


async def test_answers_to_other_questions_are_left():
    def answer(data):
        number, _, _ = request_of(data)
        whole = reply(data, row((1, 1)))
        return whole.replace(integer(number), integer(number ^ 0x1000), 1)

    with Scripted(answer) as agent:
        async with Client().session(community(agent), seconds=5) as session:
            error = await failure(session.walk(TABLE))

    assert error.kind is ErrorKind.TIMEOUT
    assert session.counts.late == 1 + QUICK.retries


async def test_rubbish_before_the_answer_does_no_harm():
    async with serve([table()]) as (good,):

        def answer(data):
            right = good.agent.answer(data).data
            return [b"", b"\xff" * 2000, right[:-3], right, right]

        with Scripted(answer) as agent:
            assert tails(await walked(community(agent))) == expected()
            assert (await got(community(agent), NAMES[0]))[0][2] == b"box-1"


@pytest.mark.parametrize("place", [0, 1, 2])
async def test_a_spoilt_answer_leaves_no_rows_behind(place):
    spoilt = iter([True, False])

    def answer(data):
        _, _, name = request_of(data)
        if name != TABLE:
            return reply(data, row((9,), prefix=oid.encode("1.3.6.1.3")))
        rows = [row((1, 1)), row((1, 2))]
        if next(spoilt):
            # Where it is not the last, what follows was asked already when it is met.
            rows.insert(place, element(0x30, element(6, TABLE + b"\x01\x81") + integer(1)))
        return reply(data, b"".join(rows))

    with Scripted(answer) as agent:
        found = await walked(community(agent))

    assert tails(found) == [b"\x01\x01", b"\x01\x02"]


@pytest.mark.parametrize(("error", "kind"), [(5, ErrorKind.INVALID), (16, ErrorKind.DENIED), (99, ErrorKind.INVALID)])
async def test_what_a_device_refuses_is_told(error, kind):
    with Scripted(lambda data: reply(data, error=error)) as agent:
        assert (await failure(walked(community(agent)))).kind is kind
        assert (await failure(got(community(agent), NAMES[0]))).kind is kind


async def test_values_that_were_not_asked_for_are_not_taken():
    with Scripted(lambda data: reply(data, row((1, 1)))) as agent:
        error = await failure(got(community(agent), NAMES[0]))

    assert "not asked for" in error.message


# ---- whoever asked goes away -------------------------------------------------------------------------


async def test_a_walk_whose_caller_went_away_is_not_walked_on():
    async with serve([table(400)]) as (agent,):
        agent.fault("slow", delay_seconds=0.01)
        async with Client().session(community(agent), seconds=5) as session:
            walk = session.walk(TABLE)
            await asyncio.sleep(0.05)
            walk.cancel()
            before = agent.counters["getbulk"]
            await asyncio.sleep(0.15)

            assert agent.counters["getbulk"] <= before + 1
            assert (await session.get([oid.encode(NAMES[0])]))[0][2] == b"box-1"


async def test_a_conversation_that_was_ended_answers_nobody_and_complains_nowhere():
    complaints = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: complaints.append(context))
    async with serve([table()]) as (agent,):
        agent.fault("hang")
        async with Client().session(community(agent), seconds=5) as session:
            walks = [session.walk(TABLE) for _ in range(4)]
        late = session.walk(TABLE)

        assert (await failure(late)).kind is ErrorKind.INTERNAL
        assert "was ended" in str(walks[0].exception())
        del walks
        gc.collect()
        await asyncio.sleep(0)
    assert complaints == []


async def test_a_quick_agent_does_not_take_the_loop_from_the_others():
    ticks = 0

    async def tick():
        nonlocal ticks
        while True:
            ticks += 1
            await asyncio.sleep(0)

    async with serve([table(300)]) as (agent,):
        ticking = asyncio.create_task(tick())
        await walked(community(agent))
        ticking.cancel()

    assert ticks > 20
