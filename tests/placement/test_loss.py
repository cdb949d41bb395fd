from dcops.model.placement import Cluster, Power
from dcops.placement.failover import Fate
from dcops.placement.loss import without
from tests.placement.house import host, machine, vcenter, world


def lose(known, *names):
    return without(known, [one for one in known.hosts if one.name in names])


def test_machines_of_the_lost_host_fall_and_their_systems_with_them():
    loss = lose(
        world(vcenter(machine("portal-1"), machine("portal-2", on=2), machine("mail-1"), machine("x"))), "esx-01"
    )

    assert {(one.spot.machine.name, one.verdict.fate) for one in loss.machines} == {
        ("portal-1", Fate.RESTARTED),
        ("mail-1", Fate.RESTARTED),
        ("x", Fate.RESTARTED),
    }
    hit = [(one.system, len(one.lost), one.running, one.all_at_once) for one in loss.systems]
    assert hit == [("mail", 1, 1, True), ("portal", 1, 2, False)]
    assert not loss.lasting


def test_a_system_is_lost_whole_when_all_that_runs_of_it_was_there():
    idle = machine("portal-3", on=2, power=Power.OFF)
    loss = lose(world(vcenter(machine("portal-1"), machine("portal-2"), idle)), "esx-01")

    (portal,) = loss.systems
    assert (portal.running, portal.all_at_once) == (2, True)


def test_stand_ins_of_another_vcenter_are_told():
    replica = machine("portal-1", power=Power.OFF, replica=True, protected=False)
    known = world(vcenter(machine("portal-1")), vcenter(replica, name="vc-dr", hosts=[host(9)]))

    (portal,) = lose(known, "esx-01").systems

    assert [spot.vcenter for spot in portal.replicas] == ["vc-dr"]
    assert portal.running == 1, "a replica does no work"


def test_a_lost_replica_takes_no_system_down():
    replica = machine("portal-1", power=Power.OFF, replica=True)
    loss = lose(world(vcenter(replica)), "esx-01")

    assert loss.systems == ()
    assert [one.verdict.fate for one in loss.machines] == [Fate.IDLE]


def test_the_worst_hit_system_stands_first_and_says_its_worst_fate():
    known = world(vcenter(machine("mail-1"), machine("mail-2", on=2), machine("portal-1", protected=False)))

    loss = lose(known, "esx-01")

    assert [(one.system, one.fate) for one in loss.systems] == [("portal", Fate.DOWN), ("mail", Fate.RESTARTED)]
    assert loss.lasting
    assert loss.count(Fate.DOWN) == 1


def test_hosts_of_one_cluster_are_lost_together_and_those_of_another_apart():
    clusters = [Cluster("c1", "one", True, True, 1), Cluster("c2", "two", True, True, 1)]
    hosts = [host(1), host(2, memory_bytes=1), host(3, "c2"), host(4, "c2")]
    known = world(vcenter(machine("a"), machine("b", on=3), hosts=hosts, clusters=clusters))

    assert lose(known, "esx-01", "esx-03").count(Fate.RESTARTED) == 2
    assert lose(known, "esx-01", "esx-02").count(Fate.DOWN) == 1, "nobody of the cluster is left"


def test_the_loss_of_one_system_or_machine_leaves_the_others_out():
    known = world(vcenter(machine("portal-1"), machine("mail-1")))
    loss = lose(known, "esx-01")

    assert [one.spot.machine.name for one in loss.of_system("mail").machines] == ["mail-1"]
    assert [one.system for one in loss.of_system("mail").systems] == ["mail"]
    (spot,) = known.called("portal-1")
    assert [one.system for one in loss.of_machine(spot).systems] == ["portal"]
    (elsewhere,) = world(vcenter(machine("portal-1", on=2))).called("portal-1")
    assert loss.of_machine(elsewhere).machines == ()
