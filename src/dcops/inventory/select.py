"""Chooses devices by site, role, platform, name and tag."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from dcops.errors import UsageError
from dcops.inventory.inventory import sentence
from dcops.inventory.words import did_you_mean, shown
from dcops.model.device import VCENTER, Device
from dcops.model.selecting import chooses_all, fits


@dataclass(frozen=True, slots=True)
class Selection:
    """What was asked for: AND between the kinds, OR inside one, nothing asked means every device."""

    sites: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    platforms: tuple[str, ...] = ()
    devices: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()

    @property
    def everything(self) -> bool:
        """Nothing was asked for."""
        return chooses_all(self)


def select(devices: Iterable[Device], selection: Selection, *, include_foreign: bool = False) -> tuple[Device, ...]:
    """The devices that were asked for, in the order given.

    A word that fits no device is a UsageError with the nearest one, and so is a selection that leaves nothing:
    a run over no device at all must not look like a run that went well. Devices of other organisations are left
    out unless they are asked for by `include_foreign` (R-INV-11).
    """
    known = tuple(devices)
    _refuse_unknown(known, selection)
    chosen = tuple(device for device in known if fits(device, selection))
    ours = chosen if include_foreign else tuple(device for device in chosen if not device.foreign)
    if ours or selection.everything:
        return ours
    if chosen:
        raise UsageError(
            f"{shown(chosen[0].name)} belongs to another organisation and is never touched"
            if len(chosen) == 1
            else "all that was selected belongs to other organisations and is never touched"
        )
    raise UsageError(
        "no device fits everything that was selected",
        next_step="See which there are with: dcops inventory list",
    )


def configured(devices: Iterable[Device], selection: Selection) -> tuple[Device, ...]:
    """Of selected devices those with a configuration, for a run that reads it.

    What is only watched is left out, unless it was named or nothing else was selected: then the run says
    why there is nothing to read.
    """
    chosen = tuple(devices)
    return tuple(device for device in chosen if not device.only_watched or device.name in selection.devices) or chosen


def identified(devices: Iterable[Device], selection: Selection) -> tuple[Device, ...]:
    """Of selected devices those that prove who they are before anything is said: the configured, and vCenters."""
    chosen = tuple(devices)
    with_doors = {device.name for device in chosen if not device.only_watched or device.platform == VCENTER}
    return tuple(device for device in chosen if device.name in with_doors.union(selection.devices)) or chosen


def _refuse_unknown(devices: tuple[Device, ...], selection: Selection) -> None:
    for noun, asked, known in (
        ("site", selection.sites, {device.site for device in devices}),
        ("role", selection.roles, {device.role for device in devices}),
        ("platform", selection.platforms, {device.platform for device in devices if device.platform}),
        ("name", selection.devices, {device.name for device in devices}),
        ("tag", selection.tags, {tag for device in devices for tag in device.tags}),
    ):
        for word in asked:
            if word not in known:
                raise UsageError(f"no device has {noun} {shown(word)}", next_step=sentence(did_you_mean(word, known)))
