"""The HTTP server of the exporter: the kinds it was asked to offer, its own health, its own metrics."""

from __future__ import annotations

import asyncio
import logging
import signal
import time
from collections.abc import AsyncIterator, Callable, Mapping
from importlib.metadata import version
from ssl import SSLContext

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.gc_collector import GCCollector
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector

from dcops.errors import CannotRun
from dcops.exporters import logins, tls
from dcops.exporters.kinds import Counting, Kind
from dcops.exporters.listen import Address
from dcops.exporters.scrape import exposition
from dcops.exporters.web_config import Users, WebConfig

log = logging.getLogger(__name__)

BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Own:
    """What the exporter says about itself."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        GCCollector(registry=self.registry)
        build = Gauge("dcops_build_info", "The dcops that runs, always 1.", ["version"], registry=self.registry)
        build.labels(version("dcops")).set(1)
        self.seconds = Histogram(
            "dcops_exporter_scrape_duration_seconds",
            "How long it took to answer.",
            ["handler"],
            buckets=BUCKETS,
            registry=self.registry,
        )
        self.errors = Counter(
            "dcops_exporter_scrape_errors_total",
            "Answers that failed inside the exporter.",
            ["handler"],
            registry=self.registry,
        )


def application(kinds: Mapping[str, Kind], access: WebConfig | None = None) -> web.Application:
    """The server, ready to be run."""
    own = Own()
    asking = [logins.middleware(logins.Logins(Users(access)))] if access and access.users else []
    app = web.Application(middlewares=[_measured(own), *asking], client_max_size=0)
    app.add_routes([web.get("/", _front(kinds)), web.get("/-/healthy", _fine), web.get("/-/ready", _fine)])
    app.add_routes([web.get("/metrics", _own_metrics(own))])
    for kind in kinds.values():
        app.add_routes(kind.routes())
        if isinstance(kind, Counting):
            kind.register(own.registry)
    return app


def serve(
    kinds: Mapping[str, Kind],
    address: Address,
    *,
    told: Callable[[str], None],
    access: WebConfig | None = None,
    beside: Callable[[web.Application], AsyncIterator[None]] | None = None,
) -> None:
    """Answer until SIGTERM or SIGINT; `told` learns where. `access` says with which certificate and to whom.

    `beside` is what runs in the same loop, from before the first answer to after the last.
    """
    try:
        encryption = tls.context(access.tls) if access and access.tls else None
        app = application(kinds, access)
        if beside:
            app.cleanup_ctx.append(beside)
        asyncio.run(_serve(app, address, told, encryption))
    finally:
        for kind in kinds.values():
            kind.close()


async def _serve(
    app: web.Application, address: Address, told: Callable[[str], None], encryption: SSLContext | None
) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=2.0)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, address.host, address.port, ssl_context=encryption).start()
        except OSError as error:
            raise CannotRun(
                f"nothing can listen on {address}: {error.strerror or error}",
                next_step=f"See who does: ss -ltnp 'sport = :{address.port}', or choose another port with --listen",
            ) from None
        for name in runner.addresses:
            told(f"{'https' if encryption else 'http'}://{Address(name[0], name[1])}")
        await stop.wait()
    finally:
        await runner.cleanup()


def _measured(own: Own) -> Middleware:
    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        resource = request.match_info.route.resource
        # The route, never the path: whoever asks for nonsense must not make new series.
        label = resource.canonical if resource else "unknown"
        begun = time.monotonic()
        try:
            answer = await handler(request)
        except web.HTTPException:
            raise
        except Exception:
            own.errors.labels(label).inc()
            log.exception("%s: no answer", label)
            return web.Response(status=500, text="The exporter failed; its log says why.\n")
        own.seconds.labels(label).observe(time.monotonic() - begun)
        answer.headers["Server"] = "dcops"
        return answer

    return middleware


def _own_metrics(own: Own) -> Handler:
    async def handler(request: web.Request) -> web.Response:
        return exposition(request, own.registry)

    return handler


def _front(kinds: Mapping[str, Kind]) -> Handler:
    paths = ["/metrics", "/-/healthy", "/-/ready", *(route.path for kind in kinds.values() for route in kind.routes())]
    text = "\n".join(["dcops exporter", *sorted(paths), ""])

    async def handler(_request: web.Request) -> web.Response:
        return web.Response(text=text)

    return handler


async def _fine(_request: web.Request) -> web.Response:
    return web.Response(text="dcops exporter is up.\n")
