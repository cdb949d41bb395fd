from dataclasses import replace

from dcops.model.placement import Power
from dcops.placement.summary import summary
from tests.placement.house import esxi, host, machine, system, vcenter, world


def test_a_host_is_known_by_its_name_without_the_domain_and_has_the_rack_of_its_entry():
    known = world(vcenter(machine("portal-1")))

    (spot,) = known.of_system("portal")
    assert (spot.host.name, spot.host.rack, spot.host.cluster.name) == ("esx-01", "A03", "compute")
    assert known.host_of(esxi(2)).host.moid == "h2"
    assert [one.machine.name for one in known.on(known.host_of(esxi(1)))] == ["portal-1"]


def test_a_host_that_the_inventory_has_not_keeps_the_name_that_vcenter_gives_it():
    (one,) = world(vcenter(hosts=[host(7)])).hosts

    assert (one.name, one.device, one.rack) == ("esx-07.example.test", None, "")


def test_hosts_of_one_name_in_two_vcenters_are_told_apart_by_the_entry():
    there = world(vcenter(hosts=[host(1)]), vcenter(name="vc-dr", hosts=[host(1)]), devices=[esxi(1, "vc-dr")])

    assert [(one.placement.vcenter, one.device and one.device.name) for one in there.hosts] == [
        ("vc-dr", "esx-01"),
        ("vc-main", None),
    ]


def test_machines_of_one_name_are_all_found_and_one_vcenter_can_be_named():
    known = world(vcenter(machine("twin"), machine("twin", on=2)), vcenter(machine("Twin"), name="vc-dr"))

    assert len(known.called("twin")) == 3
    assert [spot.vcenter for spot in known.called("vc-dr/twin")] == ["vc-dr"]
    assert known.called("twi") == ()


def test_a_machine_without_a_host_and_with_a_datastore_that_nobody_names_is_shown_as_it_is():
    (spot,) = world(vcenter(machine("portal-1", on=None, datastores=("ds1", "ds9")))).of_system("portal")

    assert spot.host is None
    assert spot.datastores == ("vmfs-1", "ds9")


def test_foreign_hosts_are_nobody_of_ours():
    foreign = replace(esxi(1), foreign=True)

    assert world(vcenter(), devices=[foreign]).hosts[0].device is None


def test_a_summary_counts_all_and_rests_on_what_works():
    machines = (
        machine("portal-1", networks=("Server",)),
        machine("portal-2", on=2, datastores=("ds1", "ds2")),
        machine("portal-3", on=3, power=Power.OFF, replica=True),
    )
    told = summary(world(vcenter(*machines), systems=[system("portal")]).of_system("portal"))

    assert (told.machines, told.at_work, told.replicas) == (3, 2, 1)
    assert told.hosts == (("vc-main", "esx-01"), ("vc-main", "esx-02"))
    assert told.datastores == (("vc-main", "vmfs-1"), ("vc-main", "vmfs-2"))
    assert (told.clusters, told.networks) == ((("vc-main", "compute"),), (("vc-main", "Server"),))
    assert told.systems == ("portal",)
