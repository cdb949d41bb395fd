"""An exporter of vCenters, asked over HTTP inside of the test's own process."""

import asyncio
import contextlib
import gzip
import re
import threading
import time
import urllib.error
import urllib.request

from aiohttp import web

from dcops.exporters.app import application
from dcops.exporters.vsphere.kind import Vsphere
from tests.exporters.vsphere.things import series_of_all

PATIENCE_SECONDS = 60


class Watching:
    """What an exporter tells."""

    def __init__(self, kind, url):
        self.kind = kind
        self.url = url

    def get(self, path, **headers):
        """Status, headers and body."""
        request = urllib.request.Request(self.url + path, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, answer.headers, answer.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.headers, error.read()

    def text(self, vcenter="vc-main"):
        """The page of a vCenter, as Prometheus gets it."""
        status, headers, body = self.get(f"/vsphere/{vcenter}", **{"Accept-Encoding": "gzip"})
        assert status == 200
        return (gzip.decompress(body) if headers["Content-Encoding"] == "gzip" else body).decode()

    def found(self, vcenter="vc-main"):
        """Every sample by name and labels."""
        return series_of_all(self.text(vcenter))

    def until(self, is_so, vcenter="vc-main"):
        """What is told as soon as something is so."""
        end = time.monotonic() + PATIENCE_SECONDS
        while True:
            found = self.found(vcenter)
            if is_so(found):
                return found
            assert time.monotonic() < end, {name: found.get(name) for name in ("dcops_probe_collector_success",)}
            time.sleep(0.1)

    def complete(self, vcenter="vc-main"):
        """What is told once every collector has told something."""
        end = time.monotonic() + PATIENCE_SECONDS
        # Not parsed each time: a page has 26,000 lines.
        while True:
            text = self.text(vcenter)
            told = re.findall(r"(?m)^dcops_probe_collector_success\{.*\} (\d)$", text)
            if len(told) >= 10 and set(told) == {"1"}:
                return series_of_all(text)
            assert time.monotonic() < end, text[:3000]
            time.sleep(0.1)


@contextlib.contextmanager
def watching(site):
    """The exporter of a site, with its loop in a thread."""
    kind = Vsphere(site.root)
    loop = asyncio.new_event_loop()
    ready, addresses = threading.Event(), []

    async def serve():
        runner = web.AppRunner(application({"vsphere": kind}))
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        addresses.append(runner.addresses[0])
        ready.set()
        return runner

    def run():
        asyncio.set_event_loop(loop)
        runner = loop.run_until_complete(serve())
        loop.run_forever()
        loop.run_until_complete(runner.cleanup())
        loop.close()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        assert ready.wait(10)
        yield Watching(kind, f"http://127.0.0.1:{addresses[0][1]}")
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(20)
        kind.close()
