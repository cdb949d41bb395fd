import pytest

from dcops.vsphere.details.hardening import OPTIONS


@pytest.fixture
def details(vcenter):
    return vcenter.details()


def hosts(simulator):
    return {each["moid"] for each in simulator.control.ask("objects", kind="HostSystem")["objects"]}


def test_an_audit_reads_all_hosts_in_two_calls_besides_options_that_are_not_listed(simulator, details):
    details.read_clock()
    simulator.control.reset()
    found, problems = details.read_hardening()

    assert set(found) == hosts(simulator)
    assert problems == ()
    calls = simulator.control.calls()
    assert calls["RetrievePropertiesEx"] == 2
    assert set(calls) == {"RetrievePropertiesEx", "QueryOptions"}


def test_options_keep_their_kind_and_others_than_asked_for_are_let_go(details):
    host = next(iter(details.read_hardening()[0].values()))

    assert set(host.options) <= set(OPTIONS)
    assert host.options["Security.AccountLockFailures"] == 5
    assert host.options["Config.HostAgent.plugins.solo.enableMob"] is False
    assert host.options["Syslog.global.logHost"].startswith("tcp://")


def test_an_option_that_a_version_does_not_list_is_asked_for_by_its_name(details):
    found = details.read_hardening()[0]

    assert {host.options["Config.Etc.issue"] for host in found.values()} == {"Authorised staff only"}


def test_an_option_that_there_is_not_is_left_out(details):
    host = next(iter(details.read_hardening()[0].values()))

    assert "Net.BPDUFilterAtVmkNic" not in host.options


def test_what_a_host_is_and_how_it_is_set_up_is_told(details):
    host = next(iter(details.read_hardening()[0].values()))

    assert (host.version, host.build) == ("8.0.2", "24585300")
    assert host.is_connected
    assert host.lockdown == "lockdownNormal"
    assert host.services["TSM-SSH"] == {"running": False, "policy": "off"}
    assert len(host.time_servers) == 2
    assert host.certificate_not_after > 1.7e9
    assert host.blocks_incoming is True


def test_what_this_account_may_not_read_is_none_and_no_empty_list(simulator, details):
    for path in ("config.option", "configManager.advancedOption", "config.service", "config.lockdownMode"):
        simulator.control.do("deny", type="HostSystem", path=path, privilege="System.Read")
    found, problems = details.read_hardening()

    host = next(iter(found.values()))
    assert (host.options, host.services, host.lockdown) == (None, None, None)
    assert {problem.privilege for problem in problems} == {"System.Read"}


def test_a_lost_host_is_told_as_one_and_not_asked(simulator, details):
    host = min(hosts(simulator))
    simulator.control.do("host-loss", host=host, lost=True)
    try:
        found = details.read_hardening()[0]
    finally:
        simulator.control.do("host-loss", host=host, lost=False)

    assert not found[host].is_connected
    assert "Config.Etc.issue" not in found[host].options
