"""Finds the data folders that ship with dcops."""

from __future__ import annotations

from pathlib import Path

import dcops
from dcops.errors import CannotRun


def data_folder(name: str) -> Path:
    """A data folder such as `templates`: inside the installed package, or at the top of a source checkout."""
    package = Path(dcops.__file__).parent
    installed = package / "data" / name
    if installed.is_dir():
        return installed
    checkout = package.parents[1]
    if (checkout / "pyproject.toml").is_file() and (checkout / name).is_dir():
        return checkout / name
    raise CannotRun(
        f"the data folder {name} is missing from this installation ({package})",
        next_step="Install dcops again from its wheel",
    )


def shipped_names(folder: str) -> frozenset[str]:
    """The names of the YAML files in a part of a data folder, such as `exporters/snmp`."""
    top, _, below = folder.partition("/")
    return frozenset(file.stem for file in (data_folder(top) / below).glob("*.yaml"))
