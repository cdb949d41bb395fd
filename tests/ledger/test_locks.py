from datetime import timedelta

from tests.ledger.conftest import NIGHT

MINUTE = timedelta(minutes=1)


def test_free_devices_are_locked_and_held_ones_name_their_holder(ledger):
    assert ledger.lock_devices(["a", "b"], owner="backup/1", now=NIGHT, ttl_seconds=60) == {}
    assert ledger.lock_devices(["b", "c"], owner="change/7", now=NIGHT, ttl_seconds=60) == {"b": "backup/1"}

    assert ledger.device_locks(NIGHT) == {
        "a": ("backup/1", NIGHT + MINUTE),
        "b": ("backup/1", NIGHT + MINUTE),
        "c": ("change/7", NIGHT + MINUTE),
    }


def test_no_devices_need_no_locks(ledger):
    assert ledger.lock_devices([], owner="o", now=NIGHT, ttl_seconds=60) == {}


def test_an_owner_may_lock_its_devices_again_and_then_holds_them_longer(ledger):
    ledger.lock_devices(["a"], owner="o", now=NIGHT, ttl_seconds=60)

    assert ledger.lock_devices(["a", "a"], owner="o", now=NIGHT + MINUTE / 2, ttl_seconds=60) == {}
    assert ledger.device_locks(NIGHT)["a"] == ("o", NIGHT + 1.5 * MINUTE)


def test_a_lock_that_expired_is_taken_over_and_cannot_be_renewed_by_who_lost_it(ledger):
    ledger.lock_devices(["a", "b"], owner="dead", now=NIGHT, ttl_seconds=60)

    assert ledger.lock_devices(["a"], owner="next", now=NIGHT + MINUTE, ttl_seconds=60) == {}
    assert ledger.renew_locks("dead", now=NIGHT + MINUTE, ttl_seconds=600) == 1
    assert {device: owner for device, (owner, _) in ledger.device_locks(NIGHT + MINUTE).items()} == {
        "a": "next",
        "b": "dead",
    }


def test_a_renewed_lock_is_not_taken_over(ledger):
    ledger.lock_devices(["a"], owner="slow", now=NIGHT, ttl_seconds=60)
    ledger.renew_locks("slow", now=NIGHT + MINUTE / 2, ttl_seconds=60)

    assert ledger.lock_devices(["a"], owner="next", now=NIGHT + MINUTE, ttl_seconds=60) == {"a": "slow"}


def test_an_expired_lock_is_not_listed(ledger):
    ledger.lock_devices(["a"], owner="o", now=NIGHT, ttl_seconds=60)

    assert ledger.device_locks(NIGHT + MINUTE) == {}


def test_unlocking_lets_go_of_all_that_one_owner_holds_and_of_nothing_else(ledger):
    ledger.lock_devices(["a", "b"], owner="one", now=NIGHT, ttl_seconds=60)
    ledger.lock_devices(["c"], owner="two", now=NIGHT, ttl_seconds=60)
    ledger.unlock_devices("one")
    ledger.unlock_devices("nobody")

    assert list(ledger.device_locks(NIGHT)) == ["c"]
    assert ledger.lock_devices(["a", "b", "c"], owner="three", now=NIGHT, ttl_seconds=60) == {"c": "two"}


def test_forty_thousand_devices_are_locked_in_one_call(ledger):
    devices = [f"device-{number}" for number in range(40_000)]
    ledger.lock_devices(devices[:1], owner="other", now=NIGHT, ttl_seconds=60)

    assert ledger.lock_devices(devices, owner="o", now=NIGHT, ttl_seconds=60) == {"device-0": "other"}
    assert len(ledger.device_locks(NIGHT)) == 40_000
