"""A site root for one simulated vCenter, which is asked for the counters of vmware_exporter and no others."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from bench.measure import ROOT
from lab.vsphere import Simulator

COUNTERS = ROOT / "exporters" / "vsphere" / "counters.yaml"
# What vmware_exporter 0.18.4 asks, by kind: 24 and 24.
ASKED = {
    "VirtualMachine": [
        "cpu.ready.summation",
        "cpu.maxlimited.summation",
        "cpu.usage.average",
        "cpu.usagemhz.average",
        "cpu.costop.summation",
        "cpu.idle.summation",
        "cpu.demand.average",
        "mem.usage.average",
        "mem.consumed.average",
        "mem.active.average",
        "mem.swapped.average",
        "mem.vmmemctl.average",
        "disk.maxTotalLatency.latest",
        "disk.usage.average",
        "disk.read.average",
        "disk.write.average",
        "net.received.average",
        "net.transmitted.average",
        "net.multicastRx.summation",
        "net.multicastTx.summation",
        "net.broadcastTx.summation",
        "net.broadcastRx.summation",
        "net.droppedRx.summation",
        "net.droppedTx.summation",
    ],
    "HostSystem": [
        "cpu.costop.summation",
        "cpu.demand.average",
        "cpu.idle.summation",
        "cpu.ready.summation",
        "cpu.swapwait.summation",
        "cpu.usage.average",
        "cpu.usagemhz.average",
        "cpu.used.summation",
        "disk.read.average",
        "disk.write.average",
        "mem.active.average",
        "mem.latency.average",
        "mem.swapin.average",
        "mem.swapinRate.average",
        "mem.swapout.average",
        "mem.swapoutRate.average",
        "mem.vmmemctl.average",
        "net.bytesRx.average",
        "net.bytesTx.average",
        "net.droppedRx.summation",
        "net.droppedTx.summation",
        "net.errorsRx.summation",
        "net.errorsTx.summation",
        "net.usage.average",
    ],
}


SELDOM = """\
[vsphere]
quick_seconds = 3600
quick_limit_seconds = 7200
performance_seconds = 3600
performance_limit_seconds = 7200
details_seconds = 3600
details_limit_seconds = 7200
"""


def write_site(root: Path, simulator: Simulator, settings: str = "") -> Path:
    """The files; without other settings everything is asked as often as dcops ships it."""
    (root / "inventory").mkdir(parents=True)
    (root / "trust").mkdir()
    (root / "exporters" / "vsphere").mkdir(parents=True)
    (root / "dcops.toml").write_text(f'[site]\nname = "bench"\n{settings}', encoding="utf-8")
    (root / "trust" / "ca.pem").write_text(simulator.ca, encoding="utf-8")
    login = root / "credentials.toml"
    login.touch(0o600)
    login.write_text(
        f'["{simulator.name}"]\nusername = "{simulator.user}"\npassword = "{simulator.password}"\n', encoding="utf-8"
    )
    vcenter = {
        "name": simulator.name,
        "site": "main",
        "role": "vcenter",
        "vendor": "VMware",
        "model": "vCenter Server",
        "platform": "vcenter",
        "credential": simulator.name,
        "management": {"ipv4": simulator.host, "port": simulator.port},
    }
    _write(
        root / "inventory" / "all.yaml",
        {
            "sites": [{"name": "main", "title": "Main", "role": "main"}],
            "credentials": [{"name": simulator.name}],
            "devices": [vcenter],
        },
    )
    _write(root / "exporters" / "vsphere" / "counters.yaml", _counters())
    return root


def _counters() -> dict[str, Any]:
    """Of the counters that ship, those that both ask."""
    shipped = yaml.safe_load(COUNTERS.read_text(encoding="utf-8"))
    return {
        kind: {name: {key: value for key, value in shipped[kind][name].items() if key != "extended"} for name in names}
        for kind, names in ASKED.items()
    }


def _write(file: Path, content: Any) -> None:
    file.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
