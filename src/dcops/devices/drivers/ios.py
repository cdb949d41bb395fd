"""Cisco IOS and IOS-XE: our reader and NAPALM's driver in one, over one login.

The reader opens the shell. netmiko takes it over when one of NAPALM's methods first asks for it: many a router gives
one shell per login and few logins at a time. NAPALM's `get_config` drops headers, strips white space and takes any line
that looks like a prompt for the end of the answer; a backup is read by the reader, before and after.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from napalm.ios import IOSDriver as NapalmIOSDriver

from dcops.devices.ios.reader import IosReader
from dcops.devices.ssh.session import CiscoSession
from dcops.devices.ssh.terminal import Terminal

OURS = ("trust", "device_name", "tls_name", "api_key", "key_file", "legacy_algorithms", "tape")
"""Optional arguments that are not for netmiko."""


class IOSDriver(IosReader, NapalmIOSDriver):  # type: ignore[misc]
    """NAPALM's `ios` driver. Optional arguments of ours are those of the reader."""

    def __init__(
        self,
        hostname: str,
        username: str,
        password: str,
        timeout: int = 60,
        optional_args: Mapping[str, Any] | None = None,
    ) -> None:
        IosReader.__init__(self, hostname, username, password, timeout, optional_args)
        self._netmiko_device: CiscoSession | None = None
        args = {key: value for key, value in (optional_args or {}).items() if value is not None and key not in OURS}
        NapalmIOSDriver.__init__(self, hostname, username, password, timeout, args)

    @property
    def device(self) -> CiscoSession | None:
        """netmiko's session over our shell, made when it is first asked for; None while nothing is open."""
        if self._netmiko_device is None and self._shell is not None:
            options = {name: value for name, value in self.netmiko_optional_args.items() if name != "port"}
            with self._explained():
                self._netmiko_device = CiscoSession(self._shell, password=self.password, **options)
        return self._netmiko_device

    @device.setter
    def device(self, session: CiscoSession | None) -> None:
        self._netmiko_device = session

    def close(self) -> None:
        """Put back what NAPALM set, log out and disconnect; never raises."""
        if self._netmiko_device is not None:
            with suppress(Exception):  # the session is over either way
                NapalmIOSDriver.close(self)
        IosReader.close(self)

    def _shell_terminal(self) -> Terminal:
        if self._netmiko_device is not None:
            # What its last command left unread is no part of our answer.
            self._netmiko_device.clear_buffer(backoff=False)
        return super()._shell_terminal()
