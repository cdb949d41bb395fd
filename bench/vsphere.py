"""A vCenter read by dcops and by vmware_exporter: the same simulator, the same counters, in turn; then larger ones.

`full` is a process of dcops that is logged in and has read nothing yet, until its first page: objects, quick
statistics, samples, lines. It is cold; against it stands a scrape of vmware_exporter that is not. `steady` is a cycle
of 20 s: 60 machines have changed, new samples, the page.
"""

from __future__ import annotations

import re
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.measure import ratio
from bench.snmp import exporters
from bench.snmp.exporters import Exporter
from bench.snmp.load import Load
from bench.vcenter import peer
from bench.vcenter.site import SELDOM, write_site
from bench.vcenter.stepped import Step, Stepped, stepped
from lab import vsphere
from lab.vsphere import Simulator

HOSTS, MACHINES = 60, 376
LARGER = ((600, 3_760), (600, 10_000))
ROUNDS, ROUNDS_DELAYED = 7, 3
CHANGED = 60
"""Machines, in each cycle."""
CYCLES = 3
DELAY_MILLISECONDS = 20
SCRAPES, SCRAPERS = 400, 4
GRID_SECONDS = 20
LIVE_SECONDS = 120
RESYNCS = 3
PATIENCE_SECONDS = 180.0
_TOLD = re.compile(r"(?m)^dcops_probe_collector_success\{.*\} (\d)$")


@dataclass(frozen=True)
class Round:
    """Both, one after the other."""

    full: Step
    steady: Step
    theirs: Step


def why_not() -> str:
    """What is missing here; empty when nothing is."""
    return vsphere.why_not() or peer.why_not()


def run() -> dict[str, Any]:
    """First beside the peer, then alone as a service, then larger."""
    with tempfile.TemporaryDirectory(prefix="dcops-bench-") as name:
        folder = Path(name)
        rounds, delayed = _beside_the_peer(folder)
        figures = {
            **_figures(rounds, delayed),
            **_scraped(folder, Load(folder)),
            **_as_a_service(folder),
        }
        for hosts, machines in LARGER:
            figures |= _larger(folder, hosts, machines)
    return {
        "figures": figures,
        "ratios": {
            "cpu_full_vmware_exporter_over_dcops": _ratio(rounds, "full", "cpu_seconds"),
            "wall_full_vmware_exporter_over_dcops": _ratio(rounds, "full", "wall_seconds"),
            "cpu_steady_vmware_exporter_over_dcops": _ratio(rounds, "steady", "cpu_seconds"),
            "wall_steady_vmware_exporter_over_dcops": _ratio(rounds, "steady", "wall_seconds"),
            "wall_delay20_vmware_exporter_over_dcops": _ratio(delayed, "full", "wall_seconds"),
            "wall_steady_delay20_vmware_exporter_over_dcops": _ratio(delayed, "steady", "wall_seconds"),
        },
        "peers": peer.versions(),
    }


# ---- beside the peer -------------------------------------------------------------------------------


def _beside_the_peer(folder: Path) -> tuple[list[Round], list[Round]]:
    with _site(folder / "peer", HOSTS, MACHINES) as (simulator, site), ExitStack() as stack:
        theirs = stack.enter_context(peer.vmware_exporter(simulator, folder))
        _scraped_once(simulator, theirs)
        rounds = [_round(simulator, site, theirs) for _ in range(ROUNDS)]
        simulator.control.do("delay", milliseconds=DELAY_MILLISECONDS)
        return rounds, [_round(simulator, site, theirs) for _ in range(ROUNDS_DELAYED)]


def _round(simulator: Simulator, site: Path, theirs: Exporter) -> Round:
    with stepped(site) as ours:
        full = ours.do("full")
        steady = [_changed(simulator, ours) for _ in range(CYCLES)]
    return Round(full, _median(steady), _scraped_once(simulator, theirs))


