"""Cisco IOS and IOS-XE: NAPALM's driver, with verified host keys and configurations read byte for byte.

NAPALM's `get_config` drops headers, strips white space and takes any line that looks like a prompt for the end of the
answer. A backup needs every byte and has to notice a cut, so `read_configurations` reads the terminal itself.
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from typing import Any

import paramiko
from napalm.ios import IOSDriver as NapalmIOSDriver

from dcops.devices.failures import explain
from dcops.devices.ssh.session import CiscoSession
from dcops.devices.trust import Trust
from dcops.errors import DeviceError, ErrorKind
from dcops.model.secret import Secret
from dcops.model.snapshot import ConfigSource, Document

MAX_BYTES = 64 * 1024 * 1024
SETTLE_SECONDS = 1.0
"""How long the terminal must stay quiet before a prompt without the end marker is believed."""
SILENCE_SECONDS = 60.0
"""A 1921 thinks for half a minute before the first line of a long configuration."""
END = re.compile(rb"^end[ \t]*\r*\n\s*\Z", re.MULTILINE)
LINE_END = re.compile(rb"\r+\n")
REFUSED = re.compile(rb"^\s*(%|Command authorization failed)", re.MULTILINE)


class IOSDriver(NapalmIOSDriver):  # type: ignore[misc]
    """NAPALM's `ios` driver. Optional arguments of ours: `trust`, `device_name`, `legacy_algorithms`."""

    def __init__(
        self,
        hostname: str,
        username: str,
        password: str,
        timeout: int = 60,
        optional_args: Mapping[str, Any] | None = None,
    ) -> None:
        args = {key: value for key, value in (optional_args or {}).items() if value is not None}
        self._trust: Trust = args.pop("trust")
        self._legacy = bool(args.pop("legacy_algorithms", False))
        self._secrets = tuple(Secret(text) for text in (password, args.get("secret", "")) if text)
        super().__init__(hostname, username, password, timeout, args)

    def open(self) -> None:
        """Connect, log in and reach enable mode; raises DeviceError."""
        try:
            self.device = CiscoSession(
                host_keys=self._trust.host_keys,
                legacy=self._legacy,
                device_type="cisco_ios",
                host=self.hostname,
                username=self.username,
                password=self.password,
                conn_timeout=min(20, self.timeout),
                banner_timeout=min(15, self.timeout),
                auth_timeout=min(30, self.timeout),
                **self.netmiko_optional_args,
            )
            self._netmiko_device = self.device
            if not self.force_no_enable:
                self.device.enable()
        except Exception as error:  # noqa: BLE001  one place turns netmiko's many faces into ours
            self.close()
            raise explain(error, self._secrets) from None

    def close(self) -> None:
        """Log out and disconnect; never raises."""
        try:
            super().close()
        except Exception:  # noqa: BLE001  the session is over either way
            self.abort()

    def abort(self) -> None:
        """Cut the connection from another thread."""
        client = getattr(self.device, "remote_conn_pre", None)
        transport = client.get_transport() if client else None
        if transport is not None:
            transport.close()

    def read_configurations(self) -> tuple[tuple[Document, ...], tuple[str, ...]]:
        """Running and startup configuration.

        A startup configuration that is refused or absent is named and is no failure: some accounts may not see it.
        """
        try:
            documents = [Document(ConfigSource.RUNNING, self._show("show running-config"))]
            startup = self._show("show startup-config")
        except DeviceError:
            raise
        except Exception as error:  # noqa: BLE001
            raise explain(error, self._secrets) from None
        if reason := _refusal(startup):
            return tuple(documents), (f"startup: {reason}",)
        return (*documents, Document(ConfigSource.STARTUP, startup)), ()

    def _show(self, command: str) -> bytes:
        """The answer to a command without its echo and the prompt after it, line ends as LF."""
        channel: paramiko.Channel = self.device.remote_conn
        self.device.clear_buffer(backoff=False)
        prompt = re.compile(rb"(?:^|[\r\n])" + re.escape(self.device.base_prompt.encode()) + rb"[\w.-]*[#>] ?\Z")
        channel.sendall(command.encode() + b"\n")
        answer = bytearray()
        heard = time.monotonic()
        while True:
            data = self._receive(channel)
            now = time.monotonic()
            if data:
                answer += data
                heard = now
                if len(answer) > MAX_BYTES:
                    raise DeviceError(
                        ErrorKind.INVALID, f"{command} gave more than {MAX_BYTES >> 20} MiB and was cut off"
                    )
            at_prompt = prompt.search(answer, max(0, len(answer) - 300))
            if at_prompt and END.search(answer, max(0, at_prompt.start() - 300), at_prompt.start() + 1):
                break
            # A line inside a banner may look like our prompt: without the end marker, wait whether more comes.
            quiet = now - heard
            refused = len(answer) < 2000 and REFUSED.search(answer)
            if at_prompt and (quiet > SETTLE_SECONDS or refused):
                break
            if quiet > SILENCE_SECONDS:
                raise DeviceError(
                    ErrorKind.TIMEOUT,
                    f"it fell silent in the middle of {command} after {len(answer)} bytes",
                    next_step="Check its load and the line to it",
                )
        text = LINE_END.sub(b"\n", bytes(answer[: at_prompt.start() + 1]))
        echo, _, body = text.partition(b"\n")
        return body if command.encode() in echo else text

    def _receive(self, channel: paramiko.Channel) -> bytes:
        channel.settimeout(0.2)
        try:
            data = channel.recv(65536)
        except TimeoutError:
            return b""
        if not data:
            raise DeviceError(
                ErrorKind.TRUNCATED,
                "the device closed the session in the middle of its answer",
                next_step="Try again; when it repeats, check the line to it and its load",
            )
        return data


def _refusal(answer: bytes) -> str:
    """Why the device would not show a configuration, in its own first line; empty when it did."""
    for line in answer.decode("utf-8", "replace").splitlines():
        words = line.strip().strip("^").strip()
        if words.startswith("%") or "authorization failed" in words.lower() or "is not present" in words:
            return words.lstrip("% ").rstrip(".")[:120]
        if words and not words.startswith("!"):
            return ""
    return ""
