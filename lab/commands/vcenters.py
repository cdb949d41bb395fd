"""The part of the demo that follows the vCenters: the exporter answers from what it holds in memory."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Collection

PATIENCE_SECONDS = 60.0
SUCCESS = re.compile(r"^dcops_probe_(?:collector_)?success(?:\{.*\})? 1$", re.MULTILINE)
FAILURE = re.compile(r"^dcops_probe_(?:collector_)?success(?:\{.*\})? 0$", re.MULTILINE)
SAMPLE = re.compile(r"^[a-z_]+(?:\{.*\})? \S+$", re.MULTILINE)
THINGS = {"dcops_vm_info": "machines", "dcops_host_info": "hosts", "dcops_datastore_info": "datastores"}


def follow(
    url: str, got: Callable[[str], str], running: Collection[str], say: Callable[[str], None], *, pause: float = 1.0
) -> list[str]:
    """Scrape each vCenter that runs, once it is known whole; gives what did not go as it should."""
    targets = [one["targets"][0] for one in json.loads(got(f"{url}/sd/vsphere"))]
    problems = []
    for name in targets:
        if name not in running:
            continue
        text, seconds = _whole(f"{url}/vsphere/{name}", got, pause)
        if not text:
            problems.append(f"vSphere: {name} was not known whole within {PATIENCE_SECONDS:g} s")
            continue
        held = ", ".join(
            f"{len(re.findall(rf'^{metric}{{', text, re.MULTILINE))} {things}" for metric, things in THINGS.items()
        )
        say(f"{name}: {held}; {len(SAMPLE.findall(text)):,} lines in {seconds * 1000:.0f} ms, from memory")
    return problems


def _whole(address: str, got: Callable[[str], str], pause: float) -> tuple[str, float]:
    """The first answer in which every collector has told, and how long it took."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        began = time.monotonic()
        text = got(address)
        seconds = time.monotonic() - began
        if SUCCESS.search(text) and not FAILURE.search(text):
            return text, seconds
        time.sleep(pause)
    return "", 0.0
