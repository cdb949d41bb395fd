"""How words choose devices, the same everywhere: on the command line, in a maintenance window, in a declaration."""

from __future__ import annotations

from typing import Protocol

from dcops.model.device import Device


class Choice(Protocol):
    """Words of each kind; no word of a kind means any."""

    @property
    def sites(self) -> tuple[str, ...]:
        """Where it stands."""

    @property
    def roles(self) -> tuple[str, ...]:
        """What it does."""

    @property
    def platforms(self) -> tuple[str, ...]:
        """What reads it."""

    @property
    def devices(self) -> tuple[str, ...]:
        """What it is called."""

    @property
    def tags(self) -> tuple[str, ...]:
        """What was written about it; one in common is enough."""


def fits(device: Device, choice: Choice) -> bool:
    """Whether a device is chosen: AND between the kinds, OR inside one; without any word every device is."""
    return (
        (not choice.sites or device.site in choice.sites)
        and (not choice.roles or device.role in choice.roles)
        and (not choice.platforms or device.platform in choice.platforms)
        and (not choice.devices or device.name in choice.devices)
        and (not choice.tags or not set(choice.tags).isdisjoint(device.tags))
    )


def chooses_all(choice: Choice) -> bool:
    """Whether it holds no word at all."""
    return not (choice.sites or choice.roles or choice.platforms or choice.devices or choice.tags)
