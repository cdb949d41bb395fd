"""What happens to a vCenter while it is watched, and what becomes of its series, by the vCenter's own counters."""

import time

import pytest

from dcops.exporters import files
from dcops.exporters.vsphere import collector, fleet
from lab import vsphere
from tests.exporters.vsphere.conftest import WHY_NOT
from tests.exporters.vsphere.site import VsphereSite
from tests.exporters.vsphere.things import having, moid_of, one, value
from tests.exporters.vsphere.watching import watching

pytestmark = pytest.mark.skipif(bool(WHY_NOT), reason=WHY_NOT)

SOON = """
[vsphere]
quick_seconds = 0.3
quick_limit_seconds = 2
performance_seconds = 0.3
performance_limit_seconds = 2
instances_seconds = 0.3
instances_limit_seconds = 2
details_seconds = 0.3
details_limit_seconds = 2
slow_seconds = 0.5
slow_limit_seconds = 2
inventory_limit_seconds = 2
"""


@pytest.fixture(autouse=True)
def quick_hands(monkeypatch):
    monkeypatch.setattr(files, "EVERY_SECONDS", 0.1)
    monkeypatch.setattr(fleet, "AGAIN_SECONDS", 0.2)
    monkeypatch.setattr(collector, "SHORTEST_PAUSE", 0.2)
    monkeypatch.setattr("dcops.exporters.vsphere.watcher.LONG_POLL_SECONDS", 1.0)
    monkeypatch.setattr("dcops.exporters.vsphere.watcher.ALARMS_SECONDS", 0.3)


@pytest.fixture
def small():
    with vsphere.serve(hosts=4, vms=12) as running:
        yield running


@pytest.fixture
def site(tmp_path, small):
    return VsphereSite(tmp_path, small, settings=SOON)


@pytest.fixture
def exporter(site):
    with watching(site) as running:
        running.complete("vc-load")
        yield running


def identities(found):
    """All series but descriptions and those of the exporter itself."""
    return {
        (metric, labels)
        for metric, samples in found.items()
        if not metric.endswith("_info") and not metric.startswith(("dcops_vsphere_", "dcops_probe_"))
        for labels in samples
    }


def test_a_vmotion_and_a_rename_break_no_series(exporter, small):
    before = exporter.complete("vc-load")
    machine = one(before, "dcops_vm_info", vm="load-0000-app-1")[0]
    small.control.do("vmotion", vm=machine["moid"])
    small.control.do("rename", object=machine["moid"], name='renamed "while" it ran')
    after = exporter.until(
        lambda found: having(found, "dcops_vm_info", moid=machine["moid"], vm='renamed "while" it ran'), "vc-load"
    )
    described = one(after, "dcops_vm_info", moid=machine["moid"])[0]

    assert described["host"] != machine["host"]
    assert described["cluster"] == machine["cluster"]
    assert identities(exporter.complete("vc-load")) == identities(before)
    assert value(after, "dcops_cluster_vmotions_total") == 1


def test_a_machine_that_is_switched_off_has_no_usage_and_one_that_is_deleted_nothing(exporter, small):
    found = exporter.complete("vc-load")
    off, gone = (moid_of(found, f"load-0000-app-{n}") for n in (1, 2))
    small.control.do("power", vm=off, state="poweredOff")
    small.control.do("delete", object=gone)

    def is_so(found):
        return value(found, "dcops_vm_powered_on", moid=off) == 0 and not {
            metric for metric, samples in found.items() for labels in samples if ("moid", gone) in labels
        }

    exporter.until(is_so, "vc-load")
    exporter.until(lambda found: not having(found, "dcops_vm_cpu_used_hertz", moid=off), "vc-load")
    exporter.until(lambda found: not having(found, "dcops_vm_cpu_ready_ratio", moid=off), "vc-load")


