import pytest

from dcops.model.placement import Cluster, Power
from dcops.placement.failover import Failover, Fate
from tests.placement.house import GIB, host, machine, vcenter


def cluster(**other):
    return [Cluster("c1", "compute", **{"ha": True, "failover_hosts": 1, **other})]


def verdict(one=None, lost=("h1",), **told):
    one = one or machine("portal-1")
    placement = vcenter(one, *told.pop("others", ()), **told)
    return Failover(placement, placement.cluster_of.get("c1"), lost).of(one)


def test_a_protected_machine_of_a_cluster_with_room_is_restarted():
    assert verdict().fate is Fate.RESTARTED


@pytest.mark.parametrize(
    ("told", "fate", "why"),
    [
        ({"clusters": cluster(ha=False)}, Fate.DOWN, "HA is off in compute"),
        ({"clusters": cluster(ha=None)}, Fate.UNSURE, "not known whether HA is on"),
        ({"clusters": []}, Fate.DOWN, "its host stands in no cluster"),
        ({"one": machine("a", protected=False)}, Fate.DOWN, "HA does not protect it"),
        ({"one": machine("a", protected=None)}, Fate.UNSURE, "not known whether HA protects it"),
        ({"one": machine("a", power=None)}, Fate.UNSURE, "not known whether it runs"),
        ({"hosts": [host(1)]}, Fate.DOWN, "no other host of compute takes machines"),
        ({"hosts": [host(1), host(2, maintenance=True)]}, Fate.DOWN, "no other host of compute takes machines"),
        ({"hosts": [host(1), host(2, state="notResponding")]}, Fate.DOWN, "no other host of compute takes machines"),
        ({"hosts": [host(1), host(2, state=None)]}, Fate.UNSURE, "no other host says how it is"),
        (
            {"hosts": [host(1), host(2, datastores=("ds2",))]},
            Fate.DOWN,
            "no other host of compute reaches its datastores",
        ),
    ],
)
def test_what_hinders_a_restart_is_named(told, fate, why):
    found = verdict(**told)

    assert found.fate is fate
    assert why in found.why


@pytest.mark.parametrize(
    "one", [machine("a", power=Power.OFF), machine("a", power=Power.SUSPENDED), machine("a", template=True)]
)
def test_what_did_not_run_does_not_fall(one):
    assert verdict(one, clusters=cluster(ha=False)).fate is Fate.IDLE


def test_hosts_that_did_not_say_what_they_reach_are_not_held_against_a_machine():
    assert verdict(hosts=[host(1), host(2, datastores=())]).fate is Fate.RESTARTED


def test_without_room_for_another_host_nobody_promises_a_restart():
    large = machine("large", on=2, memory_bytes=120 * GIB)

    found = verdict(clusters=cluster(failover_hosts=0), others=[large], hosts=[host(1), host(2), host(3)])

    assert found.fate is Fate.RESTARTED, "8 and 120 GiB fit into the 128 that are left"
    found = verdict(clusters=cluster(failover_hosts=0), others=[large], hosts=[host(1), host(2)])
    assert (found.fate, found.why) == (Fate.UNSURE, "HA of compute has room for 0 lost hosts, not for 1")


def test_more_hosts_lost_than_ha_reckons_with_are_judged_by_the_memory_that_is_left():
    hosts = [host(1), host(2), host(3)]

    assert verdict(lost=("h1", "h2"), hosts=hosts).fate is Fate.RESTARTED
    found = verdict(lost=("h1", "h2"), hosts=hosts, others=[machine("b", on=3, memory_bytes=60 * GIB)])
    assert (found.fate, found.why) == (Fate.UNSURE, "HA of compute has room for 1 lost host, not for 2")


@pytest.mark.parametrize(
    "told",
    [
        {"others": [machine("b", on=2, memory_bytes=None)]},
        {"others": [machine("b", on=2, power=None)]},
        {"hosts": [host(1), host(2, memory_bytes=None)]},
    ],
)
def test_room_that_nobody_told_of_is_not_assumed(told):
    found = verdict(clusters=cluster(failover_hosts=None), **told)

    assert (found.fate, found.why) == (Fate.UNSURE, "not known whether compute has room")
