from datetime import timedelta

from tests.ledger.conftest import NIGHT

MINUTE = timedelta(minutes=1)


def enqueue(ledger, subject="Sao lưu hỏng", dedup="", channel="mail", now=NIGHT):
    return ledger.enqueue(channel, subject, "thân thư", now=now, dedup=dedup)


def test_a_message_waits_until_it_was_sent(ledger):
    queued = enqueue(ledger)

    assert ledger.due_messages(NIGHT) == (queued,)
    assert (queued.channel, queued.subject, queued.body, queued.created) == ("mail", "Sao lưu hỏng", "thân thư", NIGHT)
    assert ledger.sent(queued.id, NIGHT + MINUTE) is True
    assert ledger.due_messages(NIGHT + MINUTE) == ()
    assert ledger.sent(queued.id, NIGHT + MINUTE) is False


def test_one_key_makes_one_message_per_channel(ledger):
    assert enqueue(ledger, dedup="backup:failed:1") is not None
    assert enqueue(ledger, dedup="backup:failed:1") is None
    assert enqueue(ledger, dedup="backup:failed:1", channel="webhook") is not None
    assert enqueue(ledger, dedup="backup:failed:2") is not None


def test_messages_without_a_key_never_exclude_each_other(ledger):
    numbers = [enqueue(ledger).id for _ in range(3)]

    assert [message.id for message in ledger.due_messages(NIGHT)] == numbers


def test_a_key_may_be_as_long_as_it_likes(ledger):
    keys = ["x" * 10_000 + end for end in "ab"]

    assert [enqueue(ledger, dedup=key) is not None for key in [*keys, *keys]] == [True, True, False, False]


def test_a_message_that_did_not_leave_is_tried_later(ledger):
    queued = enqueue(ledger)
    ledger.try_later(queued.id, "connection refused", NIGHT + 5 * MINUTE)

    assert ledger.due_messages(NIGHT + 4 * MINUTE) == ()
    (again,) = ledger.due_messages(NIGHT + 5 * MINUTE)
    assert (again.attempts, again.last_error, again.next_try) == (1, "connection refused", NIGHT + 5 * MINUTE)


def test_a_dead_letter_waits_for_a_person_who_revives_it(ledger):
    queued = enqueue(ledger, dedup="k")
    ledger.try_later(queued.id, "refused", NIGHT)
    assert ledger.bury(queued.id, "no such mailbox") is True

    assert ledger.due_messages(NIGHT + timedelta(days=9)) == ()
    (dead,) = ledger.dead_messages()
    assert (dead.id, dead.dead, dead.attempts, dead.last_error) == (queued.id, True, 2, "no such mailbox")
    assert ledger.sent(queued.id, NIGHT) is False
    assert enqueue(ledger, dedup="k") is None

    assert ledger.revive(queued.id, NIGHT + MINUTE) is True
    assert ledger.revive(queued.id, NIGHT + MINUTE) is False
    assert ledger.dead_messages() == ()
    assert [(message.id, message.attempts) for message in ledger.due_messages(NIGHT + MINUTE)] == [(queued.id, 0)]


def test_the_longest_waiting_come_first_and_no_more_than_asked_for(ledger):
    late = enqueue(ledger, now=NIGHT + MINUTE)
    early = enqueue(ledger, now=NIGHT)

    assert [message.id for message in ledger.due_messages(NIGHT + MINUTE)] == [early.id, late.id]
    assert [message.id for message in ledger.due_messages(NIGHT + MINUTE, 1)] == [early.id]
    assert ledger.due_messages(NIGHT + MINUTE, 0) == ()
