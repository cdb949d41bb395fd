"""The event store: bounded, private, and none of it lost when a disk is slow or a file is damaged."""

import sqlite3
import stat
import threading

from dcops.exporters.traps.event import UNKNOWN, Event, Notification
from dcops.exporters.traps.keeper import MOST_WAITING, Keeper
from dcops.exporters.traps.store import KEEP_SECONDS, Store

NOW = 1_800_000_000.0


def event(number, kind="link_down", device="sw-1", age=0.0):
    told = Notification("1.3.6.1.6.3.1.1.5.3", {"1.3.6": str(number)}, "2c")
    return Event(NOW - age + number / 1000, kind, "192.0.2.1", device, "main", told)


def made(folder, **options):
    store = Store(folder / "state" / "traps.sqlite", **options)
    store.make()
    return store


def test_events_come_back_newest_first_and_can_be_chosen(tmp_path):
    store = made(tmp_path)
    store.add([event(1), event(2, device="sw-2"), event(3, kind="link_up")], NOW)

    assert [one.notification.variables["1.3.6"] for one in store.events()] == ["3", "2", "1"]
    assert [one.device for one in store.events(device="sw-2")] == ["sw-2"]
    assert [one.kind for one in store.events(kind="link_up")] == ["link_up"]
    assert [one.kind for one in store.events(since=NOW + 0.003)] == ["link_up"]
    assert len(list(store.events(limit=1))) == 1


def test_only_so_many_are_kept_and_strangers_drive_out_none_of_the_devices(tmp_path):
    store = made(tmp_path, most=5, most_unknown=2)
    store.add([event(number) for number in range(8)], NOW)
    store.add([event(number, UNKNOWN, "") for number in range(50)], NOW)

    assert [one.notification.variables["1.3.6"] for one in store.events(device="sw-1")] == ["7", "6", "5", "4", "3"]
    assert len(list(store.events(kind=UNKNOWN))) == 2


def test_what_is_too_old_goes_and_when_the_last_of_a_kind_came_stays(tmp_path):
    store = made(tmp_path)
    store.add([event(0, "cold_start", age=KEEP_SECONDS + 60)], NOW - KEEP_SECONDS)
    store.add([event(1)], NOW)

    assert [one.kind for one in store.events()] == ["link_down"]
    assert [row[:3] for row in store.last()] == [("sw-1", "cold_start", "main"), ("sw-1", "link_down", "main")]


def test_the_file_is_for_its_owner_alone(tmp_path):
    store = made(tmp_path)

    assert stat.S_IMODE(store.file.stat().st_mode) == 0o600


def test_a_damaged_file_is_put_aside_and_a_new_one_begins(tmp_path):
    store = made(tmp_path)
    store.file.write_bytes(b"no database at all" * 1000)
    for rest in ("-wal", "-shm"):
        store.file.with_name(store.file.name + rest).unlink(missing_ok=True)

    store.make()
    store.add([event(1)], NOW)

    assert len(list(store.events())) == 1
    assert [file.read_bytes()[:2] for file in store.file.parent.glob("*.damaged-*")] == [b"no"]


def test_the_keeper_never_waits_for_the_disk_and_counts_what_it_could_not_keep(tmp_path):
    gate = threading.Event()

    class Slow(Store):
        def add(self, events, now):
            gate.wait(20)
            super().add(events, now)

    store = Slow(tmp_path / "traps.sqlite")
    store.make()
    keeper = Keeper(store)
    for number in range(MOST_WAITING + 100):
        keeper.take(event(number))
    keeper.start()
    gate.set()
    keeper.close()

    assert keeper.lost == 100
    assert len(list(store.events(limit=10_000))) == MOST_WAITING


def test_a_store_that_fails_is_said_to_and_counted(tmp_path):
    class Broken(Store):
        def add(self, events, now):
            raise sqlite3.OperationalError("database or disk is full")

    keeper = Keeper(Broken(tmp_path / "traps.sqlite"))
    keeper.start()
    keeper.take(event(1))
    keeper.close()

    assert (keeper.lost, keeper.well) == (1, False)
