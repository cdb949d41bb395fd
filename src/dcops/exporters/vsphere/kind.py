"""`GET /vsphere/<vcenter>`: everything about one vCenter, from memory; `GET /sd/vsphere`: which vCenters there are."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from difflib import get_close_matches
from pathlib import Path

from aiohttp import web
from prometheus_client import CollectorRegistry, Gauge

from dcops.exporters.answer import CONTENT_TYPE, answer, takes_gzip
from dcops.exporters.scrape import budget
from dcops.exporters.vsphere import memory, own
from dcops.exporters.vsphere.fleet import Fleet
from dcops.exporters.vsphere.own import Health
from dcops.exporters.vsphere.roster import Roster
from dcops.exporters.vsphere.watcher import Watcher

PATH = "/vsphere/{vcenter}"
DISCOVERY = "/sd/vsphere"
LONGEST_SHOWN = 60
MAKERS = 4
"""Pages that are made at a time."""


class Vsphere:
    """The kind `vsphere`."""

    def __init__(self, root: Path) -> None:
        memory.be_thrifty()
        self._fleet = Fleet(root)
        self._makers = ThreadPoolExecutor(MAKERS, thread_name_prefix="page")
        self._making: dict[tuple[str, bool], asyncio.Future[list[bytes]]] = {}
        self._up = Gauge(
            "dcops_exporter_vsphere_inventory_up",
            "Inventory, settings and counters for vCenters are in force as their files say now.",
            registry=None,
        )

    def routes(self) -> list[web.RouteDef]:
        """Where it answers."""
        return [web.get(PATH, self._tell), web.get(DISCOVERY, self._discover)]

    def register(self, registry: CollectorRegistry) -> None:
        """Show what it counts."""
        self._up.set_function(lambda: self._fleet.up)
        registry.register(self._up)

    def close(self) -> None:
        """Log out of every vCenter."""
        self._fleet.close()
        self._makers.shutdown(wait=False, cancel_futures=True)

    async def _tell(self, request: web.Request) -> web.StreamResponse:
        roster = await self._roster(budget(request))
        name = request.match_info["vcenter"]
        if name not in roster.entries:
            raise web.HTTPNotFound(text=_unknown(name, roster))
        watcher = self._fleet.watcher(name)
        if watcher is None:
            health = Health(name, (), trouble=self._fleet.trouble(name))
            return answer(request, own.text(health, roster.manner.catalogue))
        squeezed = takes_gzip(request.headers.get("Accept-Encoding", ""))
        return await _sent(request, await self._made(watcher, squeezed=squeezed), squeezed=squeezed)

    async def _made(self, watcher: Watcher, *, squeezed: bool) -> Sequence[bytes]:
        """The page; who comes while it is being made gets the same one."""
        key = (watcher.name, squeezed)
        making = self._making.get(key)
        if making is None:
            # In a thread: at 10,000 machines a page is fifty megabytes, and others want to be answered meanwhile.
            loop = asyncio.get_running_loop()
            making = loop.run_in_executor(self._makers, lambda: watcher.page(squeezed=squeezed))
            self._making[key] = making
            making.add_done_callback(lambda _: self._making.pop(key, None))
        return await asyncio.shield(making)

    async def _discover(self, request: web.Request) -> web.Response:
        roster = await self._roster(budget(request))
        return answer(request, json.dumps(roster.discovery), content_type="application/json")

    async def _roster(self, seconds: float) -> Roster:
        roster = self._fleet.roster
        if roster is None:
            await asyncio.get_running_loop().run_in_executor(self._makers, self._fleet.settle, seconds)
            roster = self._fleet.roster
        if roster is None:
            # Not an empty list: Prometheus would forget its targets.
            raise web.HTTPServiceUnavailable(text="The inventory cannot be read; the exporter's log says why.\n")
        return roster


async def _sent(request: web.Request, parts: Sequence[bytes], *, squeezed: bool) -> web.StreamResponse:
    """The parts one by one, as fast as they are taken: never the whole page once more for each who asks."""
    headers = {"Content-Type": CONTENT_TYPE, "Vary": "Accept-Encoding", "Server": "dcops"}
    if squeezed:
        headers["Content-Encoding"] = "gzip"
    if request.method == "HEAD":
        return web.Response(headers=headers)
    response = web.StreamResponse(headers=headers)
    response.content_length = sum(map(len, parts))
    await response.prepare(request)
    for part in parts:
        await response.write(part)
    await response.write_eof()
    return response


def _unknown(name: str, roster: Roster) -> str:
    near = get_close_matches(name[:LONGEST_SHOWN], roster.entries, 1)
    return f"Unknown vCenter {name[:LONGEST_SHOWN]!r}" + (f", did you mean {near[0]}?" if near else "") + "\n"
