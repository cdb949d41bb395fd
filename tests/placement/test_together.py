from dcops.model.placement import Power
from dcops.placement.together import together
from tests.placement.house import machine, vcenter, world


def shared(*machines):
    known = world(vcenter(*machines))
    return [[spot.machine.name for spot in one.spots] for one in together(known.of_system("portal"))]


def test_all_of_a_kind_on_one_host_are_named():
    assert shared(machine("portal-db-1"), machine("portal-db-2"), machine("portal-web-1")) == [
        ["portal-db-1", "portal-db-2"]
    ]


def test_one_elsewhere_is_enough():
    assert shared(machine("portal-db-1"), machine("portal-db-2"), machine("portal-db-3", on=2)) == []


def test_what_does_not_work_now_stands_in_for_nobody():
    off = machine("portal-db-2", on=2, power=Power.OFF)
    assert shared(machine("portal-db-1"), off) == []
    assert shared(machine("portal-db-1"), off, machine("portal-db-3")) == [["portal-db-1", "portal-db-3"]]


def test_different_work_may_share_a_host_and_so_may_what_is_on_no_host():
    assert shared(machine("portal-db"), machine("portal-web")) == []
    assert shared(machine("portal-db-1", on=None), machine("portal-db-2", on=None)) == []
