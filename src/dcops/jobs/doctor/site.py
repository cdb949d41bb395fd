"""The site root: what is owned, how to get in, whom to believe, who can open a backup."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from dcops.jobs.doctor.check import Check, Premises, State, some, well

if TYPE_CHECKING:
    from dcops.inventory.inventory import Inventory
    from dcops.model.device import Device

_SSH_PLATFORMS = ("ios",)
_TLS_PLATFORMS = ("panos",)


def inventory(premises: Premises) -> Iterator[Check]:
    """Every mistake in it stops a run."""
    from dcops.inventory.load import check

    found, mistakes = check(premises.inventory)
    if found is None:
        more = f" and {len(mistakes) - 1} more" if len(mistakes) > 1 else ""
        yield Check("inventory", State.PROBLEM, f"{mistakes[0]}{more}", "See them all: dcops inventory check")
    elif not _ours(found):
        yield Check("inventory", State.WARNING, "no device of ours is in it", "Write down what you own in inventory/")
    else:
        yield well("inventory", f"{len(_ours(found))} devices, no mistakes")


def credentials(premises: Premises) -> Iterator[Check]:
    """Named in the inventory and in dcops.toml, held elsewhere."""
    from dcops.credentials.provider import missing_parts

    found = _loaded(premises)
    if found is None:
        yield Check("credentials", State.UNKNOWN, "the inventory that names them has mistakes", "Mend it first")
        return
    logins = {device.credential for device in _ours(found) if device.credential}
    missing = sorted(
        name for name in logins if (held := premises.credentials.find(name)) is None or missing_parts(held)
    )
    missing += sorted(
        f"{name} ({purpose})"
        for name, purpose in premises.named_credentials.items()
        if premises.credentials.find(name) is None
    )
    if missing:
        yield Check("credentials", State.PROBLEM, f"missing or incomplete: {some(missing)}", "See: dcops secrets check")
    else:
        yield well("credentials", f"{len(logins | set(premises.named_credentials))} named, all found")


def trust(premises: Premises) -> Iterator[Check]:
    """A device whose key nobody knows is not talked to."""
    from dcops.devices.trust import Trust

    found = _loaded(premises)
    if found is None:
        yield Check("trust", State.UNKNOWN, "the inventory that names the devices has mistakes", "Mend it first")
        return
    trusted = Trust.load(premises.trust)
    ssh = [device for device in _ours(found) if device.platform in _SSH_PLATFORMS]
    tls = [device for device in _ours(found) if device.platform in _TLS_PLATFORMS]
    unknown = [device.name for device in ssh if not any(trusted.host_keys.lookup(name) for name in _host_names(device))]
    if trusted.ca_file is None:
        unknown += [device.name for device in tls if device.name not in trusted.pins]
    if unknown:
        yield Check(
            "trust",
            State.WARNING,
            f"no host key, CA or pin for {some(unknown)}",
            f"Compare the fingerprints on the devices and add them to {premises.trust}; see its README",
        )
    else:
        yield well("trust", f"{len(ssh)} host keys, {len(tls)} devices by TLS")


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


def _host_names(device: Device) -> list[str]:
    """How known_hosts may name a device."""
    management = device.management
    if management is None:
        return []
    port = management.port or 22
    addresses = [str(address) for address in (management.ipv4, management.ipv6) if address]
    return [address if port == 22 else f"[{address}]:{port}" for address in addresses]
