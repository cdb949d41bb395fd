"""Finds a login by its name, asking one provider after the other."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path

from dcops.credentials import key_file
from dcops.credentials.environment import EnvironmentProvider, variable
from dcops.credentials.provider import LOGIN, Provider, lacking_parts, missing_parts
from dcops.credentials.toml_file import FileProvider
from dcops.errors import DeviceError, ErrorKind, InvalidInput
from dcops.model.secret import Credential

# Written by hand: a vault or an external command is a class with `find`, and a line here.
PROVIDERS: Mapping[str, Callable[[Path, Mapping[str, str]], Provider]] = {
    "environment": lambda file, variables: EnvironmentProvider(variables, file.parent),
    "file": lambda file, _variables: FileProvider(file),
}


class Credentials:
    """The logins of a site. They are looked up when a device needs one, and printed never."""

    def __init__(self, providers: Sequence[Provider]) -> None:
        self.providers = tuple(providers)

    @classmethod
    def of(cls, names: Iterable[str], file: Path, variables: Mapping[str, str] | None = None) -> Credentials:
        """Credentials from the providers that `[credentials]` of dcops.toml names."""
        given = os.environ if variables is None else variables
        providers = []
        for name in names:
            if name not in PROVIDERS:
                near = get_close_matches(name, PROVIDERS, 1)
                raise InvalidInput(
                    f"dcops.toml: [credentials] names an unknown provider {name!r}",
                    next_step=f"Did you mean {near[0]}?" if near else f"Known are: {', '.join(PROVIDERS)}",
                )
            providers.append(PROVIDERS[name](file, given))
        return cls(providers)

    def find(self, name: str) -> Credential | None:
        """The login from the first provider that has any part of it."""
        for provider in self.providers:
            found = provider.find(name)
            if found is not None:
                return found
        return None

    def require(self, name: str | None, device: str) -> Credential:
        """The login, complete; a DeviceError of kind `auth` says what to do when it is not."""
        if name is None:
            raise DeviceError(
                ErrorKind.AUTH,
                f"the inventory names no credential for {device}",
                next_step="Add `credential:` to the device",
            )
        found = self._found(name)
        _refuse_lacking(found, missing_parts(found))
        if found.key_file and (flaw := key_file.flaw(found.key_file)):
            what, next_step = flaw
            raise DeviceError(ErrorKind.AUTH, f"credential {name} ({found.source}): {what}", next_step=next_step)
        return found

    def require_parts(self, name: str, parts: Sequence[str]) -> Credential:
        """The login with these parts of it; a DeviceError of kind `auth` says what to do when one is not there."""
        found = self._found(name, parts)
        _refuse_lacking(found, lacking_parts(found, parts))
        return found

    def _found(self, name: str, parts: Sequence[str] = LOGIN) -> Credential:
        found = self.find(name)
        if found is None:
            raise DeviceError(ErrorKind.AUTH, f"credential {name} is not found", next_step=self.how_to_add(name, parts))
        return found

    def how_to_add(self, name: str, parts: Sequence[str] = LOGIN) -> str:
        """What a person does so that the login is found."""
        ways = [provider.how_to_add(name, parts) for provider in self.providers]
        if not ways:
            return "Name a provider under [credentials] in dcops.toml"
        text = ", or ".join(ways)
        return text[0].upper() + text[1:]


def _refuse_lacking(found: Credential, lacking: Sequence[str]) -> None:
    if lacking:
        raise DeviceError(
            ErrorKind.AUTH,
            f"credential {found.name} ({found.source}) has no {' and no '.join(lacking)}",
            next_step="See what was found with: dcops secrets check",
        )


def colliding(names: Iterable[str]) -> tuple[tuple[str, ...], ...]:
    """Groups of names that share their environment variables, because those know neither '-' nor '.'."""
    groups: dict[str, list[str]] = {}
    for name in sorted(set(names)):
        groups.setdefault(variable(name, "password"), []).append(name)
    return tuple(tuple(group) for group in groups.values() if len(group) > 1)