def _changed(simulator: Simulator, ours: Stepped) -> Step:
    simulator.control.do("churn", machines=CHANGED)
    return ours.do("steady")


def _scraped_once(simulator: Simulator, theirs: Exporter) -> Step:
    calls, cpu, begun = _calls(simulator), theirs.cpu_seconds, time.perf_counter()
    text = theirs.get(peer.PATH)
    wall = time.perf_counter() - begun
    machines = len(re.findall(r"(?m)^vmware_vm_power_state\{", text))
    if machines != simulator.machines:
        raise SystemExit(f"vmware_exporter tells of {machines} machines, and there are {simulator.machines}")
    return Step(theirs.cpu_seconds - cpu, wall, _calls(simulator) - calls, len(text))


def _figures(rounds: Sequence[Round], delayed: Sequence[Round]) -> dict[str, float]:
    return {
        "calls_full": rounds[0].full.calls,
        "calls_per_cycle": max(one.steady.calls for one in rounds),
        "page_bytes": rounds[0].full.page_bytes,
        "full_cpu_seconds": _middle([one.full.cpu_seconds for one in rounds]),
        "full_wall_seconds": _middle([one.full.wall_seconds for one in rounds]),
        "full_delay20_wall_seconds": _middle([one.full.wall_seconds for one in delayed]),
        "steady_cpu_seconds": _middle([one.steady.cpu_seconds for one in rounds]),
        "steady_wall_seconds": _middle([one.steady.wall_seconds for one in rounds]),
        "vmware_exporter_calls": rounds[0].theirs.calls,
        "vmware_exporter_page_bytes": rounds[0].theirs.page_bytes,
        "vmware_exporter_cpu_seconds": _middle([one.theirs.cpu_seconds for one in rounds]),
        "vmware_exporter_wall_seconds": _middle([one.theirs.wall_seconds for one in rounds]),
        "vmware_exporter_delay20_wall_seconds": _middle([one.theirs.wall_seconds for one in delayed]),
    }


# ---- as a service ----------------------------------------------------------------------------------


def _scraped(folder: Path, load: Load) -> dict[str, float]:
    """Scrapes by four at once. The grids of the collectors are an hour wide, so that calls are those of scrapes."""
    with (
        _site(folder / "seldom", HOSTS, MACHINES, SELDOM) as (simulator, site),
        exporters.dcops(site, "vsphere") as ours,
    ):
        _complete(ours, simulator)
        # The long poll of the inventory begins anew by itself.
        before = _calls(simulator, without="WaitForUpdatesEx")
        url = f"{ours.url}/vsphere/{simulator.name}"
        options = (f"-scrapers={SCRAPERS}", f"-total={SCRAPES}")
        found = load.run([ours], [url] * SCRAPERS, *options)
        if found.missed:
            raise SystemExit(f"{len(found.missed)} scrapes failed, such as {found.missed[0]}")
        return {
            "metrics_p50_seconds": _middle(found.each),
            "metrics_p99_seconds": round(statistics.quantiles(found.each, n=100)[98], 5),
            "metrics_cpu_seconds_per_scrape": round(found.cpu_seconds / SCRAPES, 5),
            "soap_calls_per_scrape": (_calls(simulator, without="WaitForUpdatesEx") - before) / SCRAPES,
            "logins_100_scrapes": simulator.control.stats()["logins"],
        }


