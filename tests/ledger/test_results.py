from datetime import timedelta

import pytest

from dcops.errors import CannotRun
from dcops.model.job import DeviceResult, RunState
from tests.ledger.conftest import NIGHT


def result(key, device, word="ok", **options):
    return DeviceResult(key.job, key.due, device, word, **options)


def test_outcomes_come_back_as_they_were_by_device(nights):
    key = nights.key()
    nights.claim(key)
    told = [
        result(key, "sw-b", "failed", error_kind="auth", error_message="sai mật khẩu", next_step="Sửa", seconds=1.25),
        result(key, "fw-a", "changed", detail="12 lines", seconds=0.5),
    ]
    nights.ledger.record_outcomes(key, iter(told))

    assert nights.ledger.outcomes(key) == (told[1], told[0])
    assert nights.ledger.outcomes(nights.key(1)) == ()


def test_a_second_word_about_a_device_replaces_the_first(nights):
    key = nights.key()
    nights.claim(key)
    nights.ledger.record_outcomes(key, [result(key, "a", "failed"), result(key, "b")])
    nights.ledger.record_outcomes(key, [result(key, "a", "unchanged")])

    assert [(item.device, item.result) for item in nights.ledger.outcomes(key)] == [("a", "unchanged"), ("b", "ok")]


def test_no_outcomes_are_no_mistake(nights):
    key = nights.key()
    nights.claim(key)
    nights.ledger.record_outcomes(key, [])

    assert nights.ledger.outcomes(key) == ()


def test_outcomes_of_a_run_that_the_ledger_does_not_know_are_refused(nights):
    key = nights.key()

    with pytest.raises(CannotRun, match="no run of backup due 2026-01-14T18:00"):
        nights.ledger.record_outcomes(key, [result(key, "a")])


def test_a_devices_nonsense_does_not_keep_the_night_out_of_the_ledger(nights):
    key = nights.key()
    nights.claim(key)
    nights.ledger.record_outcomes(key, [result(key, "a", "failed", error_message="ngu\0 \ud800 ✓ " + "x" * 100_000)])

    kept = nights.ledger.outcomes(key)[0].error_message
    assert kept.startswith("ngu\N{REPLACEMENT CHARACTER} ? ✓ xxx")
    assert len(kept) > 100_000


def test_a_devices_last_success_is_the_begin_of_its_last_good_run(nights):
    ledger = nights.ledger
    for night, words in enumerate([("ok", "failed"), ("unchanged", "changed"), ("skipped", "timeout")]):
        key = nights.key(night)
        nights.claim(key)
        nights.start(key, now=key.due + timedelta(minutes=2))
        ledger.record_outcomes(key, [result(key, device, word) for device, word in zip("ab", words, strict=True)])
        ledger.finish(key, RunState.PARTIAL, now=key.due + timedelta(hours=1))

    second = NIGHT + timedelta(days=1, minutes=2)
    assert ledger.device_successes("backup") == {"a": second, "b": second}
    assert ledger.device_successes("report") == {}


def test_an_old_due_time_that_is_caught_up_does_not_turn_a_devices_clock_back(nights):
    ledger, key, older = nights.ledger, nights.key(1), nights.key(0)
    for which in (key, older):
        nights.claim(which)
        nights.start(which)
        ledger.record_outcomes(which, [result(which, "a")])

    assert ledger.device_successes("backup") == {"a": key.due}
