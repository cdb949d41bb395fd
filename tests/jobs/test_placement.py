from dataclasses import replace
from datetime import timedelta

import pytest

from dcops.errors import CannotRun, DeviceError, ErrorKind
from dcops.jobs.placement import Keeper, file_of, fresh, stored, vcenters_of
from dcops.model.device import Device
from tests.placement.house import NOW, esxi, machine, vcenter

MAIN = Device("vc-main", "main", "vcenter", "VMware", "vCenter", platform="vcenter")


class Clock:
    def __init__(self):
        self.time = NOW

    def __call__(self):
        return self.time

    def go(self, **delta):
        self.time += timedelta(**delta)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def keeper(tmp_path, clock):
    return Keeper(tmp_path, clock)


def test_what_was_offered_is_read_again_by_whoever_asks(tmp_path, keeper):
    told = vcenter(machine("portal-1"))

    assert keeper.offer(told)

    known = stored(tmp_path, ["vc-main", "vc-dr"])
    assert known.placements == (told,)
    assert known.lacking == {"vc-dr": "no exporter has written yet what it holds"}
    assert file_of(tmp_path, "vc-main").stat().st_mode & 0o077 == 0


def test_changes_are_written_at_most_once_a_minute_and_the_last_one_comes(tmp_path, keeper, clock):
    keeper.offer(vcenter(machine("a")))
    clock.go(seconds=20)
    assert not keeper.offer(vcenter(machine("b")))
    clock.go(seconds=40)

    assert keeper.offer(vcenter(machine("c")))
    assert stored(tmp_path, ["vc-main"]).placements[0].machines[0].name == "c"


def test_what_did_not_change_is_confirmed_now_and_then_so_that_its_age_can_be_believed(tmp_path, keeper, clock):
    same = vcenter(machine("a"))
    keeper.offer(same)
    clock.go(minutes=9)
    assert not keeper.offer(replace(same, seen=clock()))
    clock.go(minutes=1)

    assert keeper.offer(replace(same, seen=clock()))
    assert stored(tmp_path, ["vc-main"]).placements[0].seen == clock()


def test_a_clock_that_was_put_back_does_not_stop_it(keeper, clock):
    keeper.offer(vcenter(machine("a")))
    clock.go(days=-2)

    assert keeper.offer(vcenter(machine("a")))


def test_each_vcenter_has_its_own_turn(keeper):
    assert keeper.offer(vcenter())
    assert keeper.offer(vcenter(name="vc-dr"))


def test_a_disk_that_takes_nothing_is_named_and_the_next_offer_tries_again(tmp_path, keeper):
    (tmp_path / "vsphere").write_text("in the way")

    for _ in range(2):
        with pytest.raises(CannotRun, match="vsphere"):
            keeper.offer(vcenter())


@pytest.mark.parametrize(("text", "why"), [(b"{", "no placement"), (b'{"version": 7}', "version 7")])
def test_a_broken_file_is_named_and_the_other_vcenter_counts(tmp_path, keeper, text, why):
    keeper.offer(vcenter(name="vc-dr"))
    file_of(tmp_path, "vc-main").write_bytes(text)

    known = stored(tmp_path, ["vc-main", "vc-dr"])

    assert [one.vcenter for one in known.placements] == ["vc-dr"]
    assert str(file_of(tmp_path, "vc-main")) in known.lacking["vc-main"]
    assert why in known.lacking["vc-main"]


def test_a_file_of_another_vcenter_is_not_taken_for_this_one(tmp_path, keeper):
    keeper.offer(vcenter(name="vc-dr"))
    file_of(tmp_path, "vc-dr").rename(file_of(tmp_path, "vc-main"))

    assert "tells of vc-dr" in stored(tmp_path, ["vc-main"]).lacking["vc-main"]


def test_asked_now_a_silent_vcenter_is_named_and_the_other_counts():
    def ask(device):
        if device is MAIN:
            raise DeviceError(ErrorKind.TIMEOUT, "no answer in 30 s", next_step="See whether it is up")
        return vcenter(name=device.name)

    known = fresh([MAIN, replace(MAIN, name="vc-dr")], ask)

    assert [one.vcenter for one in known.placements] == ["vc-dr"]
    assert "no answer in 30 s" in known.lacking["vc-main"]


def test_only_vcenters_of_ours_are_asked():
    assert vcenters_of([MAIN, replace(MAIN, name="theirs", foreign=True), esxi(1)]) == (MAIN,)
