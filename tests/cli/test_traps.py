"""`dcops traps`: from a UPS of the lab that loses the mains to a metric, over real sockets."""

import json
import os
import re
import subprocess
import time
from contextlib import contextmanager

import pytest

from dcops.exporters.traps.store import Store
from tests.exporters.running import DCOPS, Exporter

BATTERY = "dcops_ups_on_battery_by_trap"
UPS = (("device", "ups-1"), ("site", "main"))


@contextmanager
def serving(lab):
    """The receiver, which the lab's agents tell from now on."""
    command = [DCOPS, "-C", str(lab.site), "traps", "serve", "--listen", "127.0.0.1:0", "--http", "127.0.0.1:0"]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment)
    try:
        receiver = re.search(r"udp://(\S+)", process.stderr.readline())[1]
        lab.call("POST", "/traps", {"to": receiver})
        yield Exporter(process, re.search(r"https?://\S+", process.stderr.readline())[0])
    finally:
        lab.call("POST", "/scenario/calm")
        lab.call("POST", "/traps", {"to": lab.endpoints["traps"]})
        process.terminate()
        process.communicate(timeout=20)


def seen(running, value, patience_seconds=10):
    """How long it took until the metric had this value."""
    began = time.monotonic()
    while running.series("/metrics").get(BATTERY, {}).get(UPS) != value:
        assert time.monotonic() - began < patience_seconds, running.get("/metrics")[1]
        time.sleep(0.05)
    return time.monotonic() - began


def kept(lab):
    return [event.received for event in Store(lab.site / "state" / "traps.sqlite").events(kind="ups_on_battery")]


@pytest.fixture
def without_events(lab):
    yield
    for file in (lab.site / "state").glob("traps.sqlite*"):
        file.unlink()


@pytest.mark.usefixtures("without_events")
def test_a_ups_on_battery_is_seen_within_two_seconds_kept_and_still_known_after_a_restart(lab):
    with serving(lab) as running:
        lab.call("POST", "/scenario/ups-on-battery", {"device": "ups-1"})
        assert seen(running, 1) < 2
        assert running.series("/metrics")["dcops_traps_up"] == {(): 1}
    with serving(lab) as running:
        before = kept(lab)
        lab.call("POST", "/scenario/ups-on-battery", {"device": "ups-1"})
        until = time.monotonic() + 10
        while kept(lab) == before:
            assert time.monotonic() < until, "the event was never kept"
            time.sleep(0.02)
        running.process.kill()
        running.process.wait(10)
    with serving(lab) as running:
        assert seen(running, 1) < 2
        lab.call("POST", "/scenario/ups-on-battery", {"device": "ups-1"})
        lab.call("POST", "/scenario/calm")
        assert seen(running, 0) < 2

    done = lab.dcops("traps", "list", "--device", "ups-1", "--since", "1h", "--format", "json")
    kinds = [item["kind"] for item in json.loads(done.stdout)["items"]]
    assert kinds[0] == "ups_on_mains"
    assert kinds.count("ups_on_battery") >= 2
    assert "ups_on_battery" in lab.dcops("traps", "list", "--kind", "ups_on_battery").stdout


def test_nothing_came_is_said(lab):
    assert "Nothing came." in lab.dcops("traps", "list", "--device", "nobody").stdout


def test_http_for_other_hosts_needs_tls(lab):
    done = lab.dcops("traps", "serve", "--http", "192.0.2.1:9742")

    assert done.returncode == 2
    assert "--web-config" in done.stderr
