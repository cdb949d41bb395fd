"""SNMPv3 with agents that reboot, change their engine, lie and keep silent."""

import pytest

from dcops.errors import DeviceError, ErrorKind
from dcops.model.secret import Secret
from dcops.model.snmp import Authentication, Privacy
from dcops.snmp import oid, pdu
from dcops.snmp.ber import Malformed
from dcops.snmp.client import Client
from dcops.snmp.target import Again, Denied, Unasked
from dcops.snmp.usm.keys import User
from dcops.snmp.usm.security import UserSecurity
from lab.snmp import Serving, serve
from lab.snmp import User as Known
from tests.snmp.asking import PASSWORD, PRIVACY_PASSWORD, Scripted, by_user, got, table, walked

NAME = "1.3.6.1.2.1.1.5.0"
SHA, AES = Authentication.SHA1, Privacy.AES128


def known(name="operator", authentication="sha1", privacy="aes128"):
    return Known(name, authentication, PASSWORD if authentication else "", privacy, PRIVACY_PASSWORD if privacy else "")


def serving(*users, name="agent", rows=40):
    return Serving(table(rows), users=users or (known(),), name=name)


async def failure(awaitable):
    with pytest.raises(DeviceError) as found:
        await awaitable
    return found.value


def security(agent_time=None, **passwords):
    user = User(
        "operator",
        SHA,
        Secret(passwords.get("password", PASSWORD)),
        AES,
        Secret(passwords.get("privacy_password", PRIVACY_PASSWORD)),
    )
    return UserSecurity(user, clock=agent_time) if agent_time else UserSecurity(user)


def learned(agent, **options):
    """A security that knows the engine of a lab agent and its time."""
    made = security(**options)
    with pytest.raises(Again):
        made.open(agent.answer(made.probe(1)).data, {1})
    return made


def question(made, number):
    return made.seal(number, pdu.get(pdu.GET, number, [oid.encode(NAME)]))


# ---- against agents over a socket -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("authentication", "privacy"),
    [
        (None, None),
        *((one, None) for one in Authentication),
        *((Authentication.SHA1, one) for one in Privacy),
        (Authentication.SHA512, Privacy.AES256),
        (Authentication.MD5, Privacy.DES),
    ],
    ids=str,
)
async def test_every_way_of_signing_and_enciphering_is_spoken(authentication, privacy):
    user = known(authentication=authentication and authentication.value, privacy=privacy and privacy.value)
    async with serve([serving(user, rows=10)]) as (agent,):
        target = by_user(agent, "operator", authentication, privacy)

        assert len(await walked(target)) == 30
        assert agent.counters.get("malformed", 0) == 0


async def test_the_engine_is_learned_once_for_many_conversations():
    client = Client()
    async with serve([serving()]) as (agent,):
        target = by_user(agent, "operator", SHA, AES)
        for _ in range(3):
            await got(target, NAME, client=client)

        assert agent.counters["unknown_engines"] == 1
        assert agent.counters["get"] == 3


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"password": "wrong-password"}, "authentication password or protocol of user operator is wrong"),
        ({"authentication": Authentication.SHA256}, "authentication password or protocol of user operator is wrong"),
        ({"name": "nobody"}, "does not know user nobody"),
        ({"context": "vrf-7"}, "does not know the context vrf-7"),
    ],
    ids=str,
)
async def test_what_is_wrong_with_a_login_is_told(wrong, words):
    async with serve([serving()]) as (agent,):
        options = {"name": "operator", "authentication": SHA, "privacy": AES} | wrong
        error = await failure(got(by_user(agent, **options), NAME))

    assert error.kind is ErrorKind.AUTH
    assert words in error.message
    assert PASSWORD not in str(error)
    assert "wrong-password" not in str(error)


async def test_a_level_of_security_that_the_user_does_not_have_is_told():
    async with serve([serving(known(privacy=None))]) as (agent,):
        error = await failure(got(by_user(agent, "operator", SHA, AES), NAME))

    assert error.kind is ErrorKind.AUTH
    assert "level of security" in error.message


async def test_silence_after_the_engine_was_told_names_a_wrong_privacy_password():
    """Agents in the field drop what they cannot decipher."""
    async with serve([serving()]) as (good,):

        def answer(data):
            found = good.agent.answer(data)
            return None if found is None or good.counters.get("undecipherable") else found.data

        with Scripted(answer) as agent:
            error = await failure(got(by_user(agent, "operator", SHA, AES, privacy_password="not-this-one"), NAME))

    assert error.kind is ErrorKind.TIMEOUT
    assert "privacy password of user operator" in error.next_step


async def test_silence_of_an_agent_that_was_understood_before_names_no_password():
    client = Client()
    async with serve([serving()]) as (agent,):
        target = by_user(agent, "operator", SHA, AES)
        await got(target, NAME, client=client)
        agent.fault("hang")
        error = await failure(got(target, NAME, client=client))

    assert "privacy" not in error.next_step


async def test_a_reboot_in_the_middle_of_a_walk_is_followed():
    async with serve([serving(rows=100)]) as (agent,):
        count = 0

        def answer(data):
            nonlocal count
            count += 1
            if count == 8:
                agent.agent.engine.restart()
            return agent.agent.answer(data).data

        with Scripted(answer) as rebooting:
            found = await walked(by_user(rebooting, "operator", SHA, AES))

        assert len(found) == 300
        assert agent.counters["outside_time_windows"] >= 1


