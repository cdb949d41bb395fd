"""What is captured besides configurations: answers of servers, hosts through their vCenter, lists that people wrote."""

from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest

from dcops.audit.advisories import Advisories
from dcops.audit.approvals import Approval
from dcops.audit.subject import Subject
from dcops.devices.fleet import Answer
from dcops.devices.linux.state import QUESTIONS, Learned
from dcops.errors import DeviceError, ErrorKind
from dcops.jobs.compliance.capture import vsphere
from dcops.jobs.compliance.capture.captured import Means
from dcops.jobs.compliance.capture.listed import NO_ACCOUNTS, listed
from dcops.jobs.compliance.capture.servers import ServerState
from dcops.jobs.compliance.capture.vsphere import Hosts
from dcops.model.device import Device
from dcops.vsphere.details.hardening import Hardening
from dcops.vsphere.managed import Problem

NOW = datetime(2026, 1, 15, 1, 0, tzinfo=UTC)
NAMES = {question.key for question in QUESTIONS}


def device(name, platform, **more):
    return Device(name=name, site="main", role="x", vendor="x", model="x", platform=platform, **more)


class Servers:
    """A fleet whose servers answer from a dictionary."""

    def __init__(self, answers):
        self.answers = answers

    def ask(self, devices, work):
        for one in devices:
            answer = self.answers[one.name]
            if isinstance(answer, DeviceError):
                yield Answer(one, None, answer, 1.0)
            else:
                driver = SimpleNamespace(open=lambda: None, read_state=lambda told=answer: told)
                yield Answer(one, work(one, driver), None, 1.0)


def means(**more):
    return Means(archive=None, formats=None, well_known=None, clock=lambda: NOW, **more)


def test_only_servers_are_asked_as_servers_and_only_hosts_through_a_vcenter():
    assert ServerState().gives("ios") == Hosts().gives("linux") == ()
    assert set(ServerState().gives("linux")) == {f"state/{name}" for name in NAMES}
    assert Hosts().gives("esxi") == Hosts().gives("vcenter") == ("vsphere",)


def test_each_answer_is_a_source_and_each_silence_says_why():
    told = (Learned("sshd", {"port": ["22"]}), Learned("updates", {}, "apt-get: not there"))
    (found,) = ServerState().capture(means(fleet=Servers({"srv": told})), [device("srv", "linux")])

    sshd, updates = found.sources
    assert (sshd.title, sshd.content, sshd.problem, sshd.taken) == ("state/sshd", {"port": ["22"]}, "", NOW)
    assert (updates.title, updates.problem) == ("state/updates", "apt-get: not there")
    assert found.error is None


def test_of_a_server_that_does_not_answer_every_source_says_so():
    error = DeviceError(ErrorKind.TIMEOUT, "it fell silent")
    (found,) = ServerState().capture(means(fleet=Servers({"srv": error})), [device("srv", "linux")])

    assert {source.name for source in found.sources} == NAMES
    assert {source.problem for source in found.sources} == {"it fell silent"}
    assert found.error is error


def host(name, **changed):
    made = {
        "name": name, "is_connected": True, "version": "8.0.2", "build": "1", "lockdown": "lockdownNormal",
        "services": {}, "time_servers": ("192.0.2.53",), "certificate_not_after": 1.8e9, "blocks_incoming": True,
        "options": {"Syslog.global.logHost": ""},
    }  # fmt: skip
    return Hardening(**made | changed)


@pytest.fixture
def asked(monkeypatch):
    """vCenters that answer from a dictionary, and how often each was asked."""
    answers, counted = {}, []

    def ask(_means, own):
        counted.append(own.name)
        answer = answers[own.name]
        if isinstance(answer, DeviceError):
            raise answer
        hosts, problems = answer
        return hosts, problems, {"version": "8.0.2", "build": "7", "certificate_not_after": 1.8e9}

    monkeypatch.setattr(vsphere, "_asked", ask)
    return answers, counted


def captured(asked, devices, **more):
    vcenters = {name: device(name, "vcenter") for name in asked[0]}
    found = Hosts().capture(means(vcenters=vcenters, **more), devices)
    return {each.device.name: each for each in found}


