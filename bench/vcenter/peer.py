"""vmware_exporter, in an environment of its own in the user's cache: it wants libraries that nobody else wants."""

from __future__ import annotations

import hashlib
import os
import shutil
import socket
import subprocess
import time
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.snmp.exporters import Exporter
from lab.vsphere import Simulator

REQUIREMENTS = Path(__file__).with_name("vmware_exporter.txt")
PATH = "/metrics"


def why_not() -> str:
    """Why it cannot run here; empty when it can. Installs it when it is not there."""
    try:
        _environment()
    except (OSError, subprocess.CalledProcessError) as error:
        said = getattr(error, "stderr", None) or str(error)
        return f"vmware_exporter cannot be installed: {said.strip().splitlines()[-1]}"
    return ""


def versions() -> dict[str, str]:
    """What it consists of."""
    lines = REQUIREMENTS.read_text(encoding="utf-8").splitlines()
    return dict(line.split("==") for line in lines if "==" in line)


@contextmanager
def vmware_exporter(simulator: Simulator, folder: Path) -> Iterator[Exporter]:
    """It on one vCenter, with its own defaults."""
    authority = folder / "ca.pem"
    authority.write_text(simulator.ca, encoding="utf-8")
    port = _free_port()
    environment = {
        **os.environ,
        "SSL_CERT_FILE": str(authority),
        "VSPHERE_HOST": f"{simulator.host}:{simulator.port}",
        "VSPHERE_USER": simulator.user,
        "VSPHERE_PASSWORD": simulator.password,
    }
    command = [_environment() / "bin" / "vmware_exporter", "-a", "127.0.0.1", "-p", str(port), "-l", "WARNING"]
    with subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL) as process:
        try:
            _wait_for(process, port)
            yield Exporter(f"http://127.0.0.1:{port}", process.pid)
        finally:
            process.terminate()


def _environment() -> Path:
    wanted = REQUIREMENTS.read_bytes()
    cache = Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser() / "dcops-bench"
    made = cache / f"vmware_exporter-{hashlib.sha256(wanted).hexdigest()[:16]}"
    done = made / "requirements.txt"
    if not done.is_file() or done.read_bytes() != wanted:
        shutil.rmtree(made, ignore_errors=True)
        venv.create(made, with_pip=True)
        install = [made / "bin" / "python", "-m", "pip", "install", "-q", "-r", REQUIREMENTS]
        subprocess.run(install, check=True, text=True, capture_output=True)
        # Last, so that an install that broke off is made anew.
        done.write_bytes(wanted)
    return made


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _wait_for(process: subprocess.Popen[bytes], port: int) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise SystemExit("vmware_exporter did not come up")