@pytest.mark.parametrize(("boots", "seconds"), [(9, 0), (1, 5000), (1, 2_000_000_000)])
async def test_an_engine_whose_boots_or_clock_went_back_is_followed(boots, seconds):
    """A card that lost its memory counts its boots from one again."""
    client = Client()
    async with serve([serving()]) as (agent,):
        target = by_user(agent, "operator", SHA, AES)
        engine = agent.agent.engine
        engine.boots, engine._booted_at = boots, engine._booted_at - seconds
        await got(target, NAME, client=client)
        engine.boots, engine._booted_at = 1, engine._booted_at + seconds

        assert (await got(target, NAME, client=client))[0][2] == b"box-1"


async def test_another_card_with_another_engine_is_followed():
    client = Client()
    async with serve([serving(name="old"), serving(name="new")]) as (old, new):
        now = old
        with Scripted(lambda data: now.agent.answer(data).data) as agent:
            target = by_user(agent, "operator", SHA, AES)
            await got(target, NAME, client=client)
            now = new

            assert (await got(target, NAME, client=client))[0][2] == b"box-1"
            assert len(await walked(target, client=client)) == 120


async def test_an_engine_that_changes_with_every_answer_is_left():
    number = 0
    async with serve([serving()]) as (good,):

        def answer(data):
            nonlocal number
            number += 1
            good.agent.engine.id = b"\x80\x00\x7f\xff\x04" + str(number).encode()
            return good.agent.answer(data).data

        with Scripted(answer) as agent:
            error = await failure(got(by_user(agent, "operator", SHA, AES), NAME))

    assert error.kind is ErrorKind.INVALID
    assert "changes its engine" in error.message
    assert len(agent.asked) < 15


async def test_a_bad_line_loses_nothing():
    async with serve([serving()]) as (agent,):
        agent.fault("loss", share=0.2)

        assert len(await walked(by_user(agent, "operator", SHA, AES), seconds=20)) == 120


# ---- message by message -------------------------------------------------------------------------------


async def test_an_answer_is_taken_once_it_was_asked_for_and_signed():
    async with serve([serving()]) as (served,):
        made = learned(served.agent)
        answer = served.agent.answer(question(made, 2)).data

        buffer, start, end = made.open(answer, {2})

        assert pdu.read(buffer, start, end).request == 2


async def test_nothing_is_believed_that_was_not_asked_for():
    async with serve([serving()]) as (served,):
        made = learned(served.agent)
        answer = served.agent.answer(question(made, 2)).data

        for asked in ((), {1}, {3}):
            with pytest.raises(Unasked):
                made.open(answer, asked)


async def test_a_refusal_is_believed_only_for_a_question_of_ours():
    async with serve([serving()]) as (served,):
        made = learned(served.agent, password="wrong-password")
        report = served.agent.answer(question(made, 2)).data

        with pytest.raises(Unasked):
            made.open(report, {3})
        with pytest.raises(Denied):
            made.open(report, {2})


async def test_a_forged_byte_anywhere_is_noticed():
    async with serve([serving()]) as (served,):
        made = learned(served.agent)
        answer = served.agent.answer(question(made, 2)).data
        buffer, start, end = made.open(answer, {2})
        whole = buffer[start:end]

        for at in range(len(answer)):
            forged = answer[:at] + bytes((answer[at] ^ 0x01,)) + answer[at + 1 :]
            with pytest.raises((Malformed, Unasked)):
                made.open(forged, {2})
        for size in range(len(answer)):
            with pytest.raises((Malformed, Unasked)):
                made.open(answer[:size], {2})
        buffer, start, end = made.open(answer, {2})
        assert buffer[start:end] == whole


async def test_an_answer_from_the_past_is_refused():
    now = 1000.0
    async with serve([serving()]) as (served,):
        made = learned(served.agent, agent_time=lambda: now)
        answer = served.agent.answer(question(made, 2)).data
        made.open(answer, {2})
        now += 200

        with pytest.raises(Malformed, match="past"):
            made.open(answer, {2})


async def test_an_answer_that_is_less_protected_than_the_question_is_refused():
    async with serve([serving()]) as (served,):
        made = learned(served.agent)
        plain = UserSecurity(User("operator"))
        with pytest.raises(Again):
            plain.open(served.agent.answer(plain.probe(2)).data, {2})
        answer = served.agent.answer(question(plain, 2)).data
        assert plain.open(answer, {2})

        with pytest.raises(Malformed, match="less protected"):
            made.open(answer, {2})


async def test_a_stranger_cannot_set_our_clock():
    """The report that the time is wrong counts only when it is signed."""
    async with serve([serving()]) as (served,):
        made = learned(served.agent)
        served.agent.engine.restart()
        report = served.agent.answer(question(made, 2)).data
        at = report.index(b"\x04\x01\x01\x02\x01\x03")
        unsigned = report[: at + 2] + b"\x00" + report[at + 3 :]

        with pytest.raises(Malformed):
            made.open(unsigned, {2})
        with pytest.raises(Again):
            made.open(report, {2})


def test_enciphered_without_a_signature_is_malformed():
    made = security()
    probe = made.probe(1)
    at = probe.index(b"\x04\x01\x04\x02\x01\x03")

    with pytest.raises(Malformed, match="not signed"):
        made.open(probe[: at + 2] + b"\x02" + probe[at + 3 :], {1})


def test_our_own_question_is_no_answer():
    made = security()

    with pytest.raises(Malformed):
        made.open(made.probe(1), {1})


def test_what_prints_it_shows_no_password():
    assert PASSWORD not in repr(security()) + repr(security()._user)