def test_a_vcenter_is_asked_once_for_all_its_hosts_and_itself(asked):
    asked[0]["vc"] = ({"host-1": host("esx-01.example.test"), "host-2": host("ESX-02")}, ())
    names = [device(name, "esxi", vcenter="vc") for name in ("esx-01", "esx-02")]
    found = captured(asked, [*names, device("vc", "vcenter")])

    assert asked[1] == ["vc"]
    assert {each.version for each in found.values()} == {"8.0.2 build 1", "8.0.2 build 7"}
    source = found["esx-01"].sources[0]
    assert (source.title, source.origin) == ("vsphere", "read now from vc")
    assert source.content["options"] == {"Syslog.global.logHost": ""}


def test_what_the_account_may_not_read_is_told_for_the_host_that_it_is_about(asked):
    hidden = Problem("HostSystem", "host-2", "config.option", "NoPermission", "System.Read")
    asked[0]["vc"] = ({"host-1": host("a"), "host-2": host("b", options=None)}, (hidden,))
    found = captured(asked, [device(name, "esxi", vcenter="vc") for name in ("a", "b")])

    assert found["a"].detail == ""
    assert "System.Read" in found["b"].detail
    assert found["b"].sources[0].content["options"] is None


@pytest.mark.parametrize(
    ("one", "why"),
    [
        (device("lost", "esxi", vcenter="vc"), "vc does not reach it"),
        (device("unknown", "esxi", vcenter="vc"), "vc shows no host of this name"),
        (device("astray", "esxi", vcenter="vc-2"), "the inventory knows no vCenter vc-2"),
        (device("alone", "esxi"), "the inventory says not which vCenter"),
        (device("silent", "esxi", vcenter="vc-down"), "it does not answer"),
    ],
)
def test_a_host_of_which_nothing_is_told_says_why(asked, one, why):
    asked[0]["vc"] = ({"host-1": host("lost", is_connected=False)}, ())
    asked[0]["vc-down"] = DeviceError(ErrorKind.TIMEOUT, "it does not answer")
    found = captured(asked, [one])[one.name]

    assert found.sources[0].problem.startswith(why)
    assert found.error is not None
    assert found.version == ""


def test_a_run_that_is_to_stop_asks_no_further_vcenter(asked):
    asked[0]["vc"] = ({"host-1": host("a")}, ())
    found = captured(asked, [device("a", "esxi", vcenter="vc")], stopping=lambda: True)

    assert asked[1] == []
    assert "told to stop" in found["a"].sources[0].problem


def library(approvals=None, advisories=None):
    return SimpleNamespace(approvals=approvals, advisories=advisories)


def test_a_device_is_given_what_people_wrote_of_it():
    approval = Approval("netadmin", "noc", "x", date(2026, 6, 30), platforms=("ios",))
    advisories = Advisories("x", date(2026, 1, 10), ("ios",), False, ())
    accounts, weaknesses = listed(library((approval,), advisories), Subject("r", "ios"), NOW)

    assert (accounts.title, weaknesses.title) == ("inv/accounts", "inv/advisories")
    assert [each["name"] for each in accounts.content["accounts"]] == ["netadmin"]
    assert weaknesses.content["covered"] is True


def test_where_nobody_wrote_anything_that_is_said():
    accounts, weaknesses = listed(library(), Subject("r", "ios"), NOW)

    assert accounts.problem == NO_ACCOUNTS
    assert weaknesses.problem


def about(rules, advisories):
    from dcops.audit.parameters import Layer, Parameters
    from dcops.jobs.compliance.conclude import _about_advisories

    known = SimpleNamespace(advisories=advisories, parameters=lambda: Parameters((Layer({"advisory_days": "30"}),)))
    audit = SimpleNamespace(rooms=SimpleNamespace(library=known), day=lambda now: now.date())
    judges = SimpleNamespace(profiles=[SimpleNamespace(rules=[SimpleNamespace(source=each) for each in rules])])
    return [finding.id for finding in _about_advisories(judges, audit, NOW)]


def test_an_old_list_of_weaknesses_is_told_once_and_only_where_a_rule_compares_with_it():
    from dcops.model.source import SourceKind

    compares, other = (SourceKind.INVENTORY, "advisories"), (SourceKind.CONFIG, "")
    old = Advisories("x", date(2025, 1, 10), ("ios",), False, ())

    assert about([other, compares, compares], old) == ["ADV-001"]
    assert about([other], old) == []
    assert about([compares], None) == []
    assert about([compares], Advisories("x", date(2026, 1, 10), ("ios",), False, ())) == []
