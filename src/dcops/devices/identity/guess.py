"""What a device might be, from what it says to everybody. A guess, and called one: nothing relies on it."""

from __future__ import annotations

import contextlib
import re
import socket
from dataclasses import dataclass

from dcops.devices.identity import certificates
from dcops.devices.identity.endpoint import Endpoint, Transport, connect
from dcops.errors import DeviceError

PATIENCE_SECONDS = 4.0
SSH_PORT = 22
WEB_PORTS = (443, 8443, 4444)
LONGEST = 4096

HINTS = (
    # what is said, the platform it speaks for; the identifications of SSH servers are the makers' own
    (re.compile(r"SSH-[\d.]+-Cisco-"), "ios"),
    (re.compile(r"Palo ?Alto|PanWeb|GlobalProtect", re.IGNORECASE), "panos"),
    (re.compile(r"Peplink|Pepwave", re.IGNORECASE), "peplink"),
    (re.compile(r"Sophos|Cyberoam", re.IGNORECASE), "sfos"),
    (re.compile(r"SSH-[\d.]+-(?:FortiSSH|\S*FortiGate)|Fortinet|FortiGate", re.IGNORECASE), "fortios"),
    (re.compile(r"SSH-[\d.]+-ROSSSH|MikroTik|RouterOS", re.IGNORECASE), "mikrotik"),
    (re.compile(r"SSH-[\d.]+-(?:Mocana|HP)|ProCurve|Aruba", re.IGNORECASE), "procurve"),
    (re.compile(r"Arista|\bEOS\b"), "eos"),
    (re.compile(r"Juniper|JUNOS", re.IGNORECASE), "junos"),
    (re.compile(r"Brocade|Fabric OS", re.IGNORECASE), "brocade"),
    (re.compile(r"SSH-[\d.]+-\S*OpenSSH\S* (?:Debian|Ubuntu)|SSH-[\d.]+-OpenSSH_for", re.IGNORECASE), "linux"),
)


@dataclass(frozen=True, slots=True)
class Greeting:
    """What one port said."""

    endpoint: Endpoint
    words: str
    """The SSH identification; or the certificate's subject and the web server's header."""


def greetings(address: str, port: int | None) -> tuple[Greeting, ...]:
    """What the usual ports of an address say to everybody; nothing is logged in."""
    found = []
    for number in (port,) if port else (SSH_PORT, *WEB_PORTS):
        if words := _ssh(address, number):
            found.append(Greeting(Endpoint(Transport.SSH, address, number), words))
        elif number != SSH_PORT and (words := _web(address, number)):
            found.append(Greeting(Endpoint(Transport.TLS, address, number), words))
    return tuple(found)


def platform(words: str) -> str:
    """The platform that a greeting speaks for; empty when it tells nothing."""
    return next((name for pattern, name in HINTS if pattern.search(words)), "")


def _ssh(address: str, port: int) -> str:
    """The identification line of an SSH server: it speaks first."""
    try:
        connection, _ = connect(address, port, PATIENCE_SECONDS)
    except DeviceError:
        return ""
    with contextlib.closing(connection):
        # A web server waits for us to speak: silence is an answer too.
        connection.settimeout(PATIENCE_SECONDS if port == SSH_PORT else 1.5)
        said = b""
        try:
            while len(said) < LONGEST and b"\n" not in said[said.find(b"SSH-") :]:
                data = connection.recv(LONGEST)
                if not data:
                    break
                said += data
        except OSError:
            pass
    line = next((line for line in said.splitlines() if line.startswith(b"SSH-")), b"")
    return line.decode("ascii", "replace").strip()


def _web(address: str, port: int) -> str:
    """The subject of the certificate, and how the web server calls itself."""
    endpoint = Endpoint(Transport.TLS, address, port)
    try:
        chain = certificates.fetch(endpoint)
    except DeviceError:
        return ""
    words = [f"certificate {chain[0].subject}" if chain else "certificate unreadable"]
    with contextlib.suppress(DeviceError, OSError, ValueError):
        if server := _server(endpoint):
            words.append(f"server {server}")
    return ", ".join(words)


def _server(endpoint: Endpoint) -> str:
    """The `Server` header of the front page, asked without any login."""
    import ssl

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    # Nothing secret is sent and nothing is believed: the header is one more hint.
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    connection, _ = connect(endpoint.address, endpoint.port, PATIENCE_SECONDS)
    with contextlib.closing(connection):
        connection.settimeout(PATIENCE_SECONDS)
        with context.wrap_socket(connection) as web:
            web.sendall(f"HEAD / HTTP/1.0\r\nHost: {endpoint.address}\r\n\r\n".encode())
            head = _head(web)
    match = re.search(rb"^server:[ \t]*([^\r\n]+)", head, re.IGNORECASE | re.MULTILINE)
    return match[1].decode("latin-1").strip()[:80] if match else ""


def _head(web: socket.socket) -> bytes:
    head = b""
    while len(head) < LONGEST and b"\r\n\r\n" not in head:
        data = web.recv(LONGEST)
        if not data:
            break
        head += data
    return head
