"""One HTTPS connection to a vCenter, on which one question is asked at a time."""

from __future__ import annotations

import hashlib
import http.client
import select
import socket
import ssl
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from dcops.errors import DeviceError, ErrorKind
from dcops.vsphere import trouble
from dcops.vsphere.body import TooLarge, Truncated, read
from dcops.vsphere.calls import Calls
from dcops.vsphere.target import Limits, Target
from dcops.vsphere.watchdog import Patience, Watchdog

_BROKEN = (OSError, http.client.HTTPException, Truncated)


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer, all of it, unpacked."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    """Names in lower case. They may hold the session's cookie."""
    body: bytearray = field(repr=False)


class Line:
    """A connection that is made when it is needed and kept. Used by one thread; `cut` and `close` by any."""

    def __init__(self, target: Target, limits: Limits, calls: Calls, watchdog: Watchdog) -> None:
        self._target = target
        self._limits = limits
        self._calls = calls
        self._watchdog = watchdog
        self._socket: socket.socket | None = None
        self._is_closed = False
        self.name = target.name
        self.certificate: bytes = b""
        """What the vCenter showed when the connection was made (DER)."""

    def ask(
        self, label: str, verb: str, path: str, body: bytes, headers: Mapping[str, str], *, seconds: float
    ) -> Reply:
        """Ask one question; raises DeviceError. `label` names it in counts and messages."""
        sent, begun, got = len(body), time.monotonic(), [0, 0]
        try:
            with self._watchdog.limit(seconds, self.cut) as patience:
                try:
                    return self._ask(verb, path, body, headers, patience, got)
                except _BROKEN as error:
                    self._drop()
                    raise self._explained(label, error, patience, seconds) from None
                except BaseException:
                    self._drop()
                    raise
        except DeviceError as error:
            self._calls.failed(error.kind)
            raise
        finally:
            self._calls.asked(label, time.monotonic() - begun, sent, *got)

    def cut(self) -> None:
        """Break it, also while its thread waits; never raises, never waits. It is made anew for the next question."""
        if (held := self._socket) is not None:
            with suppress(OSError):
                # SSLSocket's own method would let go of the TLS state that the waiting thread still reads with.
                socket.socket.shutdown(held, socket.SHUT_RDWR)

    def close(self) -> None:
        """Break it, and let nobody make it anew."""
        self._is_closed = True
        self.cut()

    def _ask(
        self, verb: str, path: str, body: bytes, headers: Mapping[str, str], patience: Patience, got: list[int]
    ) -> Reply:
        fresh = self._connect_if_needed(patience)
        try:
            response = self._send(verb, path, body, headers)
        except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
            # An idle connection that the other side gave up, before it read anything of ours.
            if fresh or patience.is_over or self._is_closed:
                raise
            self._drop()
            self._connect_if_needed(patience)
            response = self._send(verb, path, body, headers)
        with response:
            answer = read(response, self._limits.answer_bytes, got)
            if response.will_close:
                self._drop()
            return Reply(response.status, {name.lower(): value for name, value in response.getheaders()}, answer)

    def _send(self, verb: str, path: str, body: bytes, headers: Mapping[str, str]) -> http.client.HTTPResponse:
        connection = http.client.HTTPConnection(
            _in_url(self._target.server_name or self._target.host), self._target.port
        )
        connection.sock = self._socket
        connection.request(verb, path, body or None, {"User-Agent": "dcops", "Accept-Encoding": "gzip", **headers})
        response = connection.getresponse()
        connection.sock = None
        return response

    def _connect_if_needed(self, patience: Patience) -> bool:
        """Whether the connection is a new one."""
        if self._socket is not None:
            # What lies there unasked is its end.
            idle = select.poll()
            idle.register(self._socket, select.POLLIN)
            if not idle.poll(0):
                return False
            self._drop()
        if self._is_closed:
            raise ConnectionAbortedError("closed")
        target = self._target
        left = max(0.001, patience.until - time.monotonic())
        plain = socket.create_connection((target.host, target.port), min(left, self._limits.connect_seconds))
        try:
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            made = target.context.wrap_socket(
                plain, server_hostname=target.server_name or target.host, do_handshake_on_connect=False
            )
        except BaseException:
            plain.close()
            raise
        self._socket = made
        with self._watchdog.limit(self._limits.connect_seconds, self.cut) as handshake:
            try:
                made.settimeout(None)
                made.do_handshake()
            except ssl.SSLCertVerificationError:
                raise
            except OSError as error:
                # An end without a word is what a cut looks like from here.
                raise (TimeoutError("handshake") if handshake.is_over else error) from None
        if patience.is_over or self._is_closed:
            raise ConnectionAbortedError("cut")
        self.certificate = made.getpeercert(binary_form=True) or b""
        if target.pin and hashlib.sha256(self.certificate).hexdigest() != target.pin:
            raise trouble.not_pinned(target.name)
        self._calls.count("connections")
        return True

    def _drop(self) -> None:
        held, self._socket = self._socket, None
        if held is not None:
            with suppress(OSError):
                held.close()

    def _explained(self, label: str, error: Exception, patience: Patience, seconds: float) -> DeviceError:
        name = self._target.name
        if self._is_closed:
            return trouble.trouble(name, ErrorKind.UNREACHABLE, "we are ending", "Nothing is to be done")
        if patience.is_over:
            return trouble.too_slow(name, label, seconds)
        if isinstance(error, TooLarge):
            size = self._limits.answer_bytes >> 20
            return trouble.trouble(
                name, ErrorKind.INVALID, f"the answer to {label} is larger than {size} MiB", "Is this a vCenter?"
            )
        if isinstance(error, Truncated | http.client.IncompleteRead):
            return trouble.trouble(
                name, ErrorKind.TRUNCATED, f"the answer to {label} ended in the middle", "Check the line to it"
            )
        if isinstance(error, http.client.BadStatusLine) and not isinstance(error, ConnectionError):
            return trouble.trouble(name, ErrorKind.INVALID, "it does not speak HTTP", "Is this its HTTPS port?")
        return trouble.of_connection(name, error)


def _in_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host
