"""One running simulator: a process of its own, its certificate, its login, and the door for tests."""

from __future__ import annotations

import contextlib
import json
import secrets
import shutil
import ssl
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lab.pki import Authority
from lab.vsphere import holdings
from lab.vsphere.control import Control
from lab.vsphere.program import program

USER = "svc-dcops@vsphere.local"
SECONDS_TO_STOP = 5


class Broken(Exception):
    """The simulator did not come up."""


@dataclass(slots=True)
class Simulator:
    """A vCenter on loopback."""

    name: str
    host: str
    port: int
    user: str
    password: str = field(repr=False)
    ca: str
    """The certificate of the authority that signed its own, as PEM."""
    control: Control
    process: subprocess.Popen[str]
    hosts: int
    machines: int

    @property
    def pid(self) -> int:
        """The process, for measurements."""
        return self.process.pid

    def context(self) -> ssl.SSLContext:
        """What a client trusts it with."""
        return ssl.create_default_context(cadata=self.ca)

    def stop(self) -> None:
        """End the process; safe twice."""
        stop(self.process)


@dataclass(frozen=True, slots=True)
class Signed:
    """Files of certificates, key included."""

    certificate: Path
    wrong: Path | None = None


def start(
    estate: Mapping[str, Any],
    folder: Path,
    signed: Signed,
    *,
    user: str,
    password: str,
    address: str = "127.0.0.1",
    port: int = 0,
) -> tuple[subprocess.Popen[str], dict[str, Any]]:
    """Start the program; gives the process and what it said when it was ready."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "estate.json"
    file.write_text(json.dumps(estate, ensure_ascii=False, indent=1), encoding="utf-8")
    scratch = folder / "scratch"
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir()
    arguments = [str(program()), "-listen", f"{address}:{port}", "-control", f"{address}:0", "-estate", str(file)]
    arguments += ["-certificate", str(signed.certificate)]
    if signed.wrong:
        arguments += ["-wrong-certificate", str(signed.wrong)]
    log = folder / "simulator.log"
    with log.open("w", encoding="utf-8") as errors:
        process = subprocess.Popen(
            arguments,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            cwd=folder,
            # The simulator keeps the files of its datastores where temporary files go; a vCenter's cookies are secure.
            env={
                "TMPDIR": str(scratch),
                "PATH": "/usr/bin:/bin",
                "HOME": str(folder),
                "VCSIM_SECURE_COOKIES": "true",
            },
        )
    assert process.stdin is not None
    assert process.stdout is not None
    with contextlib.suppress(BrokenPipeError):
        # It stays open: when this process is gone, however that came about, the simulator ends.
        process.stdin.write(json.dumps({"user": user, "password": password}) + "\n")
        process.stdin.flush()
    line = process.stdout.readline()
    if not line:
        stop(process)
        raise Broken(f"the simulator ended with {process.returncode}: {log.read_text(encoding='utf-8').strip()}")
    return process, json.loads(line)


def stop(process: subprocess.Popen[str]) -> None:
    """End a process that was started here."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(SECONDS_TO_STOP)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    for stream in (process.stdin, process.stdout):
        if stream:
            with contextlib.suppress(BrokenPipeError):
                stream.close()


@contextlib.contextmanager
def serve(
    name: str = "vc-main",
    *,
    hosts: int | None = None,
    vms: int | None = None,
    estate: Mapping[str, Any] | None = None,
    address: str = "127.0.0.1",
    port: int = 0,
) -> Iterator[Simulator]:
    """A vCenter of the lab, or one of so many made-up hosts and machines, for as long as the block lasts."""
    if estate is None:
        if hosts or vms:
            estate = holdings.made_up(hosts or 4, vms or 16)
        else:
            estate = holdings.holdings(name, holdings.hosts_of(name))
    authority, password = Authority("Data centre lab CA"), secrets.token_urlsafe(18)
    with tempfile.TemporaryDirectory(prefix="dcops-vcenter-") as place:
        folder = Path(place)
        signed = sign(authority, str(estate["name"]), address, folder)
        process, said = start(estate, folder, signed, user=USER, password=password, address=address, port=port)
        try:
            host, _, number = said["address"].rpartition(":")
            yield Simulator(
                name=str(estate["name"]),
                host=host,
                port=int(number),
                user=USER,
                password=password,
                ca=authority.pem,
                control=Control(said["control"]),
                process=process,
                hosts=said["hosts"],
                machines=said["machines"],
            )
        finally:
            stop(process)


def sign(authority: Authority, name: str, address: str, folder: Path) -> Signed:
    """The simulator's own certificate, and one of somebody else for the fault."""
    files = []
    for file, signer, holder in (
        ("own.pem", authority, name),
        ("wrong.pem", Authority("Somebody else"), "proxy.example.test"),
    ):
        made = signer.sign(holder, address)
        path = folder / file
        path.touch(0o600)
        path.write_bytes(made.certificate + made.key)
        files.append(path)
    return Signed(*files)
