"""The site root: what is owned, how to get in, whom to believe, who can open a backup."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from dcops.jobs.doctor.check import Check, Premises, State, some, well

if TYPE_CHECKING:
    from dcops.inventory.inventory import Inventory
    from dcops.model.device import Device


def inventory(premises: Premises) -> Iterator[Check]:
    """Every mistake in it stops a run."""
    from dcops.inventory.load import check
    from dcops.templates.find import shipped_names

    found, mistakes = check(premises.inventory, profiles=shipped_names("exporters/snmp"))
    if found is None:
        more = f" and {len(mistakes) - 1} more" if len(mistakes) > 1 else ""
        yield Check("inventory", State.PROBLEM, f"{mistakes[0]}{more}", "See them all: dcops inventory check")
    elif not _ours(found):
        yield Check("inventory", State.WARNING, "no device of ours is in it", "Write down what you own in inventory/")
    else:
        yield well("inventory", f"{len(_ours(found))} devices, no mistakes")


def platforms(premises: Premises) -> Iterator[Check]:
    """A run reads only the descriptions that it needs: a mistake in another one would be met when it is needed."""
    yield well("platforms", f"{len(premises.described())} described by data, no mistakes")


def credentials(premises: Premises) -> Iterator[Check]:
    """Named in the inventory and in dcops.toml, held elsewhere."""
    from dcops.credentials.fitness import fitness
    from dcops.inventory.logins import uses_of

    found = _loaded(premises)
    if found is None:
        yield Check("credentials", State.UNKNOWN, "the inventory that names them has mistakes", "Mend it first")
        return
    uses = uses_of(found.devices)
    missing = sorted(
        name
        for name, use in uses.items()
        if fitness(premises.credentials.find(name), logs_in=bool(use.opens), parts=use.parts, v3=use.v3).lacking
    )
    missing += sorted(
        f"{name} ({purpose})"
        for name, purpose in premises.named_credentials.items()
        if premises.credentials.find(name) is None
    )
    if missing:
        yield Check("credentials", State.PROBLEM, f"missing or incomplete: {some(missing)}", "See: dcops secrets check")
    else:
        yield well("credentials", f"{len(uses.keys() | set(premises.named_credentials))} named, all found")


def trust(premises: Premises) -> Iterator[Check]:
    """A device whose key nobody knows is not talked to."""
    from dcops.devices.trust import Trust
    from dcops.jobs.trust import held

    found = _loaded(premises)
    if found is None:
        yield Check("trust", State.UNKNOWN, "the inventory that names the devices has mistakes", "Mend it first")
        return
    ours = _ours(found)
    known = held(premises.drivers(), Trust.load(premises.trust), ours, ours).devices
    unknown = [one.device.name for one in known if not one.vouched_for]
    if unknown:
        yield Check(
            "trust",
            State.WARNING,
            f"no host key, CA or pin for {some(unknown)}",
            "Compare the fingerprints on the devices: dcops trust add DEVICE",
        )
    else:
        by_key = sum(bool(one.host_keys) for one in known)
        yield well("trust", f"{by_key} host keys, {len(known) - by_key} devices by TLS")


def holders(premises: Premises) -> Iterator[Check]:
    """Who can open a backup."""
    from dcops.archive.holders import FEWEST, load_holders

    found = load_holders(premises.keys)
    names = [holder.name for holder in found]
    if len(found) < FEWEST:
        yield Check(
            "holders",
            State.PROBLEM,
            f"{len(found)} of at least {FEWEST} hold a key: nothing is backed up before that",
            "Run: dcops archive keys create NAME --identity FILE, on a medium that leaves this host",
        )
    else:
        yield well("holders", some(names))


def site_key(premises: Premises) -> Iterator[Check]:
    """The key under which secrets are hashed."""
    from dcops.archive.site_key import SiteKey

    found = SiteKey.load(premises.state)
    if found is None:
        yield well("site key", "made by the first backup")
    else:
        yield well("site key", f"{found.id}, for its owner only")


def _loaded(premises: Premises) -> Inventory | None:
    from dcops.inventory.load import check

    return check(premises.inventory)[0]


def _ours(found: Inventory) -> Sequence[Device]:
    return [device for device in found.devices if not device.foreign]
