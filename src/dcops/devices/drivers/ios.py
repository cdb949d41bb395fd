"""Cisco IOS and IOS-XE: NAPALM's driver, with verified host keys and configurations read byte for byte.

NAPALM's `get_config` drops headers, strips white space and takes any line that looks like a prompt for the end of the
answer. A backup needs every byte and has to notice a cut, so `read_configurations` reads the terminal itself.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, ClassVar

from napalm.ios import IOSDriver as NapalmIOSDriver

from dcops.devices.failures import explain
from dcops.devices.ios import calls
from dcops.devices.ios.answers import refusal
from dcops.devices.ssh.session import CiscoSession
from dcops.devices.ssh.terminal import Prompt, Terminal
from dcops.devices.trust import Trust
from dcops.errors import DeviceError
from dcops.model.call import Call
from dcops.model.secret import Secret
from dcops.model.snapshot import ConfigSource, Document
from dcops.model.transcript import NoTape, Tape

END = re.compile(r"^end$")
REFUSED = re.compile(r"^\s*(%|Command authorization failed)", re.MULTILINE)


class IOSDriver(NapalmIOSDriver):  # type: ignore[misc]
    """NAPALM's `ios` driver. Optional arguments of ours: `trust`, `device_name`, `legacy_algorithms`."""

    transport: ClassVar[str] = "ssh"
    default_port: ClassVar[int] = 22

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
        self._tape: Tape = args.pop("tape", None) or NoTape()
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
            if not isinstance(self._tape, NoTape):
                # Its banners went by before netmiko began to listen: a recording has the prompt alone.
                self._tape.greeting(b"", self.device.find_prompt())
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
        documents = [Document(ConfigSource.RUNNING, self._asked("show running-config"))]
        startup = self._asked("show startup-config")
        if reason := refusal(startup):
            return tuple(documents), (f"startup: {reason}",)
        return (*documents, Document(ConfigSource.STARTUP, startup)), ()

    def calls(self) -> tuple[Call, ...]:
        """Every question that dcops asks of this platform."""
        return calls.calls(self._asked)

    def _asked(self, command: str) -> bytes:
        try:
            return self._show(command)
        except DeviceError:
            raise
        except Exception as error:  # noqa: BLE001
            raise explain(error, self._secrets) from None

    def _show(self, command: str) -> bytes:
        """The answer to a command without its echo and the prompt after it, line ends as LF."""
        self.device.clear_buffer(backoff=False)
        prompt = Prompt(re.compile(re.escape(self.device.base_prompt) + r"[\w.-]*[#>] ?"))
        return Terminal(self.device.remote_conn, prompt, tape=self._tape).ask(command, end=END, refused=REFUSED)
