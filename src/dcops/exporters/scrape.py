"""One scrape: bounded in time, never two readings at once, and an answer even when the source has none."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor

from aiohttp import web
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

log = logging.getLogger(__name__)

TIMEOUT_HEADER = "X-Prometheus-Scrape-Timeout-Seconds"
DEFAULT_SECONDS = 9.5
LONGEST_SECONDS = 60.0
SHORTEST_SECONDS = 0.2
# What the answer needs to travel, before Prometheus gives up.
MARGIN_SECONDS = 0.5


class Reading:
    """Calls a blocking reader in a thread. Who comes while it is at work waits for the same answer."""

    def __init__(self, name: str, read: Callable[[], list[Metric]]) -> None:
        self._name = name
        self._read = read
        # One thread: a database that hangs costs one, however often Prometheus asks.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=f"scrape-{name}")
        self._running: asyncio.Future[list[Metric]] | None = None

    async def metrics(self, seconds: float) -> list[Metric] | None:
        """What was read, or None when there was no answer in time, or an error."""
        if self._running is None or self._running.done():
            self._running = asyncio.get_running_loop().run_in_executor(self._thread, self._read)
        try:
            return await asyncio.wait_for(asyncio.shield(self._running), seconds)
        except TimeoutError:
            log.warning("%s: no answer within %.1f s", self._name, seconds)
        except Exception:
            log.exception("%s: the scrape failed", self._name)
        return None

    def close(self) -> None:
        """Wait for nobody."""
        self._thread.shutdown(wait=False, cancel_futures=True)


def budget(request: web.Request) -> float:
    """How many seconds Prometheus leaves for an answer."""
    try:
        asked = float(request.headers.get(TIMEOUT_HEADER, DEFAULT_SECONDS + MARGIN_SECONDS))
    except ValueError:
        asked = DEFAULT_SECONDS + MARGIN_SECONDS
    # Not min(max()): a NaN must not get through.
    if not SHORTEST_SECONDS <= asked - MARGIN_SECONDS <= LONGEST_SECONDS:
        return SHORTEST_SECONDS if asked < 1 else DEFAULT_SECONDS
    return asked - MARGIN_SECONDS


def registry_of(metrics: Iterable[Metric]) -> CollectorRegistry:
    """A registry that holds what one scrape read."""
    registry = CollectorRegistry()
    registry.register(_Fixed(metrics))
    return registry


def exposition(request: web.Request, registry: CollectorRegistry) -> web.Response:
    """The answer in the format that was asked for."""
    encode, content_type = choose_encoder(request.headers.get("Accept", ""))
    answer = web.Response(body=encode(registry), headers={"Content-Type": content_type})
    answer.enable_compression()
    return answer


class _Fixed(Collector):
    def __init__(self, metrics: Iterable[Metric]) -> None:
        self._metrics = list(metrics)

    def collect(self) -> Iterator[Metric]:
        """What was read before."""
        return iter(self._metrics)

    def describe(self) -> Iterator[Metric]:
        """Nothing to be known in advance."""
        return iter(())
