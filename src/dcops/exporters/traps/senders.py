"""Who may tell us something: the devices of the inventory, by their addresses, with the login of each."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from dcops.errors import DcopsError, DeviceError, ErrorKind
from dcops.exporters.catalogue import folders
from dcops.exporters.files import fingerprint
from dcops.exporters.snmp.roster import watched
from dcops.exporters.traps.kinds import FILE, Kinds
from dcops.exporters.traps.kinds import load as load_kinds
from dcops.model.device import Device
from dcops.settings import Settings, load

if TYPE_CHECKING:
    from dcops.credentials import Credentials
    from dcops.exporters.traps.listener import Login

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Sender:
    """A device that tells us something."""

    device: Device
    login: Login | DeviceError
    """Or why nothing that it says can be believed."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What counts now."""

    settings: Settings
    senders: Mapping[str, Sender]
    """By address."""
    kinds: Kinds


def standing(root: Path) -> Standing:
    """Read everything; InvalidInput or CannotRun says what is wrong."""
    from dcops.assembly.stores import inventory_of
    from dcops.credentials import Credentials

    settings = load(root)
    credentials = Credentials.of(settings.credentials.providers, settings.credentials.file)
    senders: dict[str, Sender] = {}
    for device in inventory_of(settings).devices:
        if device.foreign or device.management is None:
            continue
        sender = Sender(device, _login(device, credentials))
        for address in (device.management.ipv4, device.management.ipv6):
            if address is not None:
                senders.setdefault(str(address), sender)
    files = [folder / FILE for folder in folders(settings.paths.inventory.parent)]
    return Standing(settings, senders, load_kinds([file for file in files if file.exists()]))


class Watch:
    """What counts, read again when a file changes; a broken edit leaves what counted before in force."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._problem = ""
        self.standing = standing(root)
        self._seen = fingerprint(watched(self.standing.settings))

    @property
    def up(self) -> bool:
        """What is in force is what the files say now."""
        return not self._problem

    def look(self) -> Standing | None:
        """What counts now, when that changed; blocks, so it is for a thread."""
        try:
            seen = fingerprint(watched(self.standing.settings))
            if seen == self._seen:
                return None
            self._seen = seen
            self.standing = standing(self._root)
        except (DcopsError, OSError) as error:
            self._say(str(error))
            return None
        self._say("")
        return self.standing

    def _say(self, problem: str) -> None:
        if problem != self._problem:
            log.warning("%s", f"{problem}; what was read before stays in force" if problem else "all can be read again")
        self._problem = problem


def _login(device: Device, credentials: Credentials) -> Login | DeviceError:
    from dcops.assembly.snmp import ByCommunity, ByUser, target_of

    try:
        security = target_of(device, credentials).security
    except DeviceError as error:
        return error
    if isinstance(security, ByCommunity | ByUser):
        return security
    return DeviceError(ErrorKind.UNSUPPORTED, "no login of SNMP")
