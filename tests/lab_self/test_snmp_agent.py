"""An agent of SNMPv1 and v2c answers as the RFCs say, and fails as it is told to."""

import subprocess
import time
from pathlib import Path

import pytest

from lab.snmp import Serving, agent, agents
from tests.lab_self.snmp_manager import Manager

NO_SUCH_NAME, TOO_BIG, NO_ACCESS = 2, 1, 6
WALK = """
1.3.6.1.2.1.1.1.0|4|a box that nobody owns
1.3.6.1.2.1.1.3.0|67|8640000
1.3.6.1.2.1.1.5.0|4|box
1.3.6.1.2.1.2.2.1.2.1|4|port 1
1.3.6.1.2.1.2.2.1.2.2|4|port 2
1.3.6.1.2.1.2.2.1.2.128|4|port 128
1.3.6.1.2.1.2.2.1.2.101011101|4|port far away
1.3.6.1.2.1.2.2.1.10.1|65|4294967290
1.3.6.1.2.1.2.2.1.16.1|65|0
1.3.6.1.2.1.31.1.1.1.6.1|70|864000000000
1.3.6.1.2.1.31.1.1.1.10.1|70|0
1.3.6.1.2.1.99.1.1.1.4.7|2|-12
"""
NAME, UPTIME, OCTETS = "1.3.6.1.2.1.1.5.0", "1.3.6.1.2.1.1.3.0", "1.3.6.1.2.1.31.1.1.1.6.1"
ALL = [line.split("|")[0] for line in WALK.split() if line.startswith("1.3")]
QUESTION = bytes.fromhex("302602010104067075626c6963a019020101020100020100300e300c06082b060102010103000500")
"""Get sysUpTime of the community public."""
TOOLS = Path("/usr/bin/snmpbulkwalk")


@pytest.fixture(scope="module")
def shared():
    with agent(WALK) as served:
        yield served


@pytest.fixture
def box(shared):
    """An agent without faults and without changes."""
    shared.heal()
    return shared


@pytest.fixture
def ask(box):
    with Manager(box.host, box.port) as manager:
        yield manager


@pytest.fixture
def ask_v1(box):
    with Manager(box.host, box.port, version="1") as manager:
        yield manager


def test_get_gives_values_and_says_which_are_not_there(ask):
    answer = ask.get(NAME, "1.3.6.1.2.1.1.5.1", "1.3.6.1.2.1.55.1.0", "1.3.6.1.2.1.99.1.1.1.4.7")

    assert answer.error == 0
    assert [type(value).__name__ for _, value in answer.variables] == [
        "OctetString",
        "NoSuchInstance",
        "NoSuchObject",
        "Integer",
    ]
    assert int(answer.variables[3][1]) == -12


def test_getnext_goes_through_the_walk_in_the_order_of_numbers_and_not_of_bytes(ask):
    seen, name = [], "1.3"
    while True:
        [(name, value)] = ask.get_next(name).variables
        if type(value).__name__ == "EndOfMibView":
            break
        seen.append(name)

    assert seen == ALL


def test_getnext_finds_what_follows_a_name_that_is_not_there(ask):
    assert ask.get_next("1.3.6.1.2.1.2.2.1.2.3").names == ["1.3.6.1.2.1.2.2.1.2.128"]
    assert ask.get_next("1.3.6.1.2.1.2.2.1.2.4294967295").names == ["1.3.6.1.2.1.2.2.1.10.1"]


def test_getbulk_repeats_all_but_the_first_names_and_marks_the_end(ask):
    answer = ask.get_bulk("1.3.6.1.2.1.1.4", "1.3.6.1.2.1.2.2.1.2", OCTETS, single=1, repetitions=2)

    assert answer.names == [NAME, ALL[3], "1.3.6.1.2.1.31.1.1.1.10.1", ALL[4], ALL[-1]]
    end = ask.get_bulk("1.3.6.1.2.1.99", repetitions=5).variables
    assert [type(value).__name__ for _, value in end] == ["Integer", "EndOfMibView"]


def test_getbulk_of_nothing_gives_nothing(ask):
    assert ask.get_bulk("1.3", repetitions=0).variables == []


