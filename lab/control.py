"""The control interface: HTTP on loopback, for tests, benchmarks and demonstrations."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from lab import faults, scenarios
from lab.clock import Clock
from lab.device import BadChange, Device

LARGEST_REQUEST = 128 * 1024 * 1024
FASTEST = 100_000


def application(devices: Mapping[str, Device], clock: Clock) -> web.Application:
    """The control interface of one lab."""
    control = Control(devices, clock)
    app = web.Application(client_max_size=LARGEST_REQUEST, middlewares=[_plain_errors])
    app.add_routes(
        [
            web.get("/devices", control.list_devices),
            web.get("/devices/{name}", control.show_device),
            web.post("/devices/{name}/fault", control.set_fault),
            web.delete("/devices/{name}/fault", control.clear_fault),
            web.post("/devices/{name}/change", control.change),
            web.get("/clock", control.show_clock),
            web.post("/clock", control.set_clock),
            web.post("/scenario/{name}", control.scenario),
        ]
    )
    return app


@web.middleware
async def _plain_errors(request: web.Request, handler: Any) -> web.StreamResponse:
    """Every refusal is JSON with the reason, so that a test can print it."""
    try:
        response: web.StreamResponse = await handler(request)
    except web.HTTPException as error:
        return web.json_response({"error": error.text or error.reason}, status=error.status)
    return response


class Control:
    """The calls of the control interface."""

    def __init__(self, devices: Mapping[str, Device], clock: Clock) -> None:
        self._devices = devices
        self._clock = clock

    async def list_devices(self, _request: web.Request) -> web.Response:
        """`GET /devices`."""
        return web.json_response({"devices": [device.as_json() for device in self._devices.values()]})

    async def show_device(self, request: web.Request) -> web.Response:
        """`GET /devices/NAME`."""
        return web.json_response(self._device(request).as_json())

    async def set_fault(self, request: web.Request) -> web.Response:
        """`POST /devices/NAME/fault`."""
        device = self._device(request)
        try:
            fault, for_seconds = faults.parse(
                device.platform, device.faults, device.fault_options, await _body(request)
            )
        except faults.BadFault as error:
            raise web.HTTPBadRequest(text=str(error)) from None
        device.set_fault(fault, for_seconds)
        return web.json_response(device.as_json())

    async def clear_fault(self, request: web.Request) -> web.Response:
        """`DELETE /devices/NAME/fault`."""
        device = self._device(request)
        device.clear_fault()
        return web.json_response(device.as_json())

    async def change(self, request: web.Request) -> web.Response:
        """`POST /devices/NAME/change`."""
        device = self._device(request)
        body = await _body(request)
        if not isinstance(body, dict):
            raise web.HTTPBadRequest(text="the body must be an object")
        try:
            return web.json_response(dict(device.change(body)))
        except BadChange as error:
            raise web.HTTPBadRequest(text=str(error)) from None

    async def show_clock(self, _request: web.Request) -> web.Response:
        """`GET /clock`."""
        return web.json_response({"rate": self._clock.rate, "seconds": round(self._clock.now(), 3)})

    async def set_clock(self, request: web.Request) -> web.Response:
        """`POST /clock`."""
        body = await _body(request)
        rate = body.get("rate") if isinstance(body, dict) else None
        if isinstance(rate, bool) or not isinstance(rate, int | float) or not 0 < rate <= FASTEST:
            raise web.HTTPBadRequest(text=f'"rate" must be a number above 0 and at most {FASTEST}')
        self._clock.set_rate(float(rate))
        return web.json_response({"rate": self._clock.rate, "seconds": round(self._clock.now(), 3)})

    async def scenario(self, request: web.Request) -> web.Response:
        """`POST /scenario/NAME`."""
        play = scenarios.SCENARIOS.get(request.match_info["name"])
        if play is None:
            raise web.HTTPNotFound(text=f"scenarios are {', '.join(scenarios.SCENARIOS)}")
        return web.json_response({"scenario": request.match_info["name"], "did": play(self._devices, self._clock)})

    def _device(self, request: web.Request) -> Device:
        try:
            return self._devices[request.match_info["name"]]
        except KeyError:
            raise web.HTTPNotFound(text=f"no device {request.match_info['name']!r}") from None


async def _body(request: web.Request) -> Any:
    try:
        return json.loads(await request.read())
    except ValueError:
        raise web.HTTPBadRequest(text="the body must be JSON") from None
