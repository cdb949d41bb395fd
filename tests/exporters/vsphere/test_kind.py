"""`/vsphere/<vcenter>` and `/sd/vsphere` over HTTP, with a simulated vCenter behind them."""

import json
import re
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from dcops.model.placement_json import from_json
from tests.exporters.vsphere.site import VsphereSite
from tests.exporters.vsphere.things import CATALOGUE, having, moid_of, one, value
from tests.exporters.vsphere.watching import watching

HOSTS = [("esx-01", "vc-main"), ("esx-07", "vc-main")]
SYSTEMS = """
systems:
  - {name: e-mail, title: E-mail, criticality: high, owner: ict, virtual_machines: ["e-mail-*"]}
"""
SELDOM = """
[vsphere]
quick_seconds = 3600
quick_limit_seconds = 7200
performance_seconds = 3600
performance_limit_seconds = 7200
details_seconds = 3600
details_limit_seconds = 7200
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory, main):
    made = VsphereSite(tmp_path_factory.mktemp("site"), main)
    made.inventory(SYSTEMS, HOSTS)
    return made


@pytest.fixture(scope="module")
def exporter(site):
    with watching(site) as running:
        yield running


@pytest.fixture(scope="module")
def found(exporter):
    return exporter.complete()


# ---- what it costs -----------------------------------------------------------------------------


def test_a_hundred_scrapes_by_four_at_once_ask_nothing_and_log_in_once(tmp_path, dr):
    before = dr.control.stats()
    with watching(VsphereSite(tmp_path, dr, settings=SELDOM)) as running:
        running.complete("vc-dr")
        begun = dr.control.stats()
        with ThreadPoolExecutor(4) as scrapers:
            texts = list(scrapers.map(lambda _: running.text("vc-dr"), range(100)))
        after = dr.control.stats()

    assert min(map(len, texts)) > 100_000
    # Its grids are an hour wide; only the inventory's long poll may have begun anew.
    begun["calls"].pop("WaitForUpdatesEx"), after["calls"].pop("WaitForUpdatesEx")
    assert after["calls"] == begun["calls"]
    assert after["logins"] == before["logins"] + 1


def test_all_series_of_a_metric_follow_each_other_behind_one_head(exporter, found):
    text = exporter.text()

    names = [line.split()[2] for line in heads(text)]
    assert len(names) == len(set(names))
    behind = [re.match(r"[a-z_0-9]+", line)[0] for line in text.splitlines() if not line.startswith("#")]
    order = list(dict.fromkeys(behind))
    assert [name for n, name in enumerate(behind) if n == 0 or behind[n - 1] != name] == order
    assert order == names


def test_every_series_is_in_the_catalogue_with_its_labels(found):
    for name, samples in found.items():
        if name.startswith("dcops_probe_"):
            continue
        metric = CATALOGUE.metrics[name]
        for labels in samples:
            assert set(dict(labels)) <= metric.labels, name
            assert metric.labels - metric.optional <= set(dict(labels)), name


def heads(text):
    return [line for line in text.splitlines() if line.startswith("# TYPE")]


def test_the_plain_page_is_the_same_text(exporter):
    status, headers, body = exporter.get("/vsphere/vc-main", **{"Accept-Encoding": "identity"})

    assert status == 200
    assert headers["Content-Encoding"] is None
    assert headers["Content-Type"].startswith("text/plain; version=0.0.4")
    assert heads(body.decode()) == heads(exporter.text())


# ---- what is told ------------------------------------------------------------------------------


def test_a_machine_has_its_system_and_a_host_its_rack(found):
    machine, _ = one(found, "dcops_vm_info", vm="e-mail-mx-1")
    host, _ = one(found, "dcops_host_info", host_device="esx-01")

    assert machine["system"] == "e-mail"
    assert (host["rack"], host["unit"], host["datacenter"]) == ("r1", "1", "Main")
    assert {dict(labels)["moid"] for labels in found["dcops_vm_info"]} == {
        dict(labels)["moid"] for labels in found["dcops_vm_powered_on"]
    }


@pytest.mark.parametrize(
    "name",
    [
        "open-data-Dữ liệu mở (thử nghiệm)",
        "tourism-database-\"copy\" of 'db' {1}",
        "library-database-two\nlines",
        "gis-raster%2farchive\\1",
        "culture-portal-a-name-of-eighty-characters-as-long-as-vcenter-lets-anybody-type-",
    ],
)
def test_an_odd_name_is_told_as_it_is(found, name):
    assert value(found, "dcops_vm_powered_on", moid=moid_of(found, name)) in (0, 1)


def test_two_machines_of_one_name_are_two(found):
    twins = [dict(labels) for labels in found["dcops_vm_info"] if dict(labels)["vm"] == "report-collection-app-1"]

    assert len({labels["moid"] for labels in twins}) == 2


def test_a_template_a_host_in_maintenance_and_a_machine_without_tools_are_told(found):
    assert one(found, "dcops_vm_info", vm="tpl-ubuntu-24.04")[0]["template"] == "yes"
    assert value(found, "dcops_host_maintenance_mode", moid=moid_of(found, "esx-07", "host")) == 1
    bare = moid_of(found, "hotline-1022-pbx-1")
    assert value(found, "dcops_vm_tools_running", moid=bare) == 0
    assert value(found, "dcops_vm_tools_state", moid=bare, state="not_installed") == 1
    for metric in ("dcops_vm_guest_disk_free_bytes", "dcops_vm_ip_addresses"):
        assert not [labels for labels in found[metric] if ("moid", bare) in labels]


def test_a_machine_that_is_off_uses_nothing(found):
    off = moid_of(found, "education-database-web-2")

    assert value(found, "dcops_vm_powered_on", moid=off) == 0
    told = {name for name, samples in found.items() for labels in samples if ("moid", off) in labels}
    assert not told & {"dcops_vm_cpu_used_hertz", "dcops_vm_cpu_ready_ratio", "dcops_vm_tools_running"}


def test_troubles_of_the_estate_are_seen(found):
    def of(name, kind="vm"):
        return {"moid": moid_of(found, name, kind)}

    assert value(found, "dcops_vm_consolidation_needed", **of("health-database-hl7-1")) == 1
    assert value(found, "dcops_vm_heartbeat_status", status="red", **of("budget-reporting-app-2")) == 1
    assert value(found, "dcops_vm_ha_protected", **of("justice-register-db-1")) == 0
    assert value(found, "dcops_vm_connection_state", state="inaccessible", **of("archive-database-scan-2")) == 1
    assert value(found, "dcops_vm_memory_ballooned_bytes", **of("gis-tiles-2")) > 0
    assert value(found, "dcops_vm_ip_addresses", afi="ipv6", **of("sso-idp-1")) == 0
    assert value(found, "dcops_vm_snapshots", **of("e-mail-store-1")) >= 1
    assert value(found, "dcops_vm_snapshot_bytes", **of("e-mail-store-1")) > 0
    ready = found["dcops_vm_cpu_ready_ratio"]
    assert value(found, "dcops_vm_cpu_ready_ratio", **of("citizen-app-api-3")) == max(ready.values())
    assert 0 in having(found, "dcops_host_nic_up", **of("esx-23", "host"))
    assert value(found, "dcops_host_ssh_running", **of("esx-40", "host")) == 1
    assert value(found, "dcops_host_ntp_running", **of("esx-40", "host")) == 0
    assert having(found, "dcops_host_dead_path_info", **of("esx-18", "host"))
    free = value(found, "dcops_datastore_free_bytes", **of("ds-main-07", "datastore"))
    assert free / value(found, "dcops_datastore_capacity_bytes", **of("ds-main-07", "datastore")) < 0.1


def test_clusters_tell_whether_they_can_lose_a_host(found):
    for cluster in ("main-compute", "main-database", "main-dmz"):
        moid = moid_of(found, cluster, "cluster")
        left = value(found, "dcops_cluster_failover_memory_bytes", moid=moid)
        used = value(found, "dcops_cluster_memory_used_bytes", moid=moid)
        told = value(found, "dcops_cluster_host_loss_tolerated", moid=moid, resource="memory")
        assert told == (used <= left)
        assert value(found, "dcops_cluster_ha_enabled", moid=moid) in (0, 1)


def test_what_runs_where_is_written_down(site, found):
    placement = from_json((site.root / "state/vsphere/vc-main.json").read_bytes())

    assert len(placement.machines) == 282
    assert len(placement.hosts) == 45
    twins = [machine for machine in placement.machines if machine.name == "report-collection-app-1"]
    assert len(twins) == 2
    assert {host.state for host in placement.hosts} == {"connected"}


# ---- what is asked -----------------------------------------------------------------------------


def test_discovery_lists_the_vcenters_by_name(exporter):
    status, headers, body = exporter.get("/sd/vsphere")

    assert status == 200
    assert headers["Content-Type"] == "application/json"
    assert [(one["targets"], one["labels"]["role"]) for one in json.loads(body)] == [(["vc-main"], "vcenter")]


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/vsphere/vc-mian", "Unknown vCenter 'vc-mian', did you mean vc-main?"),
        ("/vsphere/esx-01", "Unknown vCenter 'esx-01'"),
        ("/vsphere/" + "x" * 3000, "Unknown vCenter"),
    ],
)
def test_an_unknown_vcenter_is_not_found(exporter, path, words):
    status, _, body = exporter.get(path)

    assert status == 404
    assert words in body.decode()
    assert len(body) < 200


def test_promtool_has_nothing_to_say(exporter, found):
    if not Path("/usr/bin/promtool").exists():
        pytest.skip("promtool (package prometheus) is not installed")
    done = subprocess.run(
        ["promtool", "check", "metrics"],
        input=exporter.text(),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert (done.returncode, done.stdout + done.stderr) == (0, "")
