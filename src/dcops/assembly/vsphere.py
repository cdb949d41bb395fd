"""From the inventory, the logins and what we trust to vCenters that can be asked."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from dcops.assembly.here import now
from dcops.devices.pins import ca_file_of, pins_of
from dcops.errors import DeviceError, ErrorKind
from dcops.vsphere.target import Target

if TYPE_CHECKING:
    from dcops.credentials import Credentials
    from dcops.model.device import Device
    from dcops.model.placement import Placement
    from dcops.settings import Settings

PLATFORM = "vcenter"
PORT = 443


def vcenters_of(settings: Settings) -> Callable[[Device], Target]:
    """What finds a vCenter with its login; reads logins and trust anew each time. Raises DeviceError."""
    from dcops.credentials import Credentials

    def target(device: Device) -> Target:
        credentials = Credentials.of(settings.credentials.providers, settings.credentials.file)
        return target_of(device, credentials, settings.paths.trust)

    return target


def placement_now(settings: Settings, device: Device) -> Placement:
    """What runs where on a vCenter, asked now; raises DeviceError."""
    from dcops.vsphere.mirror import Mirror
    from dcops.vsphere.placing import placement
    from dcops.vsphere.vcenter import Vcenter

    vcenter = Vcenter(vcenters_of(settings)(device))
    try:
        seen, mirror = now(), Mirror()
        changes = vcenter.inventory().wait(0)
        mirror.apply(changes)
        return placement(device.name, mirror, seen, unseen=sum(not problem.path for problem in changes.problems))
    finally:
        vcenter.close()


def target_of(device: Device, credentials: Credentials, trust: Path) -> Target:
    """The vCenter that a device is, believed by the files of `trust`; a DeviceError says what is missing."""
    if device.platform != PLATFORM:
        raise DeviceError(
            ErrorKind.UNSUPPORTED,
            f"{device.name} is no vCenter",
            next_step=f"If it is one, give it platform: {PLATFORM} in the inventory",
        )
    management = device.management
    if management is None or management.address is None:
        raise DeviceError(
            ErrorKind.INVALID,
            f"the inventory gives {device.name} no management address",
            next_step="Add management: {ipv4: …} to its entry",
        )
    login = credentials.require(device.credential, device.name)
    if not login.username or login.password is None:
        raise DeviceError(
            ErrorKind.AUTH,
            f"credential {login.name} ({login.source}) has no user name or no password",
            next_step="Complete it; see what was found with: dcops secrets check",
        )
    pin = pins_of(trust).get(device.name)
    return Target(
        name=device.name,
        host=management.address,
        port=management.port or PORT,
        user=login.username,
        password=login.password,
        context=_context(trust, pin),
        server_name=management.tls_name,
        pin=pin,
    )


def _context(trust: Path, pin: str | None) -> ssl.SSLContext:
    if pin:
        # The pinned certificate itself is the proof, and the line compares it before anything is sent.
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        return context
    ca_file = ca_file_of(trust)
    if ca_file is None:
        raise DeviceError(
            ErrorKind.CERTIFICATE,
            "nothing vouches for its certificate",
            next_step=f"Put its CA into {trust / 'ca.pem'}, or its fingerprint into {trust / 'pins'}",
        )
    try:
        return ssl.create_default_context(cafile=str(ca_file))
    except (OSError, ssl.SSLError) as error:
        raise DeviceError(
            ErrorKind.CERTIFICATE,
            f"{ca_file} cannot be read: {error}",
            next_step="It holds the certificates of authorities, in PEM",
        ) from None
