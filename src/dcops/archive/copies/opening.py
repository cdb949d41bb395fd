"""From an address and a login to a second store that can be used."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from dcops.archive.copies.address import SshAddress
from dcops.archive.copies.connection import KnownHosts, Login
from dcops.archive.copies.folder import FolderPlace, refuse_overlap
from dcops.archive.copies.place import Place
from dcops.archive.copies.ssh import SshPlace
from dcops.archive.copies.store import SecondStore
from dcops.errors import InvalidInput
from dcops.model.secret import Credential

LIMIT_SECONDS = 4 * 3600.0
"""The hard limit of one copy or comparison; what is left is for the next one."""


def open_store(
    address: Path | SshAddress,
    credential: Credential,
    known: KnownHosts | None,
    *,
    archive: Path,
    keys: Path,
    memory: Path,
    site: str,
    max_lag: timedelta,
    verify_every: timedelta,
    clock: Callable[[], datetime],
    limit_seconds: float = LIMIT_SECONDS,
) -> SecondStore:
    """The second store at an address; nothing is connected or made before it is used."""
    place: Place
    if isinstance(address, SshAddress):
        if known is None:
            raise ValueError("a place over SSH needs known hosts")
        place = SshPlace(address, _login(address, credential), known, limit_seconds=limit_seconds)
    else:
        refuse_overlap(address, archive)
        place = FolderPlace(address, limit_seconds=limit_seconds)
    return SecondStore(
        place=place,
        archive=archive,
        keys=keys,
        memory=memory,
        site=site,
        max_lag=max_lag,
        verify_every=verify_every,
        limit_seconds=limit_seconds,
        clock=clock,
    )


def _login(address: SshAddress, credential: Credential) -> Login:
    if not credential.name:
        raise InvalidInput(
            "[copy] to is a host over SSH, and [copy] credential is empty",
            next_step="Name a credential with a key_file: docs/how-to/second-store.md",
        )
    user = address.user or credential.username
    if not user:
        raise InvalidInput(
            "nobody says who we are at the second store",
            next_step=f"Write ssh://USER@… in [copy] to, or a username into credential {credential.name}",
        )
    return Login(user, credential.key_file, credential.password)
