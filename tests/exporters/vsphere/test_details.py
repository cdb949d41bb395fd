"""The slow collectors: what each reading becomes, and what stays out of it."""

import time

import pytest

from dcops.exporters.vsphere.details import IDLE_SECONDS, Slow
from dcops.exporters.vsphere.problems import Problems
from dcops.vsphere.details.details import About
from dcops.vsphere.details.hosts import Links, Nic, Settings, StoragePath
from dcops.vsphere.details.licences import Licence
from dcops.vsphere.details.sessions import Login
from dcops.vsphere.managed import Managed, Problem
from tests.exporters.vsphere.things import VCENTER, host, machine, mirror, series, states

ALARM = {"alarm": "alarm-1", "overallStatus": "red", "entity": "vm-1", "acknowledged": True}


class Said:
    """A vCenter that answers as it was told."""

    def __init__(self, **answers):
        self.answers = answers
        self.asked = []

    def __getattr__(self, name):
        def answer(*arguments):
            self.asked.append((name, *(sorted(one) for one in arguments)))
            return self.answers[name]

        return answer


def told(what, said, *things, tags=("owner",), attributes=("Owner",)):
    slow = Slow(
        VCENTER, said, mirror(*(things or (machine(), host()))), Problems(VCENTER), tags=tags, attributes=attributes
    )
    return series(getattr(slow, what)())


def test_nics_and_paths_are_told_by_host():
    links = Links(
        nics=(Nic("vmnic0", 10_000, True), Nic("vmnic1", None, None)),
        paths=(
            StoragePath("lun-1", "vmhba1", "active"),
            StoragePath("lun-1", "vmhba2", "dead"),
            StoragePath("lun-2", "vmhba2", "active"),
            StoragePath("lun-2", "vmhba2", "levitating"),
        ),
    )
    found = told("links", Said(read_links=({"host-1": links, "host-9": links}, ())))

    assert found["host_nic_up"] == {(("nic", "vmnic0"),): 1, (("nic", "vmnic1"),): 0}
    assert found["host_nic_speed_bytes_per_second"] == {(("nic", "vmnic0"),): 1.25e9}
    assert found["host_paths"][("adapter", "vmhba2"), ("state", "dead")] == 1
    assert found["host_paths"][("adapter", "vmhba2"), ("state", "unknown")] == 1
    assert found["host_paths"][("adapter", "vmhba1"), ("state", "dead")] == 0
    assert (("adapter", "vmhba1"), ("state", "unknown")) not in found["host_paths"]
    assert list(found["host_dead_path_info"]) == [(("adapter", "vmhba2"), ("lun", "lun-1"))]


def test_hundreds_of_dead_paths_are_counted_and_only_some_are_named():
    links = Links(nics=None, paths=tuple(StoragePath(f"lun-{n}", "vmhba1", "dead") for n in range(500)))
    found = told("links", Said(read_links=({"host-1": links}, ())))

    assert found["host_paths"][("adapter", "vmhba1"), ("state", "dead")] == 500
    assert len(found["host_dead_path_info"]) == 20
    assert "host_nic_up" not in found


def test_settings_of_a_host_and_certificates_are_told():
    settings = Settings({"ntpd": True, "TSM-SSH": False, "DCUI": True}, ("192.0.2.1",), "lockdownNormal", 2e9)
    found = told("settings", Said(read_settings=({"host-1": settings}, ()), read_certificate=1.9e9))

    assert found["host_ntp_running"] == {(): 1}
    assert found["host_ssh_running"] == {(): 0}
    assert states(found, "host_lockdown_mode") == {"mode": "lockdownNormal"}
    assert found["tls_certificate_not_after_timestamp_seconds"] == {
        (("endpoint", "vcenter"),): 1.9e9,
        (("endpoint", "esxi"),): 2e9,
    }


def test_a_host_that_did_not_tell_its_settings_has_none():
    found = told(
        "settings", Said(read_settings=({"host-1": Settings(None, None, None, None)}, ()), read_certificate=None)
    )

    assert found == {}


def test_the_clock_is_told_with_its_sign():
    about = About("VMware vCenter Server", "8.0.2", "1234", "8.0.2.0", "")
    found = told("clock", Said(about=about, read_clock=-2.5))

    assert found["vcenter_clock_offset_seconds"] == {(): -2.5}
    assert (
        ("api_version", "8.0.2.0"),
        ("build", "1234"),
        ("name", "VMware vCenter Server"),
        ("version", "8.0.2"),
    ) in found["vcenter_info"]


