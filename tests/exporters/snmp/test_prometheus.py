"""The real Prometheus: it discovers two agents, scrapes them, and has nothing to complain of."""

import json
import os
import shutil
import socket
import subprocess
import time
import urllib.parse
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import pytest
import yaml

from lab.snmp import Serving, agents
from tests.exporters.running import serving
from tests.exporters.snmp.site import COMMUNITY, SnmpSite

pytestmark = pytest.mark.skipif(not shutil.which("prometheus"), reason="prometheus is not installed")

ROOT = Path(__file__).resolve().parents[3]
WALKS = ROOT / "lab/devices/snmp"
PAGE = ROOT / "docs/how-to/prometheus.md"


def example():
    """The configuration that the documentation gives."""
    text = PAGE.read_text(encoding="utf-8")
    return text.split("```yaml\n# prometheus.yml\n", 1)[1].split("```", 1)[0]


@contextmanager
def prometheus(folder, configuration):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    (folder / "prometheus.yml").write_text(configuration)
    server = subprocess.Popen(
        [
            "prometheus",
            f"--config.file={folder / 'prometheus.yml'}",
            f"--storage.tsdb.path={folder / 'tsdb'}",
            f"--web.listen-address=127.0.0.1:{port}",
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={"PATH": os.environ["PATH"]},
    )
    try:
        yield f"http://127.0.0.1:{port}/api/v1/"
    finally:
        server.terminate()
        server.wait(20)


def asked(api, query):
    with urllib.request.urlopen(f"{api}query?{urllib.parse.urlencode({'query': query})}", timeout=5) as answer:
        return json.load(answer)["data"]["result"]


def awaited(api, query, count):
    """What Prometheus knows, once it knows so much: it begins with nothing, and is not there at once."""
    until = time.monotonic() + 40
    while True:
        try:
            found = asked(api, query)
        except OSError:
            found = []
        if len(found) >= count:
            return found
        assert time.monotonic() < until, f"{query} is {found}"
        time.sleep(0.2)


def test_two_agents_are_discovered_scraped_and_named_as_in_the_inventory(tmp_path):
    walks = [WALKS / "linux/debian.snmprec", WALKS / "ups/rfc1628.snmprec"]
    with agents([Serving(walk, community=COMMUNITY, name=walk.stem) for walk in walks]) as (server, ups):
        site = SnmpSite(tmp_path, **{"srv-1": server.port, "ups-1": ups.port})
        file = site.root / "inventory/all.yaml"
        text = file.read_text().replace("profiles: [flamingos]", "profiles: [interfaces]", 1)
        file.write_text(text.replace("profiles: [flamingos]", "profiles: [ups-mib]"))
        with serving(site.root) as exporter:
            address = exporter.url.removeprefix("http://")
            configuration = example().replace("127.0.0.1:9740", address).replace("60s", "1s").replace("15s", "1s")
            with prometheus(tmp_path, configuration) as api:
                found = awaited(api, "dcops_probe_success == 1", 2)
                assert {one["metric"]["device"] for one in found} == {"srv-1", "ups-1"}
                labels = dict(next(one["metric"] for one in found if one["metric"]["device"] == "ups-1"))
                assert labels == {
                    "__name__": "dcops_probe_success",
                    "job": "dcops-snmp",
                    "site": "main",
                    "device": "ups-1",
                    "instance": "ups-1",
                    "role": "ups",
                }
                assert awaited(api, "dcops_ups_battery_charge_ratio{device='ups-1'}", 1)
                assert awaited(api, "dcops_if_oper_up{device='srv-1'}", 3)
                assert awaited(
                    api, "dcops_device_info{device='ups-1', vendor='v'} * on (site, device) dcops_probe_success", 1
                )
                assert {one["value"][1] for one in awaited(api, "up", 4)} == {"1"}
                for label in ("job", "instance", "device", "site", "role"):
                    assert not asked(api, f"{{__name__=~'dcops_.+', exported_{label}!=''}}")


def test_promtool_takes_the_example_and_prints_the_labels_of_discovery(tmp_path):
    with agents([Serving(WALKS / "ups/rfc1628.snmprec", community=COMMUNITY)]) as (ups,):
        site = SnmpSite(tmp_path, **{"ups-1": ups.port})
        with serving(site.root, "--kind", "snmp") as exporter:
            file = tmp_path / "prometheus.yml"
            file.write_text(example().replace("127.0.0.1:9740", exporter.url.removeprefix("http://")))
            check = subprocess.run(
                ["promtool", "check", "config", file], capture_output=True, text=True, check=False, timeout=60
            )
            assert check.returncode == 0, check.stderr
            done = subprocess.run(
                ["promtool", "check", "service-discovery", "--timeout=3s", file, "dcops-snmp"],
                capture_output=True,
                text=True,
                check=False,
                timeout=60,
            )
            status, text = exporter.get("/probe?target=ups-1")

    assert status == 200, text
    (target,) = json.loads(done.stdout)
    assert target["labels"]["instance"] == "ups-1"
    assert target["labels"]["__param_target"] == "ups-1"
    said = subprocess.run(["promtool", "check", "metrics"], input=text, capture_output=True, text=True, check=False)
    assert (said.returncode, said.stdout + said.stderr) == (0, "")


def test_the_example_asks_for_no_address_of_a_device():
    jobs = {job["job_name"]: job for job in yaml.safe_load(example())["scrape_configs"]}

    assert set(jobs) == {"dcops-snmp", "dcops-vsphere", "dcops-jobs", "dcops-exporter"}
    assert jobs["dcops-snmp"]["metrics_path"] == "/probe"
