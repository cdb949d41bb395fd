"""Five hundred cycles in which machines change, move, come and go, and sessions end: memory stays as it was."""

import re
import statistics
import time
from pathlib import Path

import pytest

from lab import vsphere
from tests.exporters.running import serving
from tests.exporters.vsphere.conftest import WHY_NOT
from tests.exporters.vsphere.site import VsphereSite

WARM, CYCLES = 60, 500
CHANGED = 60
SESSION_CYCLES = 50
"""A session ends after so many."""
GROWTH_BYTES = 3 << 20
SETTINGS = """\
[site]
name = "test"
[vsphere]
quick_seconds = 1
performance_seconds = 1
details_seconds = 5
slow_seconds = 60
"""


def memory_bytes(process):
    status = Path(f"/proc/{process.pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+) kB", status)[1]) * 1024


def changed(control, number):
    """What happens in a second of a very busy data centre."""
    control.do("churn", machines=CHANGED)
    control.do("vmotion", vm=f"load-{number % 90:04d}-app-1")
    control.do("power", vm=f"load-{number % 90:04d}-app-2", state=("poweredOff", "poweredOn")[number // 90 % 2])
    control.do(
        "guest", vm=f"load-{number % 90:04d}-app-3", addresses=[f"192.0.2.{number % 250}", f"2001:db8::{number}"]
    )
    control.do("add", name=f"soak-{number}", cluster="cluster-01", folder="soak", traits=["snapshot-old"])
    if number >= 10:
        control.do("delete", object=f"soak-{number - 10}")
    if number % SESSION_CYCLES == 0:
        control.do("kill-sessions")


def sampled(control):
    """Cycles so far: one question is enough for all that is asked here."""
    return control.calls().get("QueryPerf", 0) // 2


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.skipif(bool(WHY_NOT), reason=WHY_NOT)
def test_memory_is_flat_over_five_hundred_cycles_with_churn(tmp_path):
    with vsphere.serve(hosts=60, vms=376) as simulator, serving(VsphereSite(tmp_path, simulator).root) as exporter:
        control, held = simulator.control, []
        for number in range(WARM + CYCLES):
            begun = sampled(control)
            changed(control, number)
            until = time.monotonic() + 60
            while sampled(control) == begun:
                assert time.monotonic() < until, "no samples are asked for"
                time.sleep(0.1)
            status, text = exporter.get(f"/vsphere/{simulator.name}", **{"Accept-Encoding": "identity"})
            assert (status, text.count("\ndcops_vm_info{")) == (200, text.count("\ndcops_vm_power_state{") // 3)
            held.append(memory_bytes(exporter.process))
        # One machine at a time comes and goes; ten are there.
        assert abs(text.count("\ndcops_vm_info{") - 386) <= 1
        stats = control.stats()

    parts = [statistics.median(held[start : start + 100]) for start in range(WARM, WARM + CYCLES, 100)]
    assert parts[-1] - parts[0] <= GROWTH_BYTES, parts
    assert stats["sessions_now"] <= 1
    assert stats["logins"] >= CYCLES // SESSION_CYCLES
