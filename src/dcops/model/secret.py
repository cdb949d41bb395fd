"""A text that must not be seen."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn


class Secret:
    """Holds a password or key and prints as `<secret>`.

    It cannot be pickled, formatted or put into JSON by accident; `reveal()` is the one way out,
    so that every use of a secret can be found by searching for that word.
    """

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The text itself."""
        return self._value

    def __repr__(self) -> str:
        return "<secret>"

    __str__ = __repr__

    def __format__(self, _spec: str) -> str:
        return "<secret>"

    def __bool__(self) -> bool:
        return bool(self._value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self._value == other._value

    def __hash__(self) -> int:
        return hash(("dcops.Secret", self._value))

    def __reduce__(self) -> NoReturn:
        raise TypeError("a Secret is never pickled")


@dataclass(frozen=True, slots=True)
class Credential:
    """A login that the inventory names and a provider outside git holds."""

    name: str
    username: str = ""
    password: Secret | None = None
    enable: Secret | None = None
    api_key: Secret | None = None
    privacy: Secret | None = None
    """What messages of SNMPv3 are enciphered with; `password` signs them, or is the community of versions 1 and 2c."""
    key_file: Path | None = None
    """A private SSH key; `password` is its passphrase then, if it has one."""
    source: str = ""
    """Where it was found, for `dcops secrets check`: never a value."""
