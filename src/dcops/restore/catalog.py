"""The way back of every platform, listed by hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from dcops.model.platform import CliPlatform
from dcops.model.snapshot import ConfigSource
from dcops.model.way_back import Way, WayBack
from dcops.restore import described, ios, linux, own_file, panos, peplink, sfos

WAYS: Mapping[str, WayBack] = {
    "ios": ios.WAY_BACK,
    "linux": linux.WAY_BACK,
    "panos": panos.WAY_BACK,
    "peplink": peplink.WAY_BACK,
    "sfos": sfos.WAY_BACK,
}


def way_back(platform: str, description_of: Callable[[str], CliPlatform | None]) -> WayBack:
    """The way back of a platform; its description is read only when no module of ours knows it."""
    if found := WAYS.get(platform):
        return found
    known = description_of(platform) if platform else None
    return described.way_back(known) if known else own_file.WAY_BACK


def ways_for(way_back: WayBack, source: ConfigSource) -> tuple[Way, ...]:
    """The ways that send this document; a device's own file has one wherever nothing better is known."""
    found = tuple(way for way in way_back.ways if source in way.sends)
    if not found and source is ConfigSource.FILE:
        return (own_file.WAY,)
    return found
