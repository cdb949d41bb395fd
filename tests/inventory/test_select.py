import pytest

from dcops.errors import UsageError
from dcops.inventory.select import Selection, configured, identified, select
from dcops.model.device import Device, Drop
from dcops.model.snmp import Snmp


def device(name, site="main", role="router", platform="ios", tags=(), foreign=False):
    return Device(name=name, site=site, role=role, vendor="v", model="m", platform=platform, tags=tags, foreign=foreign)


R1 = device("r1", tags=("edge", "hsrp"))
R2 = device("r2", site="dr", tags=("edge",))
F1 = device("f1", role="firewall", platform="panos", tags=("ips",))
F2 = device("f2", site="dr", role="firewall", platform="panos")
ISP = device("isp-radio", role="radio", platform=None, foreign=True)
ALL = (R1, R2, F1, F2, ISP)


@pytest.mark.parametrize(
    ("selection", "expected"),
    [
        (Selection(), (R1, R2, F1, F2)),
        (Selection(sites=("dr",)), (R2, F2)),
        (Selection(sites=("dr", "main")), (R1, R2, F1, F2)),
        (Selection(sites=("dr",), roles=("firewall",)), (F2,)),
        (Selection(platforms=("panos",), tags=("ips",)), (F1,)),
        (Selection(tags=("ips", "hsrp")), (R1, F1)),
        (Selection(devices=("f2", "r1")), (R1, F2)),
    ],
)
def test_kinds_are_joined_by_and_and_words_of_one_kind_by_or(selection, expected):
    assert select(ALL, selection) == expected


@pytest.mark.parametrize(
    ("selection", "message"),
    [
        (Selection(sites=("mian",)), r"no device has site 'mian'\. Did you mean main\?"),
        (Selection(roles=("firewal",)), r"no device has role 'firewal'\. Did you mean firewall\?"),
        (Selection(platforms=("pan-os",)), r"Did you mean panos\?"),
        (Selection(devices=("r1", "R2x")), r"no device has name 'R2x'\. Did you mean r2\?"),
        (Selection(tags=("",)), "no device has tag ''"),
        (Selection(devices=("r1\x1b[31m",)), r"'r1\\x1b\[31m'"),
    ],
)
def test_an_unknown_word_is_refused_with_the_nearest_one(selection, message):
    with pytest.raises(UsageError, match=message):
        select(ALL, selection)


def test_a_selection_that_leaves_nothing_is_refused():
    with pytest.raises(UsageError, match=r"no device fits.*inventory list"):
        select(ALL, Selection(sites=("dr",), tags=("hsrp",)))


def test_a_device_of_another_organisation_is_touched_by_no_selection():
    assert ISP not in select(ALL, Selection(sites=("main",)))
    with pytest.raises(UsageError, match=r"'isp-radio' belongs to another organisation"):
        select(ALL, Selection(devices=("isp-radio",)))


def test_a_device_of_another_organisation_is_shown_when_asked_for():
    assert select(ALL, Selection(devices=("isp-radio",)), include_foreign=True) == (ISP,)
    assert select(ALL, Selection(), include_foreign=True) == ALL


def test_nothing_asked_of_an_empty_inventory_is_nothing():
    assert select((), Selection()) == ()


UPS = Device("ups-1", "main", "ups", "v", "m", snmp=Snmp("snmp-v3"))
BLIND = Device("old-1", "main", "router", "v", "m")
PUSHER = Device("fw-9", "main", "firewall", "v", "m", snmp=Snmp("snmp-v3"), drop=Drop("Backup-*"))


@pytest.mark.parametrize(
    ("chosen", "selection", "expected"),
    [
        ((R1, UPS, BLIND, PUSHER), Selection(), (R1, BLIND, PUSHER)),
        ((R1, UPS), Selection(sites=("main",)), (R1,)),
        ((R1, UPS), Selection(devices=("r1", "ups-1")), (R1, UPS)),
        ((UPS,), Selection(roles=("ups",)), (UPS,)),
    ],
)
def test_a_run_over_configurations_leaves_out_what_is_only_watched_unless_that_was_meant(chosen, selection, expected):
    assert configured(chosen, selection) == expected


VC = Device("vc-1", "main", "vcenter", "v", "m", platform="vcenter")
ESX = Device("esx-1", "main", "host", "v", "m", platform="esxi", vcenter="vc-1")


def test_vcenters_and_their_hosts_are_only_watched_and_a_vcenter_proves_who_it_is():
    assert configured((R1, VC, ESX), Selection()) == (R1,)
    assert identified((R1, UPS, VC, ESX), Selection()) == (R1, VC)
    assert identified((R1, ESX), Selection(devices=("esx-1",))) == (R1, ESX)
    assert identified((ESX,), Selection(roles=("host",))) == (ESX,)
