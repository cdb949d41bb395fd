"""Really opens sealed files with a private key: what the records promise is one thing, what opens another."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from dcops.archive import sealing
from dcops.archive.identity import Identity
from dcops.archive.needed import Needed
from dcops.archive.sealed import SealedFiles
from dcops.archive.site_key import SiteKey, open_copy, sealed_copies
from dcops.errors import ArchiveDamaged, UsageError

SAMPLE = 50


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of it."""

    opened: int
    marks: int
    """Of these, how many were also found to be what was archived, by their mark."""
    promised: int
    """How many files are sealed for this key, as their records say."""
    failed: tuple[tuple[Needed, str], ...]
    """Files that should open and did not, and why."""
    copies: int
    """Copies of the site key that opened."""
    failed_copies: tuple[tuple[str, str], ...]
    """Names of copies of the site key that should open and did not, and why."""


def drawn(files: Sequence[Needed], number: int | None) -> tuple[Needed, ...]:
    """Files by lot, as many as asked for; all of them when no number is given."""
    if number is None or number >= len(files):
        return tuple(files)
    return tuple(random.SystemRandom().sample(list(files), number))


def try_identity(
    identity: Identity,
    files: Sequence[Needed],
    keys: Path,
    sealed: SealedFiles,
    *,
    site_key: SiteKey | None,
    number: int | None = SAMPLE,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> Tried:
    """Open files by lot among those that are sealed for this key, and the copies of the site key."""
    site_keys = {site_key.id: site_key} if site_key else {}
    copies, failed_copies = _try_copies(identity, keys, site_keys)
    promised = [one for one in files if identity.opens(one.recipients)]
    lot = drawn(promised, number)
    failed: list[tuple[Needed, str]] = []
    marks = 0
    for done, one in enumerate(lot):
        progress(done, len(lot))
        try:
            compressed_of(one, identity, sealed, site_keys)
        except ArchiveDamaged as error:
            failed.append((one, error.message))
        else:
            marks += one.document.site_key in site_keys
    progress(len(lot), len(lot))
    return Tried(len(lot) - len(failed), marks, len(promised), tuple(failed), copies, tuple(failed_copies))


def compressed_of(one: Needed, identity: Identity, sealed: SealedFiles, site_keys: Mapping[str, SiteKey]) -> bytes:
    """What a file holds, still compressed, after size and, where the site key is at hand, mark were found right."""
    compressed = sealing.opened(sealed.read(one.name), identity, one.holders)
    exact = sealing.gunzipped(compressed, one.document.size)
    key = site_keys.get(one.document.site_key)
    if key and key.mark(exact) != one.document.mark:
        raise ArchiveDamaged("it is not what was archived: its mark differs")
    return compressed


def _try_copies(identity: Identity, keys: Path, site_keys: dict[str, SiteKey]) -> tuple[int, list[tuple[str, str]]]:
    opened, failed = 0, []
    for copy in sealed_copies(keys):
        try:
            key = open_copy(copy, identity)
        except UsageError as error:
            if copy.holders is not None and identity.opens(copy.holders.values()):
                failed.append((copy.file.name, error.message))
        except ArchiveDamaged as error:
            failed.append((copy.file.name, error.message))
        else:
            opened += 1
            site_keys.setdefault(key.id, key)
    return opened, failed
