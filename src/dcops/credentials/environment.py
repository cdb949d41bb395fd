"""Logins in environment variables: `DCOPS_CREDENTIAL_IOS_BACKUP_PASSWORD`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from dcops.credentials.provider import LOGIN, PARTS, credential
from dcops.model.secret import Credential

PREFIX = "DCOPS_CREDENTIAL_"


def variable(name: str, part: str) -> str:
    """The variable that holds one part of a login."""
    return f"{PREFIX}{name.upper().replace('-', '_').replace('.', '_')}_{part.upper()}"


@dataclass(frozen=True, slots=True)
class EnvironmentProvider:
    """Reads variables that a service manager or a person sets."""

    variables: Mapping[str, str] = field(repr=False)
    folder: Path = Path()
    """Where a relative `key_file` begins."""
    source: str = "environment"

    def find(self, name: str) -> Credential | None:
        """The login whose variables are set."""
        parts = {part: self.variables.get(variable(name, part), "") for part in PARTS}
        return credential(name, self.source, parts, self.folder)

    def how_to_add(self, name: str, parts: Sequence[str] = LOGIN) -> str:
        """The variables to set."""
        return f"set {' and '.join(variable(name, part) for part in parts)}"
