"""The control interface: HTTP on loopback, for tests, benchmarks and demonstrations."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from lab import faults, scenarios
from lab.clock import Clock
from lab.device import BadChange, Device
from lab.snmp.agent import FAULTS, OPTIONS, BadValue
from lab.snmp.door import Receiver
from lab.stage import Stage

LARGEST_REQUEST = 128 * 1024 * 1024
FASTEST = 100_000


def application(devices: Mapping[str, Device], clock: Clock, stage: Stage) -> web.Application:
    """The control interface of one lab."""
    control = Control(devices, clock, stage)
    app = web.Application(client_max_size=LARGEST_REQUEST, middlewares=[_plain_errors])
    app.add_routes(
        [
            web.get("/devices", control.list_devices),
            web.get("/devices/{name}", control.show_device),
            web.post("/devices/{name}/fault", control.set_fault),
            web.delete("/devices/{name}/fault", control.clear_fault),
            web.post("/devices/{name}/change", control.change),
            web.post("/devices/{name}/snmp", control.set_variable),
            web.post("/traps", control.set_traps),
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

    def __init__(self, devices: Mapping[str, Device], clock: Clock, stage: Stage) -> None:
        self._devices = devices
        self._clock = clock
        self._stage = stage

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
            allowed, options = device.faults, device.fault_options
            if device.snmp:
                allowed, options = allowed | FAULTS, {**OPTIONS, **options}
            fault, for_seconds = faults.parse(device.platform, allowed, options, await _body(request))
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

    async def set_variable(self, request: web.Request) -> web.Response:
        """`POST /devices/NAME/snmp`."""
        device = self._device(request)
        if device.snmp is None:
            raise web.HTTPBadRequest(text=f"{device.name} has no SNMP agent")
        body = await _body(request)
        if not isinstance(body, dict) or not {"oid", "value"} <= set(body) <= {"oid", "value", "tag"}:
            raise web.HTTPBadRequest(text='the body must be an object such as {"oid": "1.3.6.1.2.1.1.5.0", "value": 7}')
        try:
            device.snmp.agent.change(str(body["oid"]), body["value"], body.get("tag"))
        except BadValue as error:
            raise web.HTTPBadRequest(text=str(error)) from None
        return web.json_response({"device": device.name, "oid": body["oid"], "value": body["value"]})

    async def set_traps(self, request: web.Request) -> web.Response:
        """`POST /traps`."""
        body = await _body(request)
        try:
            receiver = Receiver.parse(str(body["to"]))
        except (KeyError, TypeError, ValueError):
            raise web.HTTPBadRequest(text='the body must be an object such as {"to": "127.0.0.1:162"}') from None
        self._stage.receiver = receiver
        return web.json_response({"to": str(receiver)})

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
        name = request.match_info["name"]
        play = scenarios.SCENARIOS.get(name)
        if play is None:
            raise web.HTTPNotFound(text=f"scenarios are {', '.join(scenarios.SCENARIOS)}")
        options = await _body(request) if request.can_read_body else {}
        try:
            did = play(self._stage, options if isinstance(options, dict) else {})
        except scenarios.CannotPlay as error:
            raise web.HTTPBadRequest(text=str(error)) from None
        return web.json_response({"scenario": name, "did": did})

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
