"""Options that mean the same in every command."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from dcops.settings import Settings

F = TypeVar("F", bound=Callable[..., object])

SELECTION = (
    ("--site", "sites", "Only devices of this site."),
    ("--role", "roles", "Only devices with this role."),
    ("--platform", "platforms", "Only devices of this platform."),
    ("--device", "devices", "Only this device."),
    ("--tag", "tags", "Only devices with this tag."),
)


def selection_options(function: Callable[..., object]) -> Callable[..., object]:
    """`--site --role --platform --device --tag`: repeatable, AND between kinds, OR inside one.

    The command receives one `selection`.
    """

    @wraps(function)
    def selecting(*args: object, **given: Any) -> object:
        from dcops.inventory.select import Selection

        words = {name: given.pop(name) for _, name, _ in SELECTION}
        return function(*args, selection=Selection(**words), **given)

    command: Callable[..., object] = selecting
    for flag, name, text in reversed(SELECTION):
        command = click.option(flag, name, multiple=True, metavar="NAME", help=f"{text} Repeatable.")(command)
    return command


def format_option(function: F) -> F:
    """`--format table|json`, received as `output`."""
    return click.option(
        "--format",
        "output",
        type=click.Choice(["table", "json"]),
        default="table",
        help="How to print the result.",
    )(function)


def quiet_option(function: F) -> F:
    """`--quiet`: no progress on stderr."""
    return click.option("--quiet", "-q", is_flag=True, help="No progress on stderr.")(function)


def load_settings(ctx: click.Context) -> Settings:
    """The settings of the site root that `-C`, DCOPS_ROOT or the current folder names."""
    from pathlib import Path

    from dcops.settings import find_root, load

    root: str | None = ctx.find_root().obj
    return load(find_root(Path(root) if root else None))