def test_sessions_are_counted_and_nobody_is_named():
    now = time.time()
    logins = [Login("alice", "192.0.2.9", "x", now, active, False) for active in (now, now - IDLE_SECONDS - 60, 0.0)]
    found = told("sessions", Said(read_logins=logins))

    assert found == {"vcenter_sessions": {(): 3}, "vcenter_idle_sessions": {(): 1}}


def test_licences_of_one_name_are_one_and_the_first_to_end_counts():
    licences = [
        Licence("vSphere 8", "e", "cpuPackage", 10, 8, 3e9),
        Licence("vSphere 8", "e", "cpuPackage", 20, 1, 2e9),
        Licence("Evaluation", "e", "", 0, None, None),
    ]
    found = told("licences", Said(read_licences=licences))

    key = (("license", "vSphere 8"), ("unit", "cpuPackage"))
    assert found["vcenter_license_units"] == {key: 30}
    assert found["vcenter_license_used_units"][key] == 9
    assert found["license_not_after_timestamp_seconds"] == {(("feature", "vSphere 8"),): 2e9}


def test_only_machines_with_snapshots_are_asked_for_their_size():
    said = Said(read_snapshot_bytes={"vm-2": 77})
    snapshot = {"rootSnapshotList": [{"createTime": 1.0}]}
    found = told("snapshots", said, machine(), machine("vm-2", snapshot=snapshot))

    assert said.asked == [("read_snapshot_bytes", ["vm-2"])]
    assert found == {"vm_snapshot_bytes": {(): 77}}


def test_where_there_is_no_snapshot_nobody_is_asked():
    said = Said()

    assert told("snapshots", said) == {}
    assert said.asked == []


def test_alarms_have_names_and_those_on_the_vcenter_itself_are_counted():
    root = Managed(
        "Folder",
        "group-d1",
        {"triggeredAlarmState": [{**ALARM, "entity": "group-d1"}, ALARM, {**ALARM, "entity": "host-1"}]},
    )
    said = Said(read_root=root, read_alarm_names={"alarm-1": "Virtual machine on fire"})
    found = told("alarms", said, machine(triggeredAlarmState=[ALARM]))

    assert found["vcenter_alarms"] == {(("status", "yellow"),): 0, (("status", "red"),): 1}
    assert list(found["vsphere_alarm_info"]) == [
        (("acknowledged", "yes"), ("alarm", "Virtual machine on fire"), ("status", "red"))
    ]


def test_a_storm_of_alarms_is_bounded():
    raised = [{**ALARM, "alarm": f"alarm-{n}"} for n in range(50)]
    things = [
        machine(f"vm-{n}", triggeredAlarmState=[{**one, "entity": f"vm-{n}"} for one in raised]) for n in range(300)
    ]
    slow = Slow(
        VCENTER,
        Said(read_root=None, read_alarm_names={}),
        mirror(*things),
        Problems(VCENTER),
        tags=(),
        attributes=(),
    )

    assert slow.alarms()["dcops_vsphere_alarm_info"].count("\n") == 500


@pytest.mark.parametrize(
    ("what", "said", "metric", "labels"),
    [
        (
            "tags",
            Said(read_tags={"vm-1": (("owner", "health"), ("diary", "today")), "vm-9": (("owner", "x"),)}),
            "vsphere_tag_info",
            {"category": "owner", "tag": "health"},
        ),
        (
            "attributes",
            Said(read_attributes=({"vm-1": {"Owner": "health", "Last backup": "03:00"}}, ())),
            "vsphere_attribute_info",
            {"attribute": "Owner", "value": "health"},
        ),
    ],
)
def test_only_what_the_settings_name_becomes_a_series(what, said, metric, labels):
    found = told(what, said)

    assert [dict(one) for one in found[metric]] == [labels]


def test_what_is_not_shown_is_handed_on():
    problems = Problems(VCENTER)
    lacking = Problem("HostSystem", "host-1", "config", "NoPermission", "Host.Config")
    Slow(VCENTER, Said(read_links=({}, (lacking,))), mirror(), problems, tags=(), attributes=()).links()

    assert problems.all() == [lacking]
