"""The real Prometheus discovers two vCenters by the configuration that the documentation gives, and takes it all."""

import shutil

import pytest

from tests.exporters.running import serving
from tests.exporters.snmp.test_prometheus import asked, awaited, example, prometheus
from tests.exporters.vsphere.site import VsphereSite

pytestmark = pytest.mark.skipif(not shutil.which("prometheus"), reason="prometheus is not installed")


def test_two_vcenters_are_discovered_scraped_and_joined_by_moid(tmp_path, main, dr):
    site = VsphereSite(tmp_path, main, dr)
    with serving(site.root) as exporter:
        address = exporter.url.removeprefix("http://")
        configuration = example().replace("127.0.0.1:9740", address).replace("60s", "2s").replace("15s", "2s")
        with prometheus(tmp_path, configuration) as api:
            found = awaited(api, "dcops_probe_success == 1", 2)
            assert {one["metric"]["device"] for one in found} == {"vc-main", "vc-dr"}
            assert {one["metric"]["instance"] for one in found} == {"vc-main", "vc-dr"}
            assert {one["metric"]["role"] for one in found} == {"vcenter"}

            awaited(api, "dcops_probe_collector_success == 1", 20)
            (count,) = awaited(api, "count(dcops_vm_info)", 1)
            assert count["value"][1] == "376"
            awaited(api, "dcops_vm_cpu_ready_ratio", 300)
            joined = "dcops_vm_cpu_ready_ratio * on (vcenter, moid) group_left (vm, host) dcops_vm_info"
            assert {one["metric"]["vm"] for one in awaited(api, joined, 300)} >= {"open-data-Dữ liệu mở (thử nghiệm)"}
            for label in ("job", "instance", "device", "site", "role"):
                assert not asked(api, f"{{__name__=~'dcops_.+', exported_{label}!=''}}")
            assert asked(api, "max(scrape_samples_scraped) > 20000")
            # What Prometheus would leave out as a series that stands twice, or as text that is none.
            assert not asked(api, "up == 0")
