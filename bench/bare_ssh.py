"""The floor: a shell on every router with paramiko and nothing else, for the same commands as a backup.

`python -m bench.bare_ssh SITE WORKERS` reads every router of a site root. No prompt is made sure of, nothing is checked
but the host key, nothing is kept: what stays is the price of SSH in Python.
"""

from __future__ import annotations

import json
import sys
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import paramiko
import yaml

COMMANDS = ("terminal length 0", "terminal width 511", "show version", "show running-config", "show startup-config")
KEY_EXCHANGE = "curve25519"
"""The simulated routers and dcops agree on it as well: with another one every client costs many times as much."""


def main() -> int:
    """Read all; 0 when every router gave a whole configuration."""
    site, workers = Path(sys.argv[1]), int(sys.argv[2])
    logins = tomllib.loads((site / "credentials.toml").read_text(encoding="utf-8"))
    devices = []
    for file in sorted((site / "inventory").glob("devices*.yaml")):
        devices += yaml.load(file.read_text(encoding="utf-8"), getattr(yaml, "CSafeLoader", yaml.SafeLoader))["devices"]
    known = {}
    for line in (site / "trust" / "known_hosts").read_text(encoding="utf-8").splitlines():
        known[line.split()[0]] = line.split()[2]

    def read(device: dict) -> int:
        address, port = device["management"]["ipv4"], device["management"]["port"]
        return read_one(address, port, logins[device["credential"]], known[f"[{address}]:{port}"])

    with ThreadPoolExecutor(workers) as threads:
        sizes = list(threads.map(read, devices))
    print(json.dumps({"routers": len(sizes), "bytes": sum(sizes)}))
    return 0 if all(size > 2000 for size in sizes) else 1


def read_one(address: str, port: int, login: dict[str, str], key: str) -> int:
    """The bytes of one router's answers."""
    transport = paramiko.Transport((address, port))
    try:
        options = transport.get_security_options()
        options.kex = [name for name in options.kex if name.startswith(KEY_EXCHANGE)]
        transport.connect(username=login["username"], password=login["password"])
        if transport.get_remote_server_key().get_base64() != key:
            raise SystemExit(f"{address} shows another host key")
        channel = transport.open_session()
        channel.get_pty("vt100", 511, 1000)
        channel.invoke_shell()
        channel.settimeout(60)
        prompt = until(channel, b"#")[-1:]
        size = 0
        for command in COMMANDS:
            channel.sendall(command.encode() + b"\n")
            size += len(until(channel, b"\r\nend\r\n" if command.endswith("config") else prompt))
        channel.sendall(b"exit\n")
    finally:
        transport.close()
    return size


def until(channel: paramiko.Channel, end: bytes) -> bytes:
    """What is said up to a prompt that follows an end."""
    heard = b""
    while end not in heard or not heard.endswith(b"#"):
        data = channel.recv(65536)
        if not data:
            raise SystemExit("a router hung up")
        heard += data
    return heard


if __name__ == "__main__":
    sys.exit(main())
