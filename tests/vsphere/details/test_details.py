import time

import pytest

from dcops.errors import DeviceError, ErrorKind


@pytest.fixture
def details(vcenter):
    return vcenter.details()


def moids(simulator, kind):
    return {each["moid"] for each in simulator.control.ask("objects", kind=kind)["objects"]}


def test_it_says_what_it_is_without_another_call(simulator, details):
    details.read_clock()
    simulator.control.reset()
    about = details.about()

    assert about.name == "VMware vCenter Server"
    assert about.api_version
    assert simulator.control.calls() == {}


def test_its_clock_is_ours_here(details):
    assert abs(details.read_clock()) < 30


def test_its_certificate_is_the_one_that_it_shows(simulator, details):
    import ssl

    from cryptography import x509

    shown = x509.load_pem_x509_certificate(ssl.get_server_certificate((simulator.host, simulator.port)).encode())

    assert details.read_certificate() == shown.not_valid_after_utc.timestamp()


def test_links_of_every_host_are_read_in_one_call(simulator, details):
    details.read_clock()
    simulator.control.reset()
    links, problems = details.read_links()

    assert set(links) == moids(simulator, "HostSystem")
    assert problems == ()
    assert simulator.control.calls() == {"RetrievePropertiesEx": 1}
    assert all(each.nics and each.paths for each in links.values())


def test_a_network_port_without_a_link_has_no_speed(simulator, details):
    host = min(moids(simulator, "HostSystem"))
    simulator.control.do("nic", host=host, nic="vmnic0", up=False)
    down = details.read_links()[0][host].nics
    simulator.control.do("nic", host=host, nic="vmnic0", up=True)
    up = details.read_links()[0][host].nics

    assert [nic.megabits for nic in down if nic.device == "vmnic0"] == [None]
    assert [bool(nic.megabits) for nic in up if nic.device == "vmnic0"] == [True]


def test_a_dead_path_is_told(simulator, details):
    host = min(moids(simulator, "HostSystem"))
    before = details.read_links()[0][host].paths
    adapter = before[0].adapter
    simulator.control.do("path", host=host, path=adapter, dead=True)
    after = details.read_links()[0][host].paths
    simulator.control.do("path", host=host, path=adapter, dead=False)

    assert adapter.startswith("vmhba")
    assert "dead" not in {path.state for path in before}
    assert {path.state for path in after if path.adapter == adapter} == {"dead"}
    assert "dead" not in {path.state for path in after if path.adapter != adapter}


def test_a_host_that_does_not_tell_is_not_one_without_links(simulator, details):
    simulator.control.do("deny", type="HostSystem", path="config.network", privilege="System.Read")
    links, problems = details.read_links()

    assert {each.nics for each in links.values()} == {None}
    assert {problem.path for problem in problems} == {"config.network.pnic"}


def test_settings_of_hosts_are_read(simulator, details):
    settings, _ = details.read_settings()

    assert set(settings) == moids(simulator, "HostSystem")
    assert {each.services["ntpd"] for each in settings.values()} == {True}
    assert all(each.time_servers for each in settings.values())


def test_licences_are_read_without_their_keys(simulator, details):
    standard, evaluation = details.read_licences()

    assert (standard.name, standard.edition, standard.unit, standard.total, standard.used, standard.not_after) == (
        "Standard",
        "vc.standard.instance",
        "server",
        2,
        1,
        None,
    )
    assert 29 * 86400 < evaluation.not_after - time.time() < 31 * 86400
    assert not hasattr(standard, "key")


def test_our_own_session_is_known_among_all(simulator, details):
    logins = details.read_logins()

    assert [each.user for each in logins if each.is_ours] == [simulator.user]
    assert {each.agent for each in logins} == {"dcops"}


def test_a_privilege_that_licences_need_is_named(simulator, details):
    details.read_clock()
    simulator.control.do("fault", kind="soap-fault", fault="NoPermission", method="RetrievePropertiesEx")
    with pytest.raises(DeviceError, match="a privilege is missing") as caught:
        details.read_licences()

    assert caught.value.kind is ErrorKind.DENIED
    assert "vcenter-role.md" in caught.value.next_step


def test_names_of_alarms_are_asked_for_once(simulator, vcenter, details):
    found = vcenter.reader().everything({"HostSystem": ("triggeredAlarmState",)}).objects
    host = found[0].moid
    simulator.control.do("alarm", object=host, alarm="Host memory usage", status="red")
    (state, *_) = [
        each
        for one in vcenter.reader().everything({"HostSystem": ("triggeredAlarmState",)}).objects
        if one.moid == host
        for each in one.properties["triggeredAlarmState"]
    ]
    simulator.control.reset()
    first = details.read_alarm_names([state["alarm"], "alarm-99999"])
    second = details.read_alarm_names([state["alarm"], "alarm-99999"])
    asked = simulator.control.calls()["RetrievePropertiesEx"]
    third = details.read_alarm_names([state["alarm"]])

    assert first == second == third == {state["alarm"]: "Host memory usage"}
    assert simulator.control.calls()["RetrievePropertiesEx"] == asked


def test_attributes_are_read_by_their_names(simulator, details):
    attributes, problems = details.read_attributes()

    assert problems == ()
    assert set(attributes) <= moids(simulator, "VirtualMachine") | moids(simulator, "HostSystem")


def test_tags_are_read_and_the_session_for_them_is_ended(simulator, details):
    tags = details.read_tags()
    again = details.read_tags()
    calls = simulator.control.calls()

    assert sorted(tags.values()) == [(("backup", "nightly"), ("owner", "noc"))] * 4 + [(("owner", "noc"),)] * 4
    assert again == tags
    assert calls["POST /rest/com/vmware/cis/session"] == calls["DELETE /rest/com/vmware/cis/session"] == 2


def test_the_session_for_tags_is_ended_when_reading_fails(simulator, details):
    simulator.control.do("fault", kind="unavailable", method="GET /rest/com/vmware/cis/tagging/tag")
    with pytest.raises(DeviceError) as caught:
        details.read_tags()

    assert caught.value.kind is ErrorKind.UNREACHABLE
    assert simulator.control.calls()["DELETE /rest/com/vmware/cis/session"] == 1


def test_snapshots_are_measured_of_machines_that_are_still_there(simulator, details):
    machine = min(moids(simulator, "VirtualMachine"))
    simulator.control.do("snapshot", vm=machine, name="before-patch", bytes=5 << 30, age_seconds=86400)
    measured = details.read_snapshot_bytes([machine, "vm-99999"])
    simulator.control.do("snapshot", vm=machine, remove=True)

    assert set(measured) == {machine}
    assert measured[machine] >= 5 << 30
    assert details.read_snapshot_bytes([machine]) == {machine: 0}