def _as_a_service(folder: Path) -> dict[str, float]:
    """As it ships: all collectors, at their own pace, machines that change, a scrape in each cycle."""
    with _site(folder / "service", HOSTS, MACHINES) as (simulator, site), exporters.dcops(site, "vsphere") as ours:
        _complete(ours, simulator)
        calls, cpu, scrapes = _calls(simulator), ours.cpu_seconds, []
        for _ in range(LIVE_SECONDS // GRID_SECONDS):
            simulator.control.do("churn", machines=CHANGED)
            time.sleep(GRID_SECONDS)
            begun = time.perf_counter()
            _page(ours, simulator)
            scrapes.append(time.perf_counter() - begun)
        cycles = LIVE_SECONDS / GRID_SECONDS
        cpu, calls = ours.cpu_seconds - cpu, _calls(simulator) - calls
        simulator.control.do("kill-sessions")
        time.sleep(GRID_SECONDS)
        _complete(ours, simulator)
        return {
            "service_calls_per_cycle": round(calls / cycles, 2),
            "service_cpu_seconds_per_cycle": round(cpu / cycles, 4),
            "service_new_page_seconds": _middle(scrapes),
            "memory_bytes_376": ours.memory_bytes,
        }


# ---- larger ----------------------------------------------------------------------------------------


def _larger(folder: Path, hosts: int, machines: int) -> dict[str, float]:
    with _site(folder / str(machines), hosts, machines) as (simulator, site):
        with stepped(site) as ours:
            ours.do("full")
            cycles = [_changed(simulator, ours) for _ in range(CYCLES)]
            resyncs = [_resynced(simulator, ours) for _ in range(RESYNCS)]
        return {
            f"resync_seconds_{machines}": _middle([one.wall_seconds for one in resyncs]),
            f"resync_cpu_seconds_{machines}": _middle([one.cpu_seconds for one in resyncs]),
            f"cycle_seconds_{machines}": _middle([one.wall_seconds for one in cycles]),
            f"cycle_cpu_seconds_{machines}": _middle([one.cpu_seconds for one in cycles]),
            f"cycle_calls_{machines}": max(one.calls for one in cycles),
            f"memory_bytes_{machines}": _memory(simulator, site),
        }


def _resynced(simulator: Simulator, ours: Stepped) -> Step:
    """A session that is ended: a new one, every object compared, quick statistics, samples, and the page."""
    simulator.control.do("kill-sessions")
    return ours.do("full")


def _memory(simulator: Simulator, site: Path) -> int:
    """Of the whole exporter, after a resync and some cycles with changes, scraped in each of them."""
    with exporters.dcops(site, "vsphere") as ours:
        _complete(ours, simulator)
        simulator.control.do("kill-sessions")
        for _ in range(CYCLES):
            time.sleep(GRID_SECONDS)
            simulator.control.do("churn", machines=CHANGED)
            _page(ours, simulator)
        _complete(ours, simulator)
        return ours.memory_bytes


# ---- both ------------------------------------------------------------------------------------------


@contextmanager
def _site(root: Path, hosts: int, machines: int, settings: str = "") -> Iterator[tuple[Simulator, Path]]:
    with vsphere.serve(hosts=hosts, vms=machines) as simulator:
        yield simulator, write_site(root, simulator, settings)


def _page(ours: Exporter, simulator: Simulator) -> str:
    return ours.get_packed(f"/vsphere/{simulator.name}")


def _complete(ours: Exporter, simulator: Simulator) -> None:
    """Wait until every collector has told something."""
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        told = _TOLD.findall(_page(ours, simulator)[:20_000])
        if len(told) >= 9 and set(told) == {"1"}:
            return
        time.sleep(0.5)
    raise SystemExit("the exporter does not tell everything")


def _calls(simulator: Simulator, *, without: str = "") -> int:
    return sum(count for method, count in simulator.control.calls().items() if method != without)


def _ratio(rounds: Sequence[Round], what: str, which: str) -> float:
    return ratio([getattr(one.theirs, which) for one in rounds], [getattr(getattr(one, what), which) for one in rounds])


def _median(steps: Sequence[Step]) -> Step:
    return Step(
        statistics.median(one.cpu_seconds for one in steps),
        statistics.median(one.wall_seconds for one in steps),
        max(one.calls for one in steps),
    )


def _middle(values: Sequence[float]) -> float:
    return round(statistics.median(values), 4)
