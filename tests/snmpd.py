"""Debian's snmpd on loopback: the agent that we did not write."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

PROGRAM = Path("/usr/sbin/snmpd")
MISSING = f"{PROGRAM} is not installed: apt-get install snmpd"
PATIENCE_SECONDS = 20
COMMUNITY = "public"
PASSWORD = "correct-horse-1"
PRIVACY_PASSWORD = "battery-staple-2"
ENDED_SECONDS = 10


@dataclass(frozen=True)
class User:
    """A user that the agent knows; algorithms as the inventory names them."""

    name: str
    authentication: str
    privacy: str | None = None

    @property
    def lines(self) -> str:
        """Its lines in snmpd.conf."""
        words = {"md5": "MD5", "sha1": "SHA", "des": "DES", "aes128": "AES", "aes192": "AES-192", "aes256": "AES-256"}
        signed = words.get(self.authentication, self.authentication.upper().replace("SHA", "SHA-"))
        hidden = f' {words[self.privacy]} "{PRIVACY_PASSWORD}"' if self.privacy else ""
        level = "priv" if self.privacy else "auth"
        return f'createUser {self.name} {signed} "{PASSWORD}"{hidden}\nrouser {self.name} {level}\n'


USERS = (
    User("md5-des", "md5", "des"),
    User("sha1-aes128", "sha1", "aes128"),
    User("sha256-aes192", "sha256", "aes192"),
    User("sha512-aes256", "sha512", "aes256"),
    User("sha384-auth", "sha384"),
)


class Snmpd:
    """A running agent; it answers on 127.0.0.1, and on ::1 where this machine has IPv6."""

    hosts: tuple[str, ...]

    def __init__(self, folder: Path) -> None:
        self.hosts = ("127.0.0.1", "::1") if _has_ipv6() else ("127.0.0.1",)
        self.port = _free_port(self.hosts)
        settings = folder / "snmpd.conf"
        where = f"udp:127.0.0.1:{self.port}" + (f",udp6:[::1]:{self.port}" if "::1" in self.hosts else "")
        settings.write_text(
            f"agentAddress {where}\nrocommunity {COMMUNITY}\nrocommunity6 {COMMUNITY}\n"
            + "".join(user.lines for user in USERS)
        )
        settings.chmod(0o600)
        self._log = folder / "snmpd.log"
        with self._log.open("w") as log:
            self._process = subprocess.Popen(
                [PROGRAM, "-f", "-Lo", "-C", "-c", settings],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**os.environ, "SNMP_PERSISTENT_DIR": str(folder / "persistent"), "MIBS": ""},
            )
        try:
            self._await_answer()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Stop it, by its process id."""
        self._process.terminate()
        try:
            self._process.wait(ENDED_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _await_answer(self) -> None:
        """Ask for sysUpTime until something comes back."""
        question = bytes.fromhex("302602010104067075626c6963a019020101020100020100300e300c06082b060102010103000500")
        deadline = time.monotonic() + PATIENCE_SECONDS
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
            asking.settimeout(0.1)
            asking.connect(("127.0.0.1", self.port))
            while time.monotonic() < deadline:
                if self._process.poll() is not None:
                    break
                try:
                    asking.send(question)
                    if asking.recv(2000):
                        return
                except (TimeoutError, ConnectionRefusedError):
                    time.sleep(0.02)
        raise RuntimeError(f"snmpd did not come up:\n{self._log.read_text()}")


def _has_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as made:
            made.bind(("::1", 0))
    except OSError:
        return False
    return True


def _free_port(hosts: tuple[str, ...]) -> int:
    """A port that is free at all of these addresses."""
    while True:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as first:
            first.bind(("127.0.0.1", 0))
            port: int = first.getsockname()[1]
            if "::1" not in hosts:
                return port
            with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as second:
                try:
                    second.bind(("::1", port))
                except OSError:
                    continue
                return port
