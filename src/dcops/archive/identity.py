"""The private keys that a person brings for one command: read, used and forgotten, never stored or shown."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NoReturn

from dcops.errors import UsageError

_IDENTITY = re.compile(r"AGE-SECRET-KEY-1[0-9A-Z]+")


class Identity:
    """What an identity file of age holds: its comments may stand there, and more than one key."""

    __slots__ = ("_keys", "recipients")

    def __init__(self, text: str) -> None:
        self._keys = _keys(text)
        self.recipients = frozenset(str(key.to_public()) for key in self._keys)
        """The public keys that belong to them."""

    @classmethod
    def read(cls, file: Path) -> Identity:
        """Read it from a file; what is wrong with it is said without showing any of it."""
        try:
            text = file.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            raise UsageError(f"{file} is no identity file of age") from None
        except OSError as error:
            raise UsageError(f"{file} cannot be read: {error.strerror or error}") from None
        return cls(text)

    def opens(self, recipients: Iterable[str]) -> bool:
        """Whether one of its keys opens what is sealed for these public keys."""
        return not self.recipients.isdisjoint(recipients)

    def decrypt(self, sealed: bytes) -> bytes:
        """What is inside; raises pyrage's DecryptError."""
        import pyrage

        content: bytes = pyrage.decrypt(sealed, self._keys)
        return content

    def __repr__(self) -> str:
        return "Identity(<secret>)"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a private key is not written anywhere")


def _keys(text: str) -> list[Any]:
    from pyrage import IdentityError, x25519

    lines = [line.strip() for line in text.splitlines()]
    keys: list[Any] = []
    for line in lines:
        if not line or line.startswith("#"):
            continue
        try:
            keys.append(x25519.Identity.from_str(line) if _IDENTITY.fullmatch(line) else None)
        except IdentityError:
            keys.append(None)
    if not keys or None in keys:
        # No part of the text is shown: it may be a key with a typing mistake.
        raise UsageError("this is no identity of age", next_step="Give the file that `dcops archive keys create` wrote")
    return keys
