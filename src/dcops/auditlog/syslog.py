"""A copy of every line to a syslog server, where whoever holds this host cannot change it."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC
from typing import Protocol
from urllib.parse import urlsplit

from dcops.auditlog.entry import Entry, as_json
from dcops.errors import InvalidInput

TIMEOUT_SECONDS = 2.0
# RFC 5424, 6.1: every receiver takes 480 bytes and should take 2048.
LARGEST = 2048
# Facility 13, "log audit"; severity 5, notice.
_PRIORITY = 13 * 8 + 5
_STANDARD_PORT = 514


class Syslog(Protocol):
    """Takes lines; raises OSError when it cannot."""

    def send(self, lines: Sequence[Entry]) -> None:
        """Send these lines in order, within a few seconds."""


def of(address: str) -> Syslog | None:
    """The server that `[syslog] address` names, or None when it names none."""
    if not address:
        return None
    if address.startswith("/"):
        return Local(address)
    parts = urlsplit(address)
    try:
        port = parts.port or _STANDARD_PORT
    except ValueError:
        port = 0
    if parts.scheme not in ("udp", "tcp") or not parts.hostname or not port or parts.path.strip("/"):
        raise InvalidInput(
            f"dcops.toml: syslog.address {address!r} names no syslog server",
            next_step="Write udp://192.0.2.10:514, tcp://192.0.2.10:514 or /dev/log",
        )
    return Udp(parts.hostname, port) if parts.scheme == "udp" else Tcp(parts.hostname, port)


@dataclass(frozen=True, slots=True)
class Udp:
    """RFC 5426: one datagram per line; nobody says whether it arrived."""

    host: str
    port: int

    def send(self, lines: Sequence[Entry]) -> None:
        """Send these lines in order."""
        family, kind, protocol, _, address = socket.getaddrinfo(self.host, self.port, type=socket.SOCK_DGRAM)[0]
        with socket.socket(family, kind, protocol) as channel:
            channel.settimeout(TIMEOUT_SECONDS)
            # Connected, a datagram that nobody takes is refused the next time instead of vanishing.
            channel.connect(address)
            for line in lines:
                channel.send(rfc5424(line))


@dataclass(frozen=True, slots=True)
class Tcp:
    """RFC 6587: each line with its length before it."""

    host: str
    port: int

    def send(self, lines: Sequence[Entry]) -> None:
        """Send these lines in order; a server that stops reading is given up."""
        until = time.monotonic() + TIMEOUT_SECONDS
        with socket.create_connection((self.host, self.port), timeout=TIMEOUT_SECONDS) as channel:
            for line in lines:
                message = rfc5424(line)
                channel.settimeout(max(0.01, until - time.monotonic()))
                channel.sendall(b"%d %s" % (len(message), message))
            # The server's end of file says that it read everything: a plain close would not.
            channel.shutdown(socket.SHUT_WR)
            channel.settimeout(max(0.01, until - time.monotonic()))
            try:
                while channel.recv(4096):
                    pass
            except TimeoutError:
                # Some servers keep a half-closed connection open: the lines were taken all the same.
                return


@dataclass(frozen=True, slots=True)
class Local:
    """The socket of this host's own logger, in the form of syslog(3): journald knows no other."""

    path: str

    def send(self, lines: Sequence[Entry]) -> None:
        """Send these lines in order."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
            channel.settimeout(TIMEOUT_SECONDS)
            channel.connect(self.path)
            for line in lines:
                heading = f"<{_PRIORITY}>{line.time.astimezone():%b %e %H:%M:%S} dcops[{line.origin.pid}]: "
                channel.send(heading.encode("ascii", "replace") + _message(line, LARGEST - len(heading)))


def rfc5424(line: Entry) -> bytes:
    """The line as one syslog message of at most 2048 bytes."""
    moment = line.time.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    host = _printable(line.origin.host, 255)
    heading = f"<{_PRIORITY}>1 {moment} {host} dcops {line.origin.pid} audit - ".encode("ascii")
    return heading + _message(line, LARGEST - len(heading))


def _printable(text: str, longest: int) -> str:
    return "".join(sign for sign in text if "!" <= sign <= "~")[:longest] or "-"


def _message(line: Entry, room: int) -> bytes:
    """The line as JSON; of a long list of devices as many as fit, and how many there are."""
    content = as_json(line)
    message = _compact(content)
    if len(message) <= room:
        return message
    for text in ("detail", "result"):
        content[text] = content[text][:200]
    devices = content["devices"]
    content["devices_total"] = len(devices)
    fewest, most = 0, len(devices)
    while fewest < most:
        middle = (fewest + most + 1) // 2
        if len(_compact({**content, "devices": devices[:middle]})) <= room:
            fewest = middle
        else:
            most = middle - 1
    return _compact({**content, "devices": devices[:fewest]})[:room]


def _compact(content: object) -> bytes:
    return json.dumps(content, ensure_ascii=True, separators=(",", ":")).encode("ascii")
