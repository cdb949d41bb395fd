"""`GET /probe`: one device asked over SNMP; `GET /sd/snmp`: which devices there are, for Prometheus."""

from __future__ import annotations

import json
import logging
from collections.abc import Collection, Sequence
from difflib import get_close_matches
from pathlib import Path

from aiohttp import web
from prometheus_client import CollectorRegistry

from dcops.exporters.answer import answer
from dcops.exporters.scrape import budget
from dcops.exporters.snmp.conversations import Conversations
from dcops.exporters.snmp.own import ALL, Own
from dcops.exporters.snmp.page import page
from dcops.exporters.snmp.probe import Collector, Probe
from dcops.exporters.snmp.roster import Entry, Roster
from dcops.exporters.snmp.watch import Watch

log = logging.getLogger(__name__)

PROBE = "/probe"
DISCOVERY = "/sd/snmp"
SEVERAL = "several"
LONGEST_SHOWN = 60


class Snmp:
    """The kind `snmp`."""

    def __init__(self, root: Path) -> None:
        self._watch = Watch(root)
        self._conversations = Conversations()
        self._own = Own()
        self._said: dict[tuple[str, str], str] = {}

    def routes(self) -> list[web.RouteDef]:
        """Where it answers."""
        return [web.get(PROBE, self._probe), web.get(DISCOVERY, self._discover)]

    def register(self, registry: CollectorRegistry) -> None:
        """Show what it counts."""
        self._own.register(registry, self._is_up, lambda: len(self._watch.roster.entries) if self._watch.roster else 0)

    def close(self) -> None:
        """Look at the files no more."""
        self._watch.close()

    async def _probe(self, request: web.Request) -> web.Response:
        seconds = budget(request)
        roster = await self._roster(seconds)
        targets = request.query.getall("target", [])
        if len(targets) != 1:
            raise _refused("Say one target: /probe?target=NAME, a device of the inventory")
        entry = roster.entries.get(targets[0])
        if entry is None:
            # It may have been written into the inventory a second ago.
            await self._watch.settle(seconds)
            roster = self._watch.roster or roster
            entry = roster.entries.get(targets[0])
        if entry is None:
            raise _refused(_unknown("target", targets[0], roster.entries))
        collectors, module = _collectors(request, roster, entry)
        found = await self._conversations.probe(entry, collectors, seconds)
        self._own.count(module, found)
        self._say(entry.name, found)
        return answer(request, page(found, roster.shelf.catalogue))

    async def _discover(self, request: web.Request) -> web.Response:
        roster = await self._roster(budget(request))
        return answer(request, json.dumps(roster.discovery), content_type="application/json")

    async def _roster(self, seconds: float) -> Roster:
        self._watch.look()
        if self._watch.roster is None:
            await self._watch.settle(seconds)
        if self._watch.roster is None:
            # Not an empty list: Prometheus would forget its targets.
            raise web.HTTPServiceUnavailable(text="The inventory cannot be read; the exporter's log says why.\n")
        return self._watch.roster

    def _is_up(self) -> bool:
        self._watch.look()
        return self._watch.up

    def _say(self, device: str, found: Probe) -> None:
        """Tell the log when a collector begins to fail and when it is well again, not at every scrape."""
        for name in found.collectors:
            error = found.failures.get(name)
            problem = str(error) if error else ""
            if problem != self._said.get((device, name), ""):
                self._said[device, name] = problem
                log.warning("%s: %s: %s", device, name, problem or "well again")


def _collectors(request: web.Request, roster: Roster, entry: Entry) -> tuple[Sequence[Collector], str]:
    """The collectors that were asked for, and the module under which the probe is counted."""
    wanted = [name for text in request.query.getall("module", []) for name in text.split(",") if name]
    if not wanted:
        return entry.collectors, ALL
    for name in wanted:
        if name not in roster.collectors:
            raise _refused(_unknown("module", name, roster.collectors))
    names = dict.fromkeys(wanted)
    return [roster.collectors[name] for name in names], wanted[0] if len(names) == 1 else SEVERAL


def _unknown(noun: str, name: str, known: Collection[str]) -> str:
    near = get_close_matches(name[:LONGEST_SHOWN], known, 1)
    return f"Unknown {noun} {name[:LONGEST_SHOWN]!r}" + (f", did you mean {near[0]}?" if near else "")


def _refused(text: str) -> web.HTTPBadRequest:
    return web.HTTPBadRequest(text=text + "\n")
