"""TLS and logins of the exporter, by the web configuration file that the exporters of Prometheus share."""

from __future__ import annotations

import logging
import re
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from dcops.errors import InvalidInput

if TYPE_CHECKING:
    from dcops.yamlfile.sections import Section

log = logging.getLogger(__name__)

EVERY_SECONDS = 2.0
VERSIONS = {
    "TLS12": ssl.TLSVersion.TLSv1_2,
    "TLS13": ssl.TLSVersion.TLSv1_3,
}
BCRYPT = re.compile(r"\$2[abxy]\$\d\d\$[./A-Za-z0-9]{53}")
REFERENCE = "docs/how-to/prometheus.md says what may stand there"


class ClientAuth(StrEnum):
    """What a client must show of itself, in Go's words."""

    NONE = "NoClientCert"
    IF_GIVEN = "VerifyClientCertIfGiven"
    REQUIRED = "RequireAndVerifyClientCert"

    @property
    def mode(self) -> ssl.VerifyMode:
        """The same in Python's."""
        match self:
            case ClientAuth.NONE:
                return ssl.CERT_NONE
            case ClientAuth.IF_GIVEN:
                return ssl.CERT_OPTIONAL
            case ClientAuth.REQUIRED:
                return ssl.CERT_REQUIRED


@dataclass(frozen=True, slots=True)
class Tls:
    """The section `tls_server_config`."""

    cert_file: Path
    key_file: Path
    client_ca_file: Path | None = None
    client_auth: ClientAuth = ClientAuth.NONE
    least: ssl.TLSVersion = ssl.TLSVersion.TLSv1_2
    most: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3


@dataclass(frozen=True, slots=True)
class WebConfig:
    """The whole file."""

    file: Path
    tls: Tls | None = None
    users: Mapping[str, str] = field(default_factory=dict, repr=False)
    """bcrypt hashes by name."""

    @property
    def weakness(self) -> str:
        """Why others may read what is said, or ask for it; empty when it is safe."""
        if self.tls is None:
            return "it has no tls_server_config: passwords and metrics would cross the network in the clear"
        if not self.users and self.tls.client_auth is not ClientAuth.REQUIRED:
            return "it has neither basic_auth_users nor RequireAndVerifyClientCert: anybody could ask"
        return ""


def load(file: Path) -> WebConfig:
    """Read it; InvalidInput names every mistake. Names of files are as seen from its folder."""
    from dcops.yamlfile.sections import Mistakes, read

    mistakes = Mistakes(file)
    config = WebConfig(file)
    if top := read(file, mistakes):
        section = top.section("tls_server_config")
        config = WebConfig(file, _tls(section, file.parent) if section else None, _users(top))
        top.finish()
    if mistakes.found:
        lines = "\n".join(f"  {line}" for line in mistakes.found)
        raise InvalidInput(f"the web configuration has mistakes:\n{lines}", next_step=REFERENCE)
    return config


class Users:
    """The users of the file as it stands now; a broken edit leaves those that were read before."""

    def __init__(self, config: WebConfig) -> None:
        self._file = config.file
        self._users = config.users
        self._seen = stamp(config.file)
        self._looked = time.monotonic()

    def __call__(self) -> Mapping[str, str]:
        """bcrypt hashes by name."""
        if time.monotonic() - self._looked >= EVERY_SECONDS:
            self._looked = time.monotonic()
            self._look()
        return self._users

    def _look(self) -> None:
        seen = stamp(self._file)
        if seen == self._seen:
            return
        self._seen = seen
        try:
            users = load(self._file).users
        except InvalidInput as error:
            log.warning("%s; the users that were read before stay", error)
            return
        if users:
            self._users = users
        else:
            # Logins are asked for, or not, from the start: no edit opens the door by accident.
            log.warning("%s has no basic_auth_users any more; those that were read before stay", self._file)


def stamp(file: Path) -> object:
    """What changes when the file does."""
    try:
        status = file.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_ctime_ns, status.st_size


def _tls(section: Section, folder: Path) -> Tls:
    ca = section.text("client_ca_file", "")
    tls = Tls(
        cert_file=folder / section.text("cert_file"),
        key_file=folder / section.text("key_file"),
        client_ca_file=folder / ca if ca else None,
        client_auth=ClientAuth(section.choice("client_auth_type", tuple(ClientAuth), ClientAuth.NONE)),
        least=VERSIONS[section.choice("min_version", tuple(VERSIONS), "TLS12")],
        most=VERSIONS[section.choice("max_version", tuple(VERSIONS), "TLS13")],
    )
    if (tls.client_auth is not ClientAuth.NONE) != (tls.client_ca_file is not None):
        section.mistake(section.line, "client_ca_file and client_auth_type go together: one is missing")
    if tls.least > tls.most:
        section.mistake(section.line_of("min_version"), "min_version is above max_version")
    section.finish()
    return tls


def _users(top: Section) -> dict[str, str]:
    section = top.section("basic_auth_users")
    users = {}
    for name in section.keys() if section else ():
        assert section
        users[name] = section.text(name)
        if not BCRYPT.fullmatch(users[name]):
            # The text is not shown: it may be the password itself.
            section.mistake(section.line_of(name), f"{name}: no bcrypt hash; make one with: htpasswd -nBC 10 {name}")
        if not name or ":" in name:
            section.mistake(section.line_of(name), f"{name!r} is no name of a user: it is empty or has a colon")
    return users
