"""The site key: makes the hashes that stand for secrets, and opens nothing."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import secrets
import stat
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from dcops.archive import durable, sealing
from dcops.archive.holders import Holder
from dcops.errors import CannotRun, InvalidInput

FILE_NAME = "site.key"
SEALED_NAME = "site.key.age"
_SEALED_FOR = "site.key.json"
_ID = re.compile(r"[0-9a-f]{8}")
_HEX = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class SiteKey:
    """The secret of this site under which secrets and exact texts are hashed."""

    key: bytes = field(repr=False)

    @classmethod
    def load(cls, state: Path) -> SiteKey | None:
        """Read the key of a site; None when it has none yet."""
        file = state / FILE_NAME
        try:
            if file.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
                raise CannotRun(f"{file} can be read by others", next_step=f"Run: chmod 600 {file}")
            text = file.read_text(encoding="ascii").strip()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise CannotRun(f"{file} cannot be read: {error.strerror or error}") from None
        except UnicodeDecodeError:
            text = ""
        if not _HEX.fullmatch(text):
            raise InvalidInput(
                f"{file} is no site key (64 hexadecimal digits)",
                next_step=f"A holder can restore it: age -d -i KEY {SEALED_NAME} > {file}",
            )
        return cls(bytes.fromhex(text))

    @classmethod
    def load_or_create(cls, state: Path, keys: Path, holders: Sequence[Holder]) -> SiteKey:
        """Read the key of a site, or make one; keeps the sealed copy for the holders up to date."""
        durable.make_folder(state)
        found = cls.load(state)
        while found is None:
            # When two runs make it at once the file of one wins, and both read that one.
            durable.create(state / FILE_NAME, f"{secrets.token_hex(32)}\n".encode())
            found = cls.load(state)
        if holders:
            found.keep_sealed(keys, holders)
        return found

    @property
    def id(self) -> str:
        """A short name that tells two keys apart."""
        return self._hash(b"key id", b"")[:8]

    def mark(self, exact: bytes) -> str:
        """A keyed hash of exact bytes: tells whether they came back whole, and nothing about them."""
        return self._hash(b"mark", exact)

    def keep_sealed(self, keys: Path, holders: Sequence[Holder]) -> None:
        """Seal a copy for the holders, unless the one that lies there is theirs already."""
        file = keys / SEALED_NAME
        beside = _read_json(keys / _SEALED_FOR)
        sealed = _read(file)
        wanted = {holder.name: holder.recipient for holder in holders}
        if (
            sealed is not None
            and beside.get("sha256") == hashlib.sha256(sealed).hexdigest()
            and beside.get("site_key") == self.id
            and beside.get("holders") == wanted
        ):
            return
        durable.make_folder(keys)
        if sealed is not None and beside.get("site_key") != self.id:
            # The key was rotated: the copy of the old one is all that can still check old marks.
            named = str(beside.get("site_key"))
            old = named if _ID.fullmatch(named) else f"unknown-{hashlib.sha256(sealed).hexdigest()[:8]}"
            durable.replace(keys / f"site.key.{old}.age", sealed, mode=0o644)
        renewed = sealing.sealed_for(f"{self.key.hex()}\n".encode(), holders)
        durable.replace(file, renewed, mode=0o644)
        note = {"holders": wanted, "sha256": hashlib.sha256(renewed).hexdigest(), "site_key": self.id}
        durable.replace(keys / _SEALED_FOR, f"{json.dumps(note, indent=2)}\n".encode(), mode=0o644)

    def _hash(self, purpose: bytes, value: bytes) -> str:
        return hmac.new(self.key, purpose + b"\0" + value, hashlib.sha256).hexdigest()


def _read(file: Path) -> bytes | None:
    try:
        return file.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise CannotRun(f"{file} cannot be read: {error.strerror or error}") from None


def _read_json(file: Path) -> dict[str, object]:
    try:
        found = json.loads(_read(file) or b"{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
