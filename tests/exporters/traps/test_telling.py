"""Who is told of what, and how often."""

import json
from datetime import UTC, datetime, timedelta

from dcops.assembly.stores import ledger_of
from dcops.exporters.traps.event import Event, Notification
from dcops.exporters.traps.flood import Flood, Rate
from dcops.exporters.traps.telling import AGAIN_SECONDS, News, Teller, queue_message
from dcops.model.device import Device
from dcops.model.job import MaintenanceWindow
from dcops.settings import load
from tests.exporters.traps.sending import KINDS

UPS = Device(name="ups-1", site="main", role="ups", vendor="APC", model="SMT")
KNOWN = KINDS.by_name()


def event(kind="ups_on_battery", device="ups-1"):
    return Event(1_800_000_000.5, kind, "192.0.2.9", device, "main", Notification("1.3.6.1.4.1.318.0.5", {"1.3": "4"}))


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


def told(clock, *kinds, pauses=(), **options):
    """The kinds of which messages were queued."""
    found = []
    teller = Teller(lambda news: found.append(news.kind.name), clock, **options)
    teller.start()
    for number, kind in enumerate(kinds):
        clock.now += pauses[number] if pauses else 1
        teller.take(event(kind), KNOWN[kind], UPS)
    teller.close()
    return found, teller.untold


def test_what_a_ups_repeats_each_minute_is_told_once_an_hour():
    repeated = ["ups_on_battery"] * 4

    found, _ = told(Clock(), *repeated, pauses=(0, 60, 60, AGAIN_SECONDS))

    assert found == ["ups_on_battery"] * 2


def test_there_and_back_and_there_again_is_told_each_time():
    found, _ = told(Clock(), "ups_on_battery", "ups_alarm_on_battery", "ups_on_mains", "ups_alarm_on_battery")

    assert found == ["ups_on_battery", "ups_on_mains", "ups_alarm_on_battery"]


def test_what_ends_without_being_told_is_news_when_it_begins_again():
    found, _ = told(Clock(), "ups_battery_low", "ups_battery_low_over", "ups_battery_low")

    assert found == ["ups_battery_low", "ups_battery_low"]


def test_there_are_only_so_many_messages():
    found, untold = told(Clock(), "ups_on_battery", "ups_on_mains", "ups_on_battery", most=Rate(2, 0))

    assert (len(found), untold) == (2, 1)


def test_a_ledger_that_cannot_be_reached_does_not_end_the_telling():
    def fail(_):
        raise OSError("no disk")

    teller = Teller(fail)
    teller.start()
    teller.take(event(), KNOWN["ups_on_battery"], UPS)
    teller.take(event("ups_on_mains"), KNOWN["ups_on_mains"], UPS)
    teller.close()

    assert teller.untold == 2


def settings_in(folder, more='[webhook]\nurl = "http://127.0.0.1:9/x"\n'):
    (folder / "inventory").mkdir()
    (folder / "dcops.toml").write_text(f'[site]\nname = "test"\nlanguage = "en"\n{more}')
    return load(folder)


def messages(settings):
    with ledger_of(settings) as ledger:
        return ledger.due_messages(datetime.now(UTC) + timedelta(hours=1))


def test_a_message_for_the_webhook_says_who_what_and_when(tmp_path):
    settings = settings_in(tmp_path)
    news = News(event(), KNOWN["ups_on_battery"], UPS)

    queue_message(settings, news)
    queue_message(settings, news)

    (message,) = messages(settings)
    document = json.loads(message.body)
    assert (message.channel, message.subject) == ("webhook", "ups-1: The UPS runs on battery (test)")
    assert (document["event"], document["device"], document["kind"]) == ("trap", "ups-1", "ups_on_battery")
    assert document["received"].startswith("2027-01-15T08:00:00")
    assert document["variables"] == {"1.3": "4"}


def test_what_is_under_maintenance_is_silent(tmp_path):
    settings = settings_in(tmp_path)
    now = datetime.now(UTC)
    with ledger_of(settings) as ledger:
        ledger.open_window(MaintenanceWindow(0, now, now + timedelta(hours=1), "ann", "battery", devices=("ups-1",)))

    queue_message(settings, News(event(), KNOWN["ups_on_battery"], UPS))

    assert messages(settings) == ()


def test_without_a_channel_nothing_is_queued(tmp_path):
    settings = settings_in(tmp_path, "")

    queue_message(settings, News(event(), KNOWN["ups_on_battery"], UPS))

    assert not (tmp_path / "state" / "ledger.sqlite").exists()


def test_one_noisy_device_takes_nothing_from_the_others():
    flood = Flood(lambda: 0.0, each=Rate(5, 0), together=Rate(8, 0))

    assert [flood.takes("192.0.2.1") for _ in range(20)].count(True) == 5
    assert [flood.takes("192.0.2.2") for _ in range(3)] == [True] * 3


def test_tokens_come_back():
    clock = Clock()
    flood = Flood(clock, each=Rate(1, 2))
    assert [flood.takes("192.0.2.1"), flood.takes("192.0.2.1")] == [True, False]

    clock.now = 0.5

    assert flood.takes("192.0.2.1")
