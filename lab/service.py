"""One running lab: it claims addresses, builds the devices, writes the site root and answers until it is stopped."""

from __future__ import annotations

import asyncio
import json
import os
import resource
import signal
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import web

from lab import addresses, control, estate, recordings, site_root
from lab.build import Builder
from lab.clock import Clock
from lab.snmp.door import Receiver
from lab.stage import Stage
from lab.state import DEFAULT, Lock, State, write_atomically


@dataclass(frozen=True, slots=True)
class Wish:
    """What lab is wanted."""

    scale: str = "reference"
    state: State = field(default_factory=lambda: State(DEFAULT))
    recordings: Path | None = None
    delay_seconds: float = 0.0
    configuration_delay_seconds: float = 0.0
    inventory: Path = estate.INVENTORY
    traps: Receiver | None = None
    """Who hears the traps of its SNMP agents; nobody has to."""


class Lab:
    """A lab that is built and can run."""

    def __init__(self, wish: Wish) -> None:
        self._wish = wish
        self._clock = Clock()
        self._block = addresses.claim()
        self._estate = estate.read(wish.scale, wish.inventory)
        if wish.recordings:
            recordings.add_to(self._estate, wish.recordings)
        host_keys = wish.state.keys / "hosts"
        builder = Builder(
            self._estate,
            self._block,
            self._clock,
            host_keys,
            wish.state.devices.absolute(),
            delay_seconds=wish.delay_seconds,
            configuration_delay_seconds=wish.configuration_delay_seconds,
        )
        self.devices = builder.devices()
        self._stage = Stage(
            self.devices,
            self._clock,
            wish.traps or Receiver(self._block.control_address, addresses.TRAP_PORT),
            estate.sensors(self._estate.files),
        )
        site_root.write(
            wish.state,
            self._estate,
            credentials=builder.credentials,
            key_files=builder.key_files,
            known_hosts=builder.known_hosts,
            authority=builder.authority.pem,
        )

    async def run(self, ready: Callable[[Mapping[str, Any]], None]) -> None:
        """Serve until SIGTERM or Ctrl-C."""
        _allow_many_sockets()
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            loop.add_signal_handler(number, stop.set)
        runner = web.AppRunner(control.application(self.devices, self._clock, self._stage), access_log=None)
        await runner.setup()
        file = self._wish.state.endpoints
        try:
            for device in self.devices.values():
                device.open()
            await web.SockSite(runner, self._block.control).start()
            endpoints = self.endpoints()
            write_atomically(file, json.dumps(endpoints, indent=2) + "\n")
            ready(endpoints)
            await stop.wait()
        finally:
            file.unlink(missing_ok=True)
            await asyncio.gather(*(device.close() for device in self.devices.values()))
            await runner.cleanup()

    def endpoints(self) -> dict[str, Any]:
        """What `endpoints.json` says."""
        wish = self._wish
        return {
            "control": f"http://{self._block.control_address}:{addresses.CONTROL_PORT}",
            "pid": os.getpid(),
            "scale": wish.scale,
            "site": str(wish.state.site.absolute()),
            "traps": str(self._stage.receiver),
            "recordings": str(wish.recordings.absolute()) if wish.recordings else None,
            "devices": [device.endpoint() for device in self.devices.values()],
            "left_out": self._estate.left_out,
        }


def serve(wish: Wish, ready: Callable[[Mapping[str, Any]], None]) -> None:
    """Run a lab in this process until it is told to stop."""
    lock = Lock(wish.state)
    try:
        asyncio.run(Lab(wish).run(ready))
    finally:
        lock.release()


def _allow_many_sockets() -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
