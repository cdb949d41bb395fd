"""Search where rooms must meet: devices as the inventory knows them, and secrets as the site key hashes them."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from dcops.archive.grep import Pattern
from dcops.archive.history import History
from dcops.archive.search import Query
from dcops.archive.site_key import SiteKey
from dcops.diff.written import mentions, tokens
from dcops.errors import UsageError
from dcops.inventory.inventory import Inventory, sentence
from dcops.inventory.select import Selection, select
from dcops.inventory.words import did_you_mean, shown
from dcops.model.secret import Secret


@dataclass(frozen=True, slots=True)
class Chosen:
    """The archived devices that a selection means."""

    devices: tuple[str, ...] | None
    """None: all of them."""
    not_archived: tuple[str, ...] = ()
    """Devices of the inventory that were selected, and of which the archive holds nothing."""


def chosen(history: History, selection: Selection, inventory: Callable[[], Inventory]) -> Chosen:
    """What was selected, as far as it is archived.

    The archive itself knows names and platforms, of devices that the inventory has no more too; the inventory is
    opened for sites, roles and tags only.
    """
    if selection.everything:
        return Chosen(None)
    there = {name: held.record.platform for name, held in history.head().devices.items()}
    _refuse_unknown("name", selection.devices, there)
    _refuse_unknown("platform", selection.platforms, set(there.values()))
    found = {
        name
        for name, platform in there.items()
        if (not selection.devices or name in selection.devices)
        and (not selection.platforms or platform in selection.platforms)
    }
    absent: tuple[str, ...] = ()
    if selection.sites or selection.roles or selection.tags:
        known = Selection(sites=selection.sites, roles=selection.roles, tags=selection.tags)
        wanted = [device.name for device in select(inventory().devices, known)]
        absent = tuple(name for name in wanted if name not in there)
        found &= set(wanted)
    if not found:
        raise UsageError("no archived device fits everything that was selected", next_step="See: dcops archive list")
    return Chosen(tuple(sorted(found)), absent)


def of_secret(secret: Secret, site_key: SiteKey) -> Query:
    """The query that finds a secret wherever it stands so that it can be compared."""
    text = secret.reveal()
    if not text or "\n" in text:
        raise UsageError("a secret is one line, and not empty", next_step="Give the password or community itself")
    wanted = tokens(text, site_key.key)
    return Query(Pattern("secret:"), accepts=lambda line: mentions(line, wanted), site_key=site_key.id)


def _refuse_unknown(noun: str, asked: Collection[str], known: Collection[str]) -> None:
    for word in asked:
        if word not in known:
            raise UsageError(
                f"no archived device has {noun} {shown(word)}", next_step=sentence(did_you_mean(word, known))
            )
