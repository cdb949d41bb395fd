"""How a device is asked over SNMP, as the inventory states it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from annotated_types import Interval

SNMP_PORT = 161
SHORTEST_PASSWORD = 8
"""Of version 3 (RFC 3414 section 11.2): agents refuse shorter ones."""


class SnmpVersion(StrEnum):
    """Which SNMP a device speaks with us."""

    V1 = "1"
    V2C = "2c"
    V3 = "3"


class Authentication(StrEnum):
    """How messages of SNMPv3 are signed."""

    MD5 = "md5"
    SHA1 = "sha1"
    SHA224 = "sha224"
    SHA256 = "sha256"
    SHA384 = "sha384"
    SHA512 = "sha512"


class Privacy(StrEnum):
    """How messages of SNMPv3 are enciphered. Two ways are in use to make long keys of short hashes: both are here."""

    DES = "des"
    AES128 = "aes128"
    AES192 = "aes192"
    AES256 = "aes256"
    AES192_CISCO = "aes192-cisco"
    """Keys lengthened as draft-reeder-snmpv3-usm-3desede says; what Cisco does."""
    AES256_CISCO = "aes256-cisco"


@dataclass(frozen=True, slots=True)
class Snmp:
    """The SNMP agent of a device. It is only read."""

    credential: str
    """Name of the login: username, password and privacy for version 3; for 1 and 2c its password is the community."""
    version: SnmpVersion = SnmpVersion.V3
    reason: str | None = None
    """Why it is not version 3: the card knows no other, …. Needed for 1 and 2c, which send all in the clear."""
    authentication: Authentication | None = Authentication.SHA1
    privacy: Privacy | None = Privacy.AES128
    context: str = ""
    port: Annotated[int, Interval(ge=1, le=65535)] = SNMP_PORT
    profiles: tuple[str, ...] = ()
    """Which profiles fit it; `dcops snmp identify` proposes them."""
    repetitions: Annotated[int, Interval(ge=1, le=100)] | None = None
    """Rows that one answer is asked for, where the profiles' number is too high for its card."""
    in_flight: Annotated[int, Interval(ge=1, le=8)] | None = None
    timeout_seconds: Annotated[float, Interval(ge=0.1, le=30)] | None = None

    @property
    def parts(self) -> tuple[str, ...]:
        """The parts that its login must have."""
        if self.version is not SnmpVersion.V3:
            return ("password",)
        return (
            "username",
            *(("password",) if self.authentication else ()),
            *(("privacy",) if self.privacy else ()),
        )

    @property
    def weakness(self) -> str:
        """Why somebody who listens may read or forge what is said, in words; empty when it is safe (R-MON-6)."""
        if self.version is not SnmpVersion.V3:
            return f"version {self.version} sends its community and all else in the clear"
        if not self.authentication:
            return "without authentication anybody may answer in its name"
        if not self.privacy:
            return "without privacy all is sent in the clear"
        old = [
            *(["MD5"] if self.authentication is Authentication.MD5 else []),
            *(["DES"] if self.privacy is Privacy.DES else []),
        ]
        return f"{' and '.join(old)} {'are' if len(old) > 1 else 'is'} broken" if old else ""
