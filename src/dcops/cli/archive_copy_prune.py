"""`dcops archive copy --prune`: what is asked before files at the second store are removed, and what is told after."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from dcops.cli.output import harmless
from dcops.errors import UsageError

if TYPE_CHECKING:
    from dcops.archive.copies.pruning import Prunable
    from dcops.archive.copies.store import Pruned


def require_answer(yes: bool) -> None:
    """Refuse to begin where nobody could answer the question."""
    if not yes and not sys.stdin.isatty():
        raise UsageError("this asks before it goes on, and nobody is there to answer", next_step="Add --yes")


def agreed(may_go: Prunable, yes: bool) -> bool:
    """Say what would be removed, and ask; Enter is no."""
    click.echo(
        harmless(
            f"{may_go.place}: {len(may_go.names)} files ({size_of(may_go.bytes)}) are gone here and still lie there:"
            f" {len(may_go.resealed)} were sealed anew, and what took their place is there and was recomputed just now;"
            f" {len(may_go.pruned)} were let go by retention."
        ),
        err=True,
    )
    return yes or click.confirm("Remove them there for good?", default=False, err=True)


def show_pruned(pruned: Pruned) -> None:
    """Print what was removed, and what stays."""
    may_go = pruned.prunable
    if may_go.names:
        click.echo(f"{pruned.files} of {len(may_go.names)} files were removed there.")
    else:
        click.echo("Nothing lies there that may be removed.")
    if may_go.waiting:
        click.secho(
            f"{len(may_go.waiting)} files stay: what took their place is missing or damaged there."
            " See: dcops archive verify --copy",
            fg="yellow",
        )


def pruning_json(pruned: Pruned) -> dict[str, Any]:
    """What was removed, for machines."""
    may_go = pruned.prunable
    return {
        "removed": pruned.files,
        "resealed": len(may_go.resealed),
        "pruned": len(may_go.pruned),
        "bytes": may_go.bytes,
        "waiting": list(may_go.waiting),
    }


def size_of(size: int) -> str:
    """A number of bytes, for people."""
    return f"{size / (1 << 20):.1f} MiB" if size >= 1 << 20 else f"{size / (1 << 10):.1f} KiB"