def test_the_loss_of_a_host_is_seen_and_its_sensors_are_not_repeated(exporter, small):
    lost = moid_of(exporter.complete("vc-load"), "esx-0001", "host")
    before = value(exporter.found("vc-load"), "dcops_cluster_failover_memory_bytes")
    small.control.do("host-loss", host=lost)
    found = exporter.until(lambda found: value(found, "dcops_host_connected", moid=lost) == 0, "vc-load")

    assert having(found, "dcops_host_temperature_celsius", moid=lost) == []
    exporter.until(lambda found: value(found, "dcops_cluster_failover_memory_bytes") < before, "vc-load")
    exporter.until(lambda found: having(found, "dcops_vsphere_alarm_info", moid=lost, status="red"), "vc-load")


def test_after_an_ended_session_one_login_follows_and_everything_goes_on(exporter, small):
    small.control.do("kill-sessions")
    exporter.until(lambda found: value(found, "dcops_vsphere_logins_total") == 2, "vc-load")
    found = exporter.complete("vc-load")
    time.sleep(1)
    stats = small.control.stats()

    assert (stats["logins"], stats["sessions_now"], stats["views_now"], stats["filters_now"]) == (2, 1, 1, 1)
    assert identities(found)


def test_a_changed_password_is_used_without_a_restart_and_a_wrong_one_is_not_tried_again(exporter, site, small):
    small.control.do("password", password="another-one", kill_sessions=True)
    found = exporter.until(lambda found: value(found, "dcops_vsphere_refused_logins_total") == 1, "vc-load")
    time.sleep(1.5)
    assert small.control.stats()["failed_logins"] == 1
    assert "refused" in exporter.text("vc-load").partition("# HELP")[0]

    site.credentials("another-one")
    found = exporter.complete("vc-load")
    assert found["dcops_probe_success"] == {frozenset(): 1}
    assert small.control.stats()["failed_logins"] == 1


def test_what_a_silent_vcenter_told_disappears_and_scrapes_go_on_as_before(exporter, small):
    small.control.do("fault", kind="hang")
    small.control.do("cut")
    found = exporter.until(lambda found: not identities(found), "vc-load")

    assert found["dcops_probe_success"] == {frozenset(): 0}
    assert set(found["dcops_probe_collector_success"].values()) == {0}
    assert value(found, "dcops_vsphere_collector_last_success_timestamp_seconds", collector="quick") > 1e9
    small.control.do("heal")
    small.control.do("cut")
    assert identities(exporter.complete("vc-load"))


def test_a_collector_that_hangs_takes_nothing_from_the_others(exporter, small):
    small.control.do("fault", kind="hang", method="QueryPerf")
    found = exporter.until(
        lambda found: (
            value(found, "dcops_probe_collector_success", collector="performance") == 0
            and "dcops_vm_cpu_ready_ratio" not in found
        ),
        "vc-load",
    )

    assert value(found, "dcops_probe_collector_success", collector="inventory") == 1
    assert value(found, "dcops_probe_collector_success", collector="quick") == 1
    assert found["dcops_vm_cpu_used_hertz"]
    small.control.do("heal")


def test_samples_without_a_value_give_no_series_and_unknown_counters_are_counted(exporter, small):
    small.control.do("performance", empty=["cpu.ready.summation"], silent=["load-0000-app-3"])
    silent = moid_of(exporter.complete("vc-load"), "load-0000-app-3")
    found = exporter.until(
        lambda found: (
            "dcops_vm_cpu_ready_ratio" not in found and not having(found, "dcops_vm_cpu_used_ratio", moid=silent)
        ),
        "vc-load",
    )
    assert found["dcops_vm_cpu_used_ratio"]

    small.control.do("performance", unknown=["cpu.demand.average"])
    small.control.do("kill-sessions")
    found = exporter.until(lambda found: value(found, "dcops_vsphere_unknown_counters") == 1, "vc-load")
    found = exporter.until(lambda found: "dcops_vm_cpu_ready_ratio" in found, "vc-load")
    assert "dcops_vm_cpu_demand_hertz" not in found


