"""A site root with a ledger, and an exporter of it in a process of its own."""

import os
import re
import subprocess
import sys
import urllib.error
import urllib.request
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

from dcops.ledger.ledger import Ledger
from dcops.model.job import DeviceResult, RunKey, RunState, RunTrigger

DCOPS = str(Path(sys.executable).with_name("dcops"))
INVENTORY = """\
sites: [{name: main, title: Main, role: main}, {name: dr, title: DR, role: dr}]
credentials: [{name: ios-backup}]
devices:
  - {name: rtr-1, site: main, role: edge-router, vendor: v, model: m, platform: ios, credential: ios-backup,
     management: {ipv4: 192.0.2.1}}
  - {name: rtr-2, site: dr, role: edge-router, vendor: v, model: m, platform: ios, credential: ios-backup,
     management: {ipv4: 192.0.2.2}}
"""
SETTINGS = '[site]\nname = "test"\n[jobs.backup]\nschedule = "0 1 * * *"\n'


class Site:
    def __init__(self, root, url=""):
        self.root = root
        self.url = url or f"sqlite:///{root}/state/ledger.sqlite"
        (root / "dcops.toml").write_text(SETTINGS + (f'[ledger]\nurl = "{url}"\n' if url else ""))
        (root / "inventory").mkdir()
        (root / "inventory" / "all.yaml").write_text(INVENTORY)
        self.ledger_file = root / "state" / "ledger.sqlite"

    def ledger(self):
        return Ledger.open(self.url)

    def night(self, due, state=RunState.OK, results=("changed", "unchanged"), seconds=42):
        key = RunKey("backup", due)
        with self.ledger() as ledger:
            assert ledger.claim(key, node="n", trigger=RunTrigger.SCHEDULE, now=due)
            ledger.start(key, now=due, run="r-1", process_group=None, artefact="runs/x")
            ledger.record_outcomes(
                key, [DeviceResult("backup", due, f"rtr-{n}", result) for n, result in enumerate(results, 1)]
            )
            ledger.finish(key, state, now=due + timedelta(seconds=seconds), exit_code=0)


class Exporter:
    """`dcops exporter serve`, asked over HTTP."""

    def __init__(self, process, url):
        self.process = process
        self.url = url

    def get(self, path, **headers):
        request = urllib.request.Request(self.url + path, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()

    def series(self, path="/metrics/jobs"):
        """Every sample as {name: {labels: value}}."""
        status, text = self.get(path)
        assert status == 200
        found = {}
        for family in text_string_to_metric_families(text):
            for sample in family.samples:
                found.setdefault(sample.name, {})[tuple(sorted(sample.labels.items()))] = sample.value
        return found


@contextmanager
def serving(root, *arguments):
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    process = subprocess.Popen(
        [DCOPS, "-C", str(root), "exporter", "serve", "--listen", "127.0.0.1:0", *arguments],
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
    )
    try:
        line = process.stderr.readline()
        yield Exporter(process, re.search(r"https?://\S+", line)[0])
    finally:
        process.terminate()
        process.communicate(timeout=20)
