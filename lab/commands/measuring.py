"""The part of the demo that measures: the exporter asks the whole lab over SNMP, as Prometheus would let it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Collection, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Timer

from lab.commands.vcenters import follow

AT_ONCE = 40
START_SECONDS = 30.0
SAMPLE = re.compile(r"^[a-z_]+(?:\{.*\})? \S+$", re.MULTILINE)


def measure(
    site: Path, say: Callable[[str], None], on_battery: Callable[[], None], vcenters: Collection[str]
) -> list[str]:
    """Scrape every device, put a UPS on battery, and show what changed; then the vCenters that run.

    Gives what did not go as it should.
    """
    say("\n$ dcops exporter serve --kind snmp --kind vsphere")
    with _exporter(site) as url:
        targets = [one["targets"][0] for one in json.loads(_got(f"{url}/sd/snmp"))]
        # The first answers of agents and profiles are made ready here; Prometheus asks every 30 s after that.
        _scrape(url, targets)
        began = time.monotonic()
        answers = _scrape(url, targets)
        seconds = time.monotonic() - began
        failed = sorted(name for name, text in answers.items() if "\ndcops_probe_success 1\n" not in f"\n{text}")
        samples = sum(len(SAMPLE.findall(text)) for text in answers.values())
        say(f"{len(targets) - len(failed)} of {len(targets)} devices answered: {samples:,} samples in {seconds:.1f} s")
        before = _lines(answers, "dcops_ups_on_battery")
        on_battery()
        say("\nThe mains fail. What Prometheus sees at its next scrape:")
        after = _lines(_scrape(url, list(before)), "dcops_ups_on_battery")
        for name in sorted(before):
            say(f"  {name}: {before[name]}  ->  {after.get(name, 'nothing')}")
        say("\nThe vCenters, followed in the background meanwhile:" if vcenters else "\nThe lab has no vCenters here.")
        blind = follow(url, _got, vcenters, say)
    problems = [f"SNMP: {', '.join(failed)} did not answer"] if failed else []
    if not before or any(not line.endswith(" 1") for line in after.values()):
        problems.append("SNMP: a UPS on battery was not seen")
    return problems + blind


def _lines(answers: Mapping[str, str], metric: str) -> dict[str, str]:
    """By device, the line of a metric."""
    found = {name: re.search(rf"^{metric}(?:\{{.*\}})? .*$", text, re.MULTILINE) for name, text in answers.items()}
    return {name: line[0] for name, line in found.items() if line}


def _scrape(url: str, targets: list[str]) -> dict[str, str]:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = pool.map(lambda name: _got(f"{url}/probe?target={urllib.parse.quote(name)}"), targets)
        return dict(zip(targets, answers, strict=True))


def _got(url: str) -> str:
    with urllib.request.urlopen(url, timeout=30) as answer:
        text: str = answer.read().decode()
        return text


@contextmanager
def _exporter(site: Path) -> Iterator[str]:
    """Run the exporter; gives its address, which it says when it listens."""
    dcops = str(Path(sys.executable).with_name("dcops"))
    command = [
        dcops,
        "-C",
        str(site),
        "exporter",
        "serve",
        "--kind",
        "snmp",
        "--kind",
        "vsphere",
        "--listen",
        "127.0.0.1:0",
    ]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr
        late = Timer(START_SECONDS, process.kill)
        late.start()
        try:
            said = process.stderr.readline()
            late.cancel()
            found = re.search(r"http://\S+", said)
            if found is None:
                raise SystemExit(f"the exporter did not start: {said.strip() or 'it said nothing'}")
            yield found[0]
        finally:
            late.cancel()
            process.terminate()
