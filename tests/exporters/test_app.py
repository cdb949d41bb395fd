"""The server: it answers whatever happens, in time, and to nobody it should not."""

import asyncio
import socket
import subprocess
import threading
import time

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from dcops.exporters.app import application
from dcops.exporters.scrape import DEFAULT_SECONDS, Reading, budget
from tests.exporters.running import DCOPS


class Broken:
    """A kind whose handler fails."""

    def routes(self):
        async def fail(_request):
            raise RuntimeError("made to fail")

        return [web.get("/broken", fail)]

    def close(self):
        pass


def asked(kinds, *paths, **headers):
    async def ask():
        async with TestClient(TestServer(application(kinds))) as client:
            answers = []
            for path in paths:
                answer = await client.get(path, headers=headers)
                answers.append((answer.status, await answer.text()))
            return answers

    return asyncio.run(ask())


def test_it_is_healthy_and_ready():
    assert [status for status, _ in asked({}, "/-/healthy", "/-/ready", "/")] == [200, 200, 200]


def test_a_handler_that_fails_is_counted_and_the_next_one_answers():
    first, metrics, healthy = asked({"broken": Broken()}, "/broken", "/metrics", "/-/healthy")

    assert first[0] == 500
    assert "made to fail" not in first[1]
    assert 'dcops_exporter_scrape_errors_total{handler="/broken"} 1.0' in metrics[1]
    assert healthy[0] == 200


def test_paths_that_nobody_offers_make_no_series():
    *_, metrics = asked({}, "/a", "/b?target=192.0.2.1", "/metrics")

    assert "192.0.2.1" not in metrics[1]
    assert '"/a"' not in metrics[1]


def test_its_own_metrics_name_the_version():
    ((_, text),) = asked({}, "/metrics")

    assert 'dcops_build_info{version="' in text
    assert "process_resident_memory_bytes" in text


def test_who_asks_for_openmetrics_gets_it():
    ((_, text),) = asked({}, "/metrics", Accept="application/openmetrics-text; version=1.0.0")

    assert text.endswith("# EOF\n")


@pytest.mark.parametrize(
    ("said", "seconds"),
    [("10", 9.5), ("1", 0.5), ("0.3", 0.2), ("nan", DEFAULT_SECONDS), ("1e9", DEFAULT_SECONDS), ("x", DEFAULT_SECONDS)],
)
def test_the_answer_comes_before_prometheus_gives_up(said, seconds):
    class Request:
        headers = {"X-Prometheus-Scrape-Timeout-Seconds": said}  # noqa: RUF012

    assert budget(Request()) == seconds


def test_a_source_that_hangs_costs_one_thread_and_every_answer_is_in_time():
    release = threading.Event()
    calls = []

    def hang():
        calls.append(threading.get_ident())
        release.wait(10)
        return ["late"]

    async def scrapes():
        reading = Reading("test", hang)
        begun = time.monotonic()
        answers = [await reading.metrics(0.1) for _ in range(3)]
        took = time.monotonic() - begun
        release.set()
        late = await reading.metrics(5)
        reading.close()
        return answers, took, late

    answers, took, late = asyncio.run(scrapes())

    assert answers == [None, None, None]
    assert took < 2
    assert late == ["late"]
    assert len(calls) == 1


def test_a_source_that_fails_is_no_answer_and_is_asked_again():
    answers = [ValueError("once"), ["well"]]

    def read():
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def scrapes():
        reading = Reading("test", read)
        found = [await reading.metrics(5), await reading.metrics(5)]
        reading.close()
        return found

    assert asyncio.run(scrapes()) == [None, ["well"]]


def test_it_ends_when_it_is_told_to(site, exporter):
    exporter.process.terminate()

    assert exporter.process.wait(10) == 0


def test_a_port_that_is_taken_is_said(site):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        done = subprocess.run(
            [DCOPS, "-C", str(site.root), "exporter", "serve", "--listen", address],
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )

    assert done.returncode == 3
    assert f"nothing can listen on {address}" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_client_that_never_finishes_its_request_holds_up_nobody(exporter):
    host, port = exporter.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as slow:
        slow.sendall(b"GET /metrics/jobs HTTP/1.1\r\nHost: x\r\nX-")

        assert exporter.get("/-/healthy")[0] == 200
        assert exporter.get("/metrics/jobs")[0] == 200


def test_a_kind_that_does_not_exist_is_refused_with_the_nearest(site):
    done = subprocess.run(
        [DCOPS, "-C", str(site.root), "exporter", "serve", "--kind", "job"],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )

    assert done.returncode == 2
    assert "Did you mean jobs?" in done.stderr
