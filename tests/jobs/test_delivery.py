"""A message is sent once, in order, in bounded time, or is a dead letter that says why."""

import threading
import time
from datetime import UTC, datetime, timedelta

import pytest

from dcops.jobs.delivery import LONGEST_RETRY_SECONDS, MOST_ATTEMPTS, Delivery, deliver, retry_seconds
from dcops.notify.sender import NotifyError, permanent, temporary
from tests.jobs.nights import DAY, Site


@pytest.fixture
def site(tmp_path):
    one = Site(tmp_path, [])
    yield one
    one.close()


class Clock:
    """A clock that is set."""

    def __init__(self):
        self.now = datetime(2026, 1, 15, 2, 0, tzinfo=UTC)

    def __call__(self):
        return self.now

    def later(self, **span):
        self.now += timedelta(**span)


class Postman:
    """Takes messages, or fails as it is told."""

    def __init__(self, *errors):
        self.errors = list(errors)
        self.taken = []
        self.asked = 0

    def send(self, message):
        self.asked += 1
        if self.errors:
            error = self.errors.pop(0)
            if error is not None:
                raise error
        self.taken.append(message.subject)


@pytest.fixture
def clock():
    return Clock()


def queue(site, clock, *subjects, channel="mail"):
    return [site.ledger.enqueue(channel, subject, "body", now=clock()) for subject in subjects]


def test_what_is_due_is_sent_once_and_in_order(site, clock):
    queue(site, clock, "one", "two")
    postman = Postman()

    assert deliver(site.ledger, {"mail": postman}, clock) == Delivery(sent=2)
    assert deliver(site.ledger, {"mail": postman}, clock) == Delivery()
    assert postman.taken == ["one", "two"]


def test_a_server_that_is_away_is_tried_again_later_and_the_rest_of_the_queue_waits(site, clock):
    queue(site, clock, "one", "two")
    postman = Postman(temporary("away"))

    assert deliver(site.ledger, {"mail": postman}, clock) == Delivery(later=1)
    assert postman.asked == 1
    clock.later(seconds=60)
    assert deliver(site.ledger, {"mail": postman}, clock) == Delivery(sent=2)


def test_one_channel_that_is_away_holds_up_no_other(site, clock):
    queue(site, clock, "one")
    queue(site, clock, "two", channel="webhook")
    chat = Postman()

    done = deliver(site.ledger, {"mail": Postman(temporary("away")), "webhook": chat}, clock)

    assert (done, chat.taken) == (Delivery(sent=1, later=1), ["two"])


def test_a_message_that_is_refused_for_good_becomes_a_dead_letter_and_the_next_one_goes(site, clock):
    queue(site, clock, "bad", "good")
    postman = Postman(permanent("looks like spam"))

    assert deliver(site.ledger, {"mail": postman}, clock) == Delivery(sent=1, dead=1)

    (dead,) = site.ledger.dead_messages()
    assert (dead.subject, dead.last_error) == ("bad", "looks like spam")


def test_a_server_that_stays_away_is_tried_for_a_day_and_then_given_up(site, clock):
    queue(site, clock, "one")
    began = clock()
    postman = Postman(*[temporary("away")] * 500)

    while not site.ledger.dead_messages():
        deliver(site.ledger, {"mail": postman}, clock, chance=lambda: 0.5)
        clock.later(minutes=10)

    assert postman.asked == MOST_ATTEMPTS
    assert timedelta(hours=20) < clock() - began < timedelta(hours=36)


def test_a_dead_letter_that_is_revived_is_sent(site, clock):
    (message,) = queue(site, clock, "one")
    site.ledger.bury(message.id, "nobody at home")
    site.ledger.revive(message.id, clock())

    assert deliver(site.ledger, {"mail": Postman()}, clock) == Delivery(sent=1)


def test_a_channel_that_dcops_toml_no_longer_sets_up_makes_dead_letters(site, clock):
    queue(site, clock, "one")

    assert deliver(site.ledger, {}, clock) == Delivery(dead=1)
    assert "mail" in site.ledger.dead_messages()[0].last_error


def test_alerts_stay_in_order_when_the_first_one_has_to_be_tried_again(site, clock):
    queue(site, clock, "firing", channel="alertmanager")
    postman = Postman(temporary("away"))
    senders = {"alertmanager": postman}
    deliver(site.ledger, senders, clock)
    queue(site, clock, "resolved", channel="alertmanager")

    assert deliver(site.ledger, senders, clock) == Delivery()
    clock.later(seconds=60)
    deliver(site.ledger, senders, clock)

    assert postman.taken == ["firing", "resolved"]


def test_waits_grow_to_an_hour_and_are_spread():
    assert [retry_seconds(n, 0.5) for n in range(4)] == [30, 60, 120, 240]
    assert retry_seconds(1000, 0.5) == LONGEST_RETRY_SECONDS
    assert retry_seconds(0, 0.0) == pytest.approx(24)
    assert retry_seconds(0, 1.0) == pytest.approx(36)


def test_a_sender_that_hangs_is_left_behind(site, clock):
    queue(site, clock, "one")
    release = threading.Event()

    class Hanging:
        def send(self, message):
            release.wait(30)

    began = time.monotonic()
    done = deliver(site.ledger, {"mail": Hanging()}, clock, send_limit_seconds=0.2)
    release.set()

    assert done == Delivery(later=1)
    assert time.monotonic() - began < 5


def test_a_pass_ends_in_time_and_the_next_goes_on(site, clock):
    queue(site, clock, *(str(number) for number in range(6)))

    class Slow(Postman):
        def send(self, message):
            time.sleep(0.1)
            super().send(message)

    postman = Slow()
    first = deliver(site.ledger, {"mail": postman}, clock, pass_limit_seconds=0.15)
    second = deliver(site.ledger, {"mail": postman}, clock)

    assert 0 < first.sent < 6
    assert first.sent + second.sent == 6


def test_a_fault_of_ours_in_a_sender_is_tried_again_without_showing_what_it_held(site, clock):
    queue(site, clock, "one")

    done = deliver(site.ledger, {"mail": Postman(ValueError("Bearer secret-token-1"))}, clock)

    assert done == Delivery(later=1)
    (waiting,) = site.ledger.due_messages(clock() + DAY)
    assert waiting.attempts == 1
    assert "secret-token-1" not in waiting.last_error
    assert "ValueError" in waiting.last_error


def test_an_error_that_is_kept_says_what_to_do():
    assert str(NotifyError(temporary("x").kind, "no answer", next_step="Is it up?")) == "no answer. Is it up?"
