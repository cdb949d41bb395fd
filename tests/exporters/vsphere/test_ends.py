"""`dcops exporter serve --kind vsphere` as a process: however it ends, it leaves no session behind, or one at most."""

import signal
import time

import pytest

from lab import vsphere
from tests.exporters.running import serving
from tests.exporters.vsphere.conftest import WHY_NOT
from tests.exporters.vsphere.site import VsphereSite

pytestmark = pytest.mark.skipif(bool(WHY_NOT), reason=WHY_NOT)


@pytest.fixture(scope="module")
def vcenter():
    with vsphere.serve(hosts=2, vms=4) as running:
        yield running


@pytest.fixture
def exporter(tmp_path, vcenter):
    site = VsphereSite(tmp_path, vcenter)
    with serving(site.root, "--kind", "vsphere") as running:
        end = time.monotonic() + 60
        while 'dcops_probe_collector_success{collector="licences"} 1' not in running.get("/vsphere/vc-load")[1]:
            assert time.monotonic() < end
            time.sleep(0.1)
        yield running


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_told_to_stop_it_logs_out_and_takes_its_view_and_filter_away(exporter, vcenter, number):
    vcenter.control.do("kill-sessions")
    end = time.monotonic() + 30
    while vcenter.control.stats()["filters_now"] != 1:
        assert time.monotonic() < end
        time.sleep(0.1)
    exporter.process.send_signal(number)

    assert exporter.process.wait(15) == 0
    stats = vcenter.control.stats()
    assert (stats["sessions_now"], stats["views_now"], stats["filters_now"]) == (0, 0, 0)


def test_stopped_while_the_vcenter_hangs_it_ends_all_the_same(exporter, vcenter):
    vcenter.control.do("fault", kind="hang")
    try:
        exporter.process.terminate()
        assert exporter.process.wait(20) == 0
    finally:
        vcenter.control.do("heal")
        vcenter.control.do("kill-sessions")


def test_killed_it_leaves_one_session(exporter, vcenter):
    exporter.process.kill()
    exporter.process.wait(15)

    assert vcenter.control.stats()["sessions_now"] == 1
    vcenter.control.do("kill-sessions")
