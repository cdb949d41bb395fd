"""Exporters in processes of their own: dcops on a site root made for it, and Debian's prometheus-snmp-exporter."""

from __future__ import annotations

import gzip
import os
import re
import shutil
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.measure import DCOPS

COLUMNS = Path(__file__).with_name("if_mib")
"""The same columns for both: a profile with its metrics, and a module."""
PROFILE = "if-mib"
PEER = "prometheus-snmp-exporter"
TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Exporter:
    """One that answers."""

    url: str
    pid: int

    def get(self, path: str) -> str:
        """What it says there."""
        with urllib.request.urlopen(self.url + path, timeout=60) as answer:
            return str(answer.read().decode())

    def get_packed(self, path: str) -> str:
        """The same, asked for in gzip as Prometheus does."""
        request = urllib.request.Request(self.url + path, headers={"Accept-Encoding": "gzip"})
        with urllib.request.urlopen(request, timeout=60) as answer:
            return gzip.decompress(answer.read()).decode()

    @property
    def cpu_seconds(self) -> float:
        """User and system since it started, with the children that it still has and those that ended."""
        return sum(map(_cpu_seconds, (self.pid, *_children(self.pid))))

    @property
    def memory_bytes(self) -> int:
        """What it holds in memory now."""
        status = Path(f"/proc/{self.pid}/status").read_text(encoding="ascii")
        return int(re.findall(r"VmRSS:\s+(\d+) kB", status)[0]) * 1024


def _cpu_seconds(pid: int) -> float:
    # The name of the program, in brackets, may hold anything: what follows it does not.
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / TICK


def _children(pid: int) -> list[int]:
    found = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in map(int, (task / "children").read_text(encoding="ascii").split()):
            found += [child, *_children(child)]
    return found


def probe(port: int) -> str:
    """Where dcops tells of the switch on that port."""
    return f"/probe?module={PROFILE}&target=sw-{port}"


def peer_probe(port: int) -> str:
    """Where the peer does."""
    return f"/snmp?module=if_mib&target=127.0.0.1:{port}"


def write_site(root: Path, ports: Sequence[int], profile: str = PROFILE) -> None:
    """A site root with a switch on each of these ports of 127.0.0.1, which all have one profile."""
    (root / "exporters" / "snmp").mkdir(parents=True)
    (root / "inventory").mkdir()
    shutil.copy(COLUMNS / "catalogue.yaml", root / "exporters")
    shutil.copy(COLUMNS / f"{PROFILE}.yaml", root / "exporters" / "snmp")
    (root / "dcops.toml").write_text('[site]\nname = "bench"\n', encoding="utf-8")
    login = root / "credentials.toml"
    login.write_text('["agents"]\npassword = "public"\n', encoding="utf-8")
    login.chmod(0o600)
    devices = "".join(
        f"- name: sw-{port}\n  site: main\n  role: lan-switch\n  vendor: any\n  model: drawn\n"
        f"  management: {{ipv4: 127.0.0.1}}\n"
        f'  snmp: {{credential: agents, version: "2c", reason: a benchmark, port: {port}, profiles: [{profile}]}}\n'
        for port in ports
    )
    (root / "inventory" / "all.yaml").write_text(
        f"sites: [{{name: main, title: Main, role: main}}]\ncredentials: [{{name: agents}}]\ndevices:\n{devices}",
        encoding="utf-8",
    )


@contextmanager
def dcops(root: Path, kind: str = "snmp") -> Iterator[Exporter]:
    """`dcops exporter serve` with one kind of metrics, on a site root."""
    command = [DCOPS, "-C", str(root), "exporter", "serve", "--kind", kind, "--listen", "127.0.0.1:0"]
    with subprocess.Popen(
        command, stderr=subprocess.PIPE, text=True, env={**os.environ, "PYTHONUNBUFFERED": "1"}
    ) as process:
        try:
            assert process.stderr
            found = re.search(r"http://\S+", process.stderr.readline())
            if found is None:
                raise SystemExit(f"the exporter did not come up: {process.stderr.read()}")
            yield Exporter(found[0], process.pid)
        finally:
            process.terminate()


@contextmanager
def peer() -> Iterator[Exporter]:
    """The exporter of Prometheus with the module of `if_mib`."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        PEER,
        f"--config.file={COLUMNS / 'snmp.yml'}",
        f"--web.listen-address=127.0.0.1:{port}",
        "--log.level=warn",
    ]
    with subprocess.Popen(command) as process:
        try:
            _wait_for(port)
            yield Exporter(f"http://127.0.0.1:{port}", process.pid)
        finally:
            process.terminate()


def _wait_for(port: int) -> None:
    until = time.monotonic() + 20
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            if time.monotonic() > until:
                raise SystemExit(f"nothing listens on port {port}") from None
            time.sleep(0.05)
        else:
            return
