from datetime import timedelta

from dcops.model.finding import Severity, Status
from dcops.model.placement import Power
from dcops.placement.gaps import findings
from tests.placement.house import NOW, esxi, host, machine, system, vcenter, world


def found(known, id_):
    return [one for one in findings(known, NOW) if one.id == id_]


WELL = (machine("portal-1"), machine("mail-1", on=2))


def test_where_all_fits_nothing_is_found():
    assert findings(world(vcenter(*WELL)), NOW) == ()


def test_a_machine_of_no_system_is_found_and_weighs_less_when_it_is_off():
    known = world(vcenter(*WELL, machine("stray"), machine("old", power=Power.OFF), machine("tpl", template=True)))

    told = {one.title: (one.severity, one.evidence) for one in found(known, "VIR-001")}
    assert told == {
        "stray belongs to no system": (Severity.MEDIUM, "in vc-main on esx-01, running"),
        "old belongs to no system": (Severity.LOW, "in vc-main on esx-01, off"),
    }


def test_a_system_whose_words_fit_nothing_is_found_and_one_that_says_nothing():
    silent = system("silent")
    silent = type(silent)("silent", "Silent")
    known = world(vcenter(*WELL), systems=[system("portal"), system("mail"), system("gone"), silent])

    assert [(one.title, one.severity, one.evidence) for one in found(known, "VIR-002")] == [
        ("gone runs on no machine that is known", Severity.MEDIUM, "no machine is called gone-*"),
        ("silent runs on no machine that is known", Severity.LOW, "the inventory says nothing of its machines"),
    ]


def test_a_system_that_runs_elsewhere_is_not_missed():
    known = world(vcenter(*WELL), systems=[system("portal"), system("mail"), system("cloud", runs_elsewhere="a cloud")])

    assert found(known, "VIR-002") == []


def test_what_a_vcenter_may_have_that_nobody_saw_is_not_called_missing():
    (one,) = found(world(vcenter(machine("mail-1")), lacking=["vc-dr"]), "VIR-002")

    assert one.status is Status.COULD_NOT_CHECK
    assert one.evidence == "no machine is called portal-*; vc-dr may have it"


def test_hosts_that_only_one_side_has_are_found():
    known = world(vcenter(*WELL, hosts=[host(1), host(2), host(8)]))

    (unknown,) = found(known, "VIR-003")
    assert (unknown.title, unknown.evidence) == (
        "esx-08.example.test is not in the inventory",
        "a host of cluster compute in vc-main",
    )
    (missing,) = found(known, "VIR-004")
    assert (missing.device, missing.title) == ("esx-03", "esx-03 is in the inventory and not in vc-main")


def test_a_host_whose_entry_names_another_vcenter_is_found_and_not_called_unknown():
    known = world(vcenter(*WELL), devices=[esxi(1), esxi(2), esxi(3, vcenter=None)])

    (one,) = found(known, "VIR-003")
    assert (one.title, one.evidence) == ("esx-03 belongs to vc-main", "its entry says no vcenter")
    assert found(known, "VIR-004") == []


def test_a_host_of_a_vcenter_that_is_not_known_is_not_called_missing():
    known = world(vcenter(*WELL), devices=[esxi(1), esxi(2), esxi(3), esxi(9, "vc-dr")], lacking=["vc-dr"])

    assert found(known, "VIR-004") == []


def test_a_machine_that_two_systems_claim_equally_is_found():
    known = world(vcenter(*WELL), systems=[system("portal"), system("mail"), system("both", "portal-?")])

    (one,) = found(known, "VIR-005")
    assert one.title == "portal-1 belongs to 2 systems"


def test_stand_ins_on_one_host_are_found():
    (one,) = found(world(vcenter(*WELL, machine("portal-2"))), "VIR-006")

    assert (one.device, one.evidence) == ("esx-01", "portal-1, portal-2")


def test_what_is_old_or_hidden_could_not_be_checked():
    known = world(vcenter(*WELL, seen=NOW - timedelta(days=3)), vcenter(name="vc-dr", hosts=[], unseen=4))

    told = {(one.device, one.status, one.evidence) for one in found(known, "VIR-007")}
    assert told == {
        ("vc-main", Status.COULD_NOT_CHECK, "it was last seen 3 days ago, and is judged by that"),
        ("vc-dr", Status.COULD_NOT_CHECK, "the account may not see 4 of its objects: mend its role"),
    }