def test_an_answer_is_cut_where_the_datagram_ends():
    rows = "\n".join(f"1.3.6.1.4.1.32473.1.{n}|4|{'x' * 90}" for n in range(1, 100))
    with agents([Serving(rows), Serving(rows, largest=65507), Serving(rows, largest=100)]) as (usual, large, tiny):
        with Manager(usual.host, usual.port) as ask:
            few = ask.get_bulk("1.3", repetitions=60)
            whole = ask.get(*(f"1.3.6.1.4.1.32473.1.{n}" for n in range(1, 40)))
        with Manager(large.host, large.port) as ask:
            many = ask.get_bulk("1.3", repetitions=60)
        with Manager(tiny.host, tiny.port) as ask:
            none = ask.get_bulk("1.3", repetitions=60)

    assert 10 < len(few.variables) < 15
    assert 1300 < few.size <= 1472
    assert len(many.variables) == 60
    assert none.error == TOO_BIG
    assert none.variables == []
    assert whole.error == TOO_BIG
    assert whole.variables == []


def test_version_1_has_no_exceptions_and_no_64_bit_counters(ask_v1):
    missing = ask_v1.get(NAME, "1.3.6.1.2.1.1.5.1")
    wide = ask_v1.get(OCTETS)

    assert (missing.error, missing.error_index, missing.names) == (NO_SUCH_NAME, 2, [NAME, "1.3.6.1.2.1.1.5.1"])
    assert (wide.error, wide.error_index) == (NO_SUCH_NAME, 1)
    assert ask_v1.get_next("1.3.6.1.2.1.2.2.1.16.1").names == ["1.3.6.1.2.1.99.1.1.1.4.7"]
    assert ask_v1.get_next("1.3.6.1.2.1.99.1.1.1.4.7").error == NO_SUCH_NAME


def test_a_write_is_refused_and_counted(box, ask, ask_v1):
    before = box.counters.get("writes", 0)

    assert ask.set(NAME, "mine").error == NO_ACCESS
    assert ask_v1.set(NAME, "mine").error == NO_SUCH_NAME
    assert box.counters["writes"] == before + 2
    assert ask.get(NAME).variables[0][1] == b"box"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x30",
        b"\x30\x03\x02\x01\x01",
        b"\x30\x84\xff\xff\xff\xff\x02\x01\x01",
        b"\x30\x80\x02\x01\x01\x00\x00",
        b"hello, is anybody there?",
        QUESTION[:-1],
        QUESTION + b"\x00",
        QUESTION.replace(b"\x03\x00\x05", b"\x03\x80\x05"),
        b"\x30\x82\x03\xe8" * 200,
    ],
)
def test_what_is_no_message_gets_no_answer(box, ask, data):
    before = box.counters.get("malformed", 0)
    ask.send(data)

    assert ask.is_silent(0.05)
    assert box.counters["malformed"] == before + 1


def test_a_wrong_community_gets_no_answer(box):
    with Manager(box.host, box.port, community="guess") as manager:
        assert manager.hears_nothing(NAME)

    assert box.counters["wrong_communities"] == 1


def test_an_agent_without_order_follows_its_file():
    mixed = "1.3.6.1.4.1.32473.3|2|3\n1.3.6.1.4.1.32473.1|2|1\n1.3.6.1.4.1.32473.2|2|2"
    with agent(mixed, unsorted=True) as one, Manager(one.host, one.port) as manager:
        walk = manager.get_bulk("1.3.6.1.4.1.32473.3", repetitions=2).names
        first = manager.get_next("1.3.6.1.4.1.32473").names

    assert walk == ["1.3.6.1.4.1.32473.1", "1.3.6.1.4.1.32473.2"]
    assert first == ["1.3.6.1.4.1.32473.1"]


def test_an_agent_answers_over_ipv6():
    with agent(WALK, host="::1") as one, Manager(one.host, one.port) as manager:
        assert manager.get(NAME).variables[0][1] == b"box"


def test_a_value_is_changed_added_and_taken_away(ask):
    with agent(WALK) as one, Manager(one.host, one.port) as manager:
        one.set(NAME, "renamed")
        one.set("1.3.6.1.2.1.1.6.0", "attic")
        one.set("1.3.6.1.2.1.99.1.1.1.4.7", None)
        answer = manager.get(NAME, "1.3.6.1.2.1.1.6.0", "1.3.6.1.2.1.99.1.1.1.4.7")

    assert [value.prettyPrint() for _, value in answer.variables[:2]] == ["renamed", "attic"]
    assert type(answer.variables[2][1]).__name__ == "NoSuchObject"


