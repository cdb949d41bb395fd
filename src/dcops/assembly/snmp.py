"""From the inventory and the logins to SNMP agents that can be asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from dcops.errors import DeviceError, ErrorKind
from dcops.model.secret import Credential, Secret
from dcops.model.snmp import SnmpVersion
from dcops.snmp.target import Limits, Security, Target

if TYPE_CHECKING:
    from dcops.credentials import Credentials
    from dcops.model.device import Device
    from dcops.model.snmp import Snmp
    from dcops.settings import Settings
    from dcops.snmp.usm.keys import User

DEFAULT = Limits()

_VERSIONS = {SnmpVersion.V1: 1, SnmpVersion.V2C: 2}


# Classes and no closures: two that hold the same are equal, and so what was learned of an engine outlives a target.
@dataclass(frozen=True, slots=True)
class ByCommunity:
    """What makes the security of versions 1 and 2c."""

    version: int
    community: Secret = field(repr=False)

    def __call__(self) -> Security:
        """A new one."""
        from dcops.snmp.community import Community

        return Community(self.version, self.community)


@dataclass(frozen=True, slots=True)
class ByUser:
    """What makes the security of version 3."""

    user: User = field(repr=False)

    def __call__(self) -> Security:
        """A new one, which has to learn the agent's engine."""
        from dcops.snmp.usm.security import UserSecurity

        return UserSecurity(self.user)


def agents_of(settings: Settings) -> Callable[[Device], Target]:
    """What finds the agent of a device with its login; raises DeviceError for a device that has none."""
    from dcops.credentials import Credentials

    credentials = Credentials.of(settings.credentials.providers, settings.credentials.file)
    return lambda device: target_of(device, credentials)


def target_of(device: Device, credentials: Credentials, limits: Limits = DEFAULT) -> Target:
    """The agent of a device. `limits` are those of its profiles; what the inventory says of the device wins.

    A DeviceError says what is missing and what to do.
    """
    snmp = device.snmp
    if snmp is None:
        raise DeviceError(
            ErrorKind.UNSUPPORTED,
            f"the inventory does not say how {device.name} is asked over SNMP",
            next_step="Add snmp: {credential: …} to its entry",
        )
    if device.management is None or device.management.address is None:
        raise DeviceError(
            ErrorKind.INVALID,
            "the inventory gives it no management address",
            next_step="Add management: {ipv4: …} to its entry",
        )
    return Target(
        name=device.name,
        host=device.management.address,
        port=snmp.port,
        security=_security(snmp, credentials.require_parts(snmp.credential, snmp.parts)),
        limits=replace(
            limits,
            timeout_seconds=snmp.timeout_seconds or limits.timeout_seconds,
            repetitions=snmp.repetitions or limits.repetitions,
            in_flight=snmp.in_flight or limits.in_flight,
        ),
    )


def _security(snmp: Snmp, login: Credential) -> ByCommunity | ByUser:
    if snmp.version is not SnmpVersion.V3:
        assert login.password is not None
        return ByCommunity(_VERSIONS[snmp.version], login.password)
    from dcops.snmp.usm.keys import User

    try:
        return ByUser(
            User(
                name=login.username,
                authentication=snmp.authentication,
                authentication_password=login.password if snmp.authentication else None,
                privacy=snmp.privacy,
                privacy_password=login.privacy if snmp.privacy else None,
                context=snmp.context,
            )
        )
    except ValueError as error:
        raise DeviceError(
            ErrorKind.AUTH,
            f"credential {login.name} ({login.source}): {error}",
            next_step="See what was found with: dcops secrets check",
        ) from None
