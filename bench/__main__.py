"""`python -m bench` lists the benchmarks; `python -m bench NAME [--json FILE]` runs one."""

from __future__ import annotations

import argparse
import importlib
import json
import sys
from pathlib import Path

# Written by hand: name, module, what it answers.
BENCHMARKS = {
    "backup-hang": ("bench.backup_hang", "does one hung and one refusing device delay the other 38?"),
    "backup-rancid": ("bench.backup_rancid", "how much faster and cheaper than RANCID are 40 routers?"),
    "archive-history": (
        "bench.archive_history",
        "how long do five years of history take to look at, and how much room?",
    ),
    "archive-growth": ("bench.archive_growth", "what does a 20 MB export that changes every night take in a year?"),
    "backup-1000": ("bench.backup_1000", "what do 1,000 routers cost beside bare SSH, and slow ones beside the ideal?"),
    "jobs": ("bench.jobs", "does a bad year lose or double a night, and how fast does a run begin?"),
    "snmp-if": (
        "bench.snmp_if",
        "how much cheaper and quicker than prometheus-snmp-exporter is the scrape of a switch?",
    ),
    "snmp-walk": ("bench.snmp_walk", "is a walk of 50,000 variables as quick as gosnmp's, and what does SNMPv3 add?"),
    "audit": ("bench.audit", "how long do 200 rules take for 1,000 routers, and 60 block rules beside netutils?"),
    "snmp-fleet": (
        "bench.snmp_fleet",
        "what does a whole site cost every 30 seconds, and can one process do 2,000 switches?",
    ),
    "vsphere": (
        "bench.vsphere",
        "how much cheaper than vmware_exporter is a vCenter, and how much memory do 10,000 machines take?",
    ),
    "cli-start": ("bench.cli_start", "how long until help, a checked inventory of 5,000 devices, a small lab?"),
}


def main() -> int:
    """Run one benchmark or list them all."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("name", nargs="?", choices=sorted(BENCHMARKS))
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the result there as well")
    parser.add_argument("--names", action="store_true", help="print the bare names")
    args = parser.parse_args()
    if args.name is None:
        for name, (_, question) in BENCHMARKS.items():
            print(name if args.names else f"{name:14} {question}")
        return 0
    benchmark = importlib.import_module(BENCHMARKS[args.name][0])
    if reason := getattr(benchmark, "why_not", str)():
        print(f"{args.name} is left out: {reason}", file=sys.stderr)
        return 3
    result = benchmark.run()
    text = json.dumps({"bench": args.name, **result}, indent=2)
    print(text)
    if args.json:
        args.json.write_text(text + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
