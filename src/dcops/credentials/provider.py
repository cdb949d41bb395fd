"""A place where logins are held."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from dcops.model.secret import Credential, Secret

SECRET_PARTS = ("password", "enable", "api_key", "privacy")
PARTS = ("username", *SECRET_PARTS, "key_file")
LOGIN = ("username", "password")
"""What most logins are made of."""


class Provider(Protocol):
    """Holds logins under names."""

    @property
    def source(self) -> str:
        """What people call the place: `environment`."""

    def find(self, name: str) -> Credential | None:
        """The login of that name, or None when it is not here."""

    def how_to_add(self, name: str, parts: Sequence[str] = LOGIN) -> str:
        """What a person does to put a login of that name, with these parts, here."""


def credential(name: str, source: str, parts: Mapping[str, str], folder: Path) -> Credential | None:
    """A credential from its written parts, or None when there are none; `folder` is where a relative path begins."""
    given = {part: parts[part] for part in PARTS if parts.get(part)}
    if not given:
        return None
    secrets = {part: Secret(given[part]) for part in SECRET_PARTS if part in given}
    return Credential(
        name,
        given.get("username", ""),
        password=secrets.get("password"),
        enable=secrets.get("enable"),
        api_key=secrets.get("api_key"),
        privacy=secrets.get("privacy"),
        key_file=folder / Path(given["key_file"]).expanduser() if "key_file" in given else None,
        source=source,
    )


def parts_of(found: Credential) -> tuple[str, ...]:
    """Which parts a login has, never what they are."""
    return tuple(part for part in PARTS if getattr(found, part))


def missing_parts(found: Credential) -> tuple[str, ...]:
    """What a login lacks before a device can be entered with it.

    An API key stands alone; a password or the file of an SSH key needs a name.
    """
    parts: Collection[str] = parts_of(found)
    if "api_key" in parts:
        return ()
    proof = "key_file" if "key_file" in parts else "password"
    return lacking_parts(found, ("username", proof))


def lacking_parts(found: Credential, wanted: Iterable[str]) -> tuple[str, ...]:
    """Those of the wanted parts that a login does not have."""
    parts = parts_of(found)
    return tuple(part for part in wanted if part not in parts)