# ---- faults --------------------------------------------------------------------------------------------------


def test_loss_swallows_about_its_share_and_the_same_ones_each_time():
    lost = []
    for _ in range(2):
        with agent(WALK, name="lossy") as one:
            one.fault("loss", share=0.1)
            lost.append([number for number in range(1000) if one.agent.answer(QUESTION) is None])

    assert 60 <= len(lost[0]) <= 140
    assert lost[0] == lost[1]


def test_hang_swallows_everything_until_it_is_healed(box, ask):
    box.fault("hang")
    assert ask.hears_nothing(NAME)

    box.heal()
    assert ask.get(NAME).error == 0


def test_too_big_refuses_what_asks_for_many_variables(box, ask):
    box.fault("too_big", variables=5)

    assert ask.get_bulk("1.3", repetitions=6).error == TOO_BIG
    assert len(ask.get_bulk("1.3", repetitions=5).variables) == 5
    assert ask.get(*[NAME] * 6).error == TOO_BIG


def test_wrong_source_answers_from_where_nobody_was_asked(box, ask):
    box.fault("wrong_source")

    answer = ask.get(NAME)

    assert answer.error == 0
    assert answer.sender != (box.host, box.port)


def test_slow_answers_late(box, ask):
    box.fault("slow", delay_seconds=0.3)
    began = time.monotonic()

    assert ask.get(NAME).error == 0
    assert time.monotonic() - began >= 0.3


def test_reboot_is_silence_and_then_an_uptime_and_counters_that_begin_anew(box):
    with agent(WALK) as one, Manager(one.host, one.port) as manager:
        one.reboot(0.3)
        time.sleep(0.05)
        assert manager.hears_nothing(NAME)
        time.sleep(0.3)
        uptime, octets = (int(value) for _, value in manager.get(UPTIME, OCTETS).variables)

    assert uptime < 1000
    assert octets < 864_000_000_000 / 100


# ---- time ----------------------------------------------------------------------------------------------------


def test_without_motion_every_answer_is_the_walk(ask):
    first = ask.get(UPTIME, OCTETS).variables
    time.sleep(0.05)

    assert [int(value) for _, value in first] == [8640000, 864_000_000_000]
    assert [int(value) for _, value in ask.get(UPTIME, OCTETS).variables] == [8640000, 864_000_000_000]


def test_with_motion_uptime_runs_and_both_widths_of_a_counter_agree():
    with agent(WALK, moving=True) as one, Manager(one.host, one.port) as manager:
        narrow = "1.3.6.1.2.1.2.2.1.10.1"
        before = [int(value) for _, value in manager.get(UPTIME, OCTETS, narrow).variables]
        time.sleep(0.3)
        after = [int(value) for _, value in manager.get(UPTIME, OCTETS, narrow).variables]

    assert 25 <= after[0] - before[0] <= 300
    # Ten megabytes a second in the mean of its past day, and never outside of 60 to 140 percent of that.
    seconds = (after[0] - before[0]) / 100
    assert 5e6 * seconds < after[1] - before[1] < 15e6 * (seconds + 0.02)
    assert after[2] == after[1] & 0xFFFFFFFF or abs(after[2] - (after[1] & 0xFFFFFFFF)) < 1_000_000


# ---- what others make of it ------------------------------------------------------------------------------------


@pytest.mark.skipif(not TOOLS.exists(), reason="the tools of net-snmp are not installed: apt-get install snmp")
@pytest.mark.parametrize(("tool", "version", "count"), [("snmpbulkwalk", "2c", 12), ("snmpwalk", "1", 10)])
def test_net_snmp_walks_it(box, tool, version, count):
    done = subprocess.run(
        [tool, "-v", version, "-c", "public", "-On", f"{box.host}:{box.port}", "1.3.6.1.2"],
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
        env={"PATH": "/usr/bin:/bin", "MIBS": "", "SNMP_PERSISTENT_DIR": "/nonexistent"},
    )

    lines = [line for line in done.stdout.splitlines() if line.startswith(".1") and "No more" not in line]
    assert len(lines) == count, done.stderr
    assert '.1.3.6.1.2.1.2.2.1.2.101011101 = STRING: "port far away"' in lines
