"""A day of scrapes, one every 30 seconds, as fast as they go: what the exporter holds in memory stays what it was."""

import asyncio
import gc
import re
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from aiohttp import ClientSession
from aiohttp.test_utils import TestServer

from dcops.exporters.app import application
from dcops.exporters.snmp.kind import Snmp
from lab.snmp import Serving, agents
from tests.exporters.running import serving
from tests.exporters.snmp.site import COMMUNITY, SnmpSite
from tests.snmp_walks import walks
from tests.soak import SOAK

DAY, SAMPLE = 2_880, 120
WARM = 40
"""Scrapes until everything that is kept on purpose is there."""
KEPT_BYTES = 60
"""Of one scrape: more would be a leak, less is what counters and caches come to."""
FRAGMENTS = 6 << 20
"""What the allocator wastes until it has found its places, in a process of 75 MB; from then on it stays."""
DEAD = 2


def served(walk):
    return Serving(walk.file, community=COMMUNITY, name=str(walk))


def site_of(folder, there):
    """A site in which each walk is a device with its own profiles; `there` gives the port of each."""
    site = SnmpSite(folder, **{walk.file.stem: port for walk, port in there})
    file = site.root / "inventory/all.yaml"
    text = file.read_text()
    for walk, _ in there:
        profiles = ", ".join(name for name in walk.profiles if name != "system")
        text = re.sub(rf"(name: {walk.file.stem}, .*)\[flamingos\]", rf"\g<1>[{profiles}]", text)
    file.write_text(text)
    return site


def resident(exporter):
    status = Path(f"/proc/{exporter.process.pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+) kB", status)[1]) << 10


def success(exporter, walk):
    status, text = exporter.get(f"/probe?target={walk.file.stem}")
    assert status == 200
    return "\ndcops_probe_success 1\n" in f"\n{text}"


@pytest.mark.timeout(900)
def test_the_scrapes_of_one_device_leave_nothing_behind(tmp_path):
    (walk,) = [walk for walk in walks() if str(walk) == "linux/debian"]
    scrapes = DAY if SOAK else SAMPLE

    async def scrape(root):
        # No TestClient: that keeps each answer until it is closed.
        async with (
            TestServer(application({"snmp": Snmp(root)})) as server,
            ClientSession(server.make_url("/")) as client,
        ):

            async def held_after(number):
                for _ in range(number):
                    async with client.get(f"/probe?target={walk.file.stem}") as answer:
                        assert "\ndcops_probe_success 1\n" in f"\n{await answer.text()}"
                gc.collect()
                return tracemalloc.get_traced_memory()[0]

            return -await held_after(WARM) + await held_after(scrapes)

    with agents([served(walk)]) as (agent,):
        site = site_of(tmp_path, [(walk, agent.port)])
        tracemalloc.start()
        try:
            grown = asyncio.run(scrape(site.root))
        finally:
            tracemalloc.stop()

    assert grown < scrapes * KEPT_BYTES


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_the_scrapes_of_a_whole_fleet_two_of_it_dead_leave_nothing_behind(tmp_path):
    fleet = [walk for walk in walks() if walk.profiles]
    with agents([served(walk) for walk in fleet]) as there:
        site = site_of(tmp_path, [(walk, agent.port) for walk, agent in zip(fleet, there, strict=True)])
        for agent in there[:DEAD]:
            agent.fault("hang")
        with serving(site.root) as exporter, ThreadPoolExecutor(len(fleet)) as pool:

            def cycle():
                assert sum(pool.map(lambda walk: success(exporter, walk), fleet)) == len(fleet) - DEAD

            for _ in range(WARM // len(fleet) + 8):
                cycle()
            before = resident(exporter)
            for _ in range(DAY // len(fleet)):
                cycle()

            assert resident(exporter) - before < FRAGMENTS
