"""All versions of many devices at once, with the texts that each consists of: one walk through history for all."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from dcops.archive import record
from dcops.archive.git import BRANCH, Git

_GONE = "D"


@dataclass(frozen=True, slots=True)
class State:
    """What git holds of a device from one version to the next."""

    revision: str
    names: Mapping[str, str]
    """The hash by which git knows each of its files, its record among them."""


def timelines(git: Git, devices: Collection[str] | None = None) -> Mapping[str, tuple[State, ...]]:
    """The versions of these devices, or of all, newest first."""
    if devices is not None and not devices:
        return {}
    paths = [f"{device}/" for device in sorted(devices or ())]
    how = ("--format=%x01%H", "--raw", "--no-abbrev", "-z", "--no-renames", BRANCH, "--", *paths)
    listing = git.run("log", *how).decode("utf-8", "surrogateescape")
    files: dict[str, dict[str, str]] = {}
    states: dict[str, list[State]] = {}
    for part in reversed(listing.split("\1")[1:]):
        revision, *rest = (word for word in part.replace("\n", "\0").split("\0") if word)
        touched = set()
        for about, path in zip(rest[::2], rest[1::2], strict=True):
            device, _, file = path.partition("/")
            *_, name, what = about.split()
            if what == _GONE:
                files.get(device, {}).pop(file, None)
            else:
                files.setdefault(device, {})[file] = name
            # Every version writes its record anew.
            if file == record.FILE_NAME:
                touched.add(device)
        for device in touched:
            states.setdefault(device, []).append(State(revision, dict(files[device])))
    return {device: tuple(reversed(found)) for device, found in states.items()}
