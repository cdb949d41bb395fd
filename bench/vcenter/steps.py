"""One vCenter read by dcops in a process of its own, each step when it is told to: `steps ROOT`, orders on stdin.

Every collector and the page are those of the exporter; only its threads, which wait for the clock, are not started.
"""

from __future__ import annotations

import gc
import json
import sys
import time
from pathlib import Path
from threading import Thread

from dcops.exporters.vsphere import memory
from dcops.exporters.vsphere.roster import roster
from dcops.exporters.vsphere.watcher import Watcher
from dcops.settings import load
from dcops.vsphere import inventory, performance  # noqa: F401 before they settle
from dcops.vsphere.vcenter import Vcenter

# What stands together is done at the same time, as the exporter does it.
STEPS = {
    # Everything that vmware_exporter reads at each scrape, and more.
    "full": (("inventory",), ("quick", "performance")),
    "steady": (("inventory",), ("performance",)),
}


def main() -> None:
    """Log in, then obey."""
    # As the command line and the exporter do.
    gc.set_threshold(20_000, 20, 20)
    memory.be_thrifty()
    found = roster(load(Path(sys.argv[1])))
    ((_, entry),) = found.entries.items()
    memory.settle()
    vcenter = Vcenter(entry.target(), fresh=entry.target)
    watcher = Watcher(vcenter, entry.stated, found.manner, lambda _: None)
    try:
        vcenter.open()
        print("{}", flush=True)
        for line in sys.stdin:
            print(json.dumps(_done(vcenter, watcher, line.strip())), flush=True)
    finally:
        watcher.stop()


def _done(vcenter: Vcenter, watcher: Watcher, order: str) -> dict[str, float]:
    calls = vcenter.calls.now().total
    wall, cpu = time.perf_counter(), time.process_time()
    for names in STEPS[order]:
        collectors = [watcher.collectors[name] for name in names]
        threads = [Thread(target=one.once) for one in collectors]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for one in collectors:
            if problem := one.record.standing().problem:
                raise SystemExit(f"{one.record.name}: {problem}")
    size = sum(map(len, watcher.page(squeezed=False)))
    return {
        "cpu_seconds": time.process_time() - cpu,
        "wall_seconds": time.perf_counter() - wall,
        "calls": vcenter.calls.now().total - calls,
        "page_bytes": size,
    }


if __name__ == "__main__":
    main()
