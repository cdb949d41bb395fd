"""Logins that dcops.toml names for its own servers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dcops.errors import InvalidInput
from dcops.model.secret import Credential

if TYPE_CHECKING:
    from dcops.settings import Settings


def login_of(settings: Settings, section: str, name: str) -> Credential:
    """The login that a section of dcops.toml names; an empty one when it names none."""
    from dcops.credentials import Credentials

    if not name:
        return Credential("")
    credentials = Credentials.of(settings.credentials.providers, settings.credentials.file)
    found = credentials.find(name)
    if found is None:
        raise InvalidInput(
            f"[{section}] names credential {name}, which is not found", next_step=credentials.how_to_add(name)
        )
    return found