def test_a_missing_privilege_is_named_and_takes_only_its_series(exporter, small):
    small.control.do("deny", type="VirtualMachine", path="guest.net", privilege="VirtualMachine.GuestOperations.Query")
    found = exporter.until(lambda found: "dcops_vm_ip_addresses" not in found, "vc-load")

    assert value(found, "dcops_vsphere_missing_privileges") == 1
    assert one(found, "dcops_vsphere_missing_privilege_info")[0]["privilege"] == "VirtualMachine.GuestOperations.Query"
    assert found["dcops_vm_tools_running"]
    small.control.do("allow")
    found = exporter.until(lambda found: "dcops_vm_ip_addresses" in found, "vc-load")
    assert value(found, "dcops_vsphere_missing_privileges") == 0


def test_an_edit_of_the_inventory_counts_without_another_login(exporter, site, small):
    site.inventory(hosts=[("esx-0002", "vc-load")])
    found = exporter.until(lambda found: having(found, "dcops_host_info", host_device="esx-0002"), "vc-load")

    assert one(found, "dcops_host_info", host_device="esx-0002")[0]["rack"] == "r1"
    assert small.control.stats()["logins"] == 1


def test_a_vcenter_that_left_the_inventory_is_logged_out_and_forgotten(exporter, site, small):
    site.simulators = ()
    site.inventory()
    end = time.monotonic() + 30
    while exporter.get("/vsphere/vc-load")[0] != 404 or small.control.stats()["sessions_now"]:
        assert time.monotonic() < end
        time.sleep(0.1)


def test_a_broken_edit_leaves_everything_in_force(exporter, site, small):
    (site.root / "inventory/all.yaml").write_text("devices: [")
    end = time.monotonic() + 30
    while exporter.kind._fleet.up:
        assert time.monotonic() < end
        time.sleep(0.1)

    assert exporter.complete("vc-load")["dcops_probe_success"] == {frozenset(): 1}
    assert small.control.stats()["logins"] == 1


def test_a_login_that_is_missing_is_told_and_used_once_it_is_there(site, small):
    (site.root / "credentials.toml").unlink()
    with watching(site) as exporter:
        found = exporter.until(lambda found: "is not found" in exporter.text("vc-load"), "vc-load")
        assert found == {"dcops_probe_success": {frozenset(): 0}}
        site.credentials()
        exporter.complete("vc-load")

    assert small.control.stats()["sessions_now"] == 0


def test_a_certificate_that_is_believed_later_counts_without_a_restart(site, small):
    with vsphere.serve(hosts=2, vms=2) as stranger:
        site.trust(stranger.ca)
        with watching(site) as exporter:
            exporter.until(
                lambda found: having(
                    found, "dcops_vsphere_collector_errors_total", collector="inventory", reason="certificate"
                ),
                "vc-load",
            )
            assert small.control.stats()["logins"] == 0
            site.trust()
            exporter.complete("vc-load")


def test_one_silent_vcenter_delays_no_other(tmp_path, small, dr):
    site = VsphereSite(tmp_path, small, dr, settings=SOON)
    small.control.do("fault", kind="hang")
    with watching(site) as exporter:
        exporter.complete("vc-dr")
        found = exporter.found("vc-load")

    assert found["dcops_probe_success"] == {frozenset(): 0}
    assert dr.control.stats()["sessions_now"] == 0


def test_replicas_of_the_dr_site_are_known_as_such(tmp_path, dr):
    with watching(VsphereSite(tmp_path, dr, settings=SOON)) as exporter:
        found = exporter.complete("vc-dr")

    replicas = [dict(labels) for labels in found["dcops_vm_info"] if dict(labels)["replica"] == "yes"]
    assert len(replicas) == 48
    assert {value(found, "dcops_vm_powered_on", moid=labels["moid"]) for labels in replicas} == {0}
