"""The descriptions of a site and those that ship with dcops, not yet read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from dcops.yamlfile.files import files_in

if TYPE_CHECKING:
    from dcops.model.platform import CliPlatform


class Described(Mapping[str, "CliPlatform"]):
    """The same as `dcops.devices.platforms.load` gives, each description read when it is first asked for.

    Reading all of them costs more than reading ten routers, and a run is about the platforms of its devices.
    """

    def __init__(self, folders: Sequence[Path]) -> None:
        self._files = files_in(folders)
        self._read: dict[str, CliPlatform] = {}

    def __getitem__(self, name: str) -> CliPlatform:
        if name not in self._read:
            # What reads descriptions is worth importing only where there is one to read.
            from dcops.devices.platforms import load_one

            self._read[name] = load_one(name, self._files[name])
        return self._read[name]

    def __contains__(self, name: object) -> bool:
        return name in self._files

    def __iter__(self) -> Iterator[str]:
        return iter(self._files)

    def __len__(self) -> int:
        return len(self._files)
