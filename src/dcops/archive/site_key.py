"""The site key: makes the hashes that stand for secrets, and opens nothing."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import secrets
import stat
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from dcops.archive import durable, sealing
from dcops.archive.holders import Holder
from dcops.archive.identity import Identity
from dcops.errors import ArchiveDamaged, CannotRun, InvalidInput

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
            _put_aside(keys, sealed, beside)
        renewed = sealing.sealed_for(f"{self.key.hex()}\n".encode(), holders)
        # The note first: a kill in between must not make the new copy look like one of the old key.
        _note(keys / _SEALED_FOR, self.id, wanted, renewed)
        durable.replace(file, renewed, mode=0o644)

    def rotate(self, state: Path, keys: Path, holders: Sequence[Holder]) -> SiteKey:
        """Make a new key in place of this one, of which a copy for the holders stays: it checks old marks."""
        self.keep_sealed(keys, holders)
        sealed = _read(keys / SEALED_NAME)
        assert sealed is not None
        _put_aside(keys, sealed, _read_json(keys / _SEALED_FOR))
        new = SiteKey(secrets.token_bytes(32))
        durable.replace(state / FILE_NAME, f"{new.key.hex()}\n".encode())
        new.keep_sealed(keys, holders)
        return new

    def _hash(self, purpose: bytes, value: bytes) -> str:
        return hmac.new(self.key, purpose + b"\0" + value, hashlib.sha256).hexdigest()


@dataclass(frozen=True, slots=True)
class SealedCopy:
    """A sealed copy of a site key, of today's or of an earlier one."""

    file: Path
    holders: Mapping[str, str] | None
    """Names and public keys for whom it is sealed; None when nothing beside it says so."""
    site_key: str
    """Its id; empty when nothing says so."""


def sealed_copies(keys: Path) -> tuple[SealedCopy, ...]:
    """The sealed copies of the site key that lie beside the holders, today's first."""
    with durable.explained(keys, "read"):
        files = [keys / SEALED_NAME, *sorted(keys.glob("site.key.*.age"))]
        return tuple(_copy(file) for file in files if file.exists())


def open_copy(copy: SealedCopy, identity: Identity) -> SiteKey:
    """The site key in a sealed copy. Raises ArchiveDamaged, or UsageError when this identity does not open it."""
    opened = sealing.opened(_read(copy.file) or b"", identity, copy.holders or {})
    try:
        text = opened.decode("ascii").strip()
    except UnicodeDecodeError:
        text = ""
    if not _HEX.fullmatch(text):
        raise ArchiveDamaged(f"{copy.file} holds no site key")
    return SiteKey(bytes.fromhex(text))


def renew_copy(copy: SealedCopy, key: SiteKey, holders: Sequence[Holder]) -> None:
    """Seal a copy of an earlier site key anew."""
    renewed = sealing.sealed_for(f"{key.key.hex()}\n".encode(), holders)
    _note(_note_beside(copy.file), key.id, {holder.name: holder.recipient for holder in holders}, renewed)
    durable.replace(copy.file, renewed, mode=0o644)


def _copy(file: Path) -> SealedCopy:
    beside, content = _read_json(_note_beside(file)), _read(file)
    known = content is not None and beside.get("sha256") == hashlib.sha256(content).hexdigest()
    holders, named = beside.get("holders"), str(beside.get("site_key"))
    return SealedCopy(
        file,
        {str(name): str(key) for name, key in holders.items()} if known and isinstance(holders, dict) else None,
        named if known and _ID.fullmatch(named) else "",
    )


def _note_beside(file: Path) -> Path:
    return file.with_suffix(".json")


def _put_aside(keys: Path, sealed: bytes, beside: Mapping[str, object]) -> None:
    """Keep the copy of a key that is not today's any more: it is all that can still check old marks."""
    digest = hashlib.sha256(sealed).hexdigest()
    named, holders = str(beside.get("site_key")), beside.get("holders")
    known = beside.get("sha256") == digest and bool(_ID.fullmatch(named)) and isinstance(holders, dict)
    file = keys / f"site.key.{named if known else f'unknown-{digest[:8]}'}.age"
    if known and isinstance(holders, dict):
        _note(_note_beside(file), named, holders, sealed)
    durable.replace(file, sealed, mode=0o644)


def _note(file: Path, site_key: str, holders: Mapping[str, object], sealed: bytes) -> None:
    """Write down beside a sealed copy what it is: the copy itself does not tell whose keys open it."""
    note = {"holders": dict(holders), "sha256": hashlib.sha256(sealed).hexdigest(), "site_key": site_key}
    durable.replace(file, f"{json.dumps(note, indent=2)}\n".encode(), mode=0o644)


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
