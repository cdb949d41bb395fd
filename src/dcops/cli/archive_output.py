"""How versions of configurations and their differences are printed."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

import click

from dcops.cli.output import console, harmless
from dcops.model.moment import rfc3339

if TYPE_CHECKING:
    from dcops.archive.archive import Difference, Version
    from dcops.model.snapshot import ConfigSource


def version_json(version: Version) -> dict[str, Any]:
    """A version for machines."""
    record = version.record
    return {
        "device": record.device,
        "platform": record.platform,
        "revision": version.revision,
        "taken": version.taken,
        "run": record.run,
        "added": version.added,
        "removed": version.removed,
        "key_rotated": record.key_rotated,
        "documents": [
            {
                "source": source,
                "restores": source.restores,
                "changed": source in record.changed,
                "bytes": document.size,
                "sealed": document.sealed,
                "holders": sorted(document.holders),
                "kept_from": document.kept_from,
                "facts": document.facts,
            }
            for source, document in record.documents.items()
        ],
    }


def documents_of(version: Version) -> str:
    """The configurations of a version; a kept one with its age, as it was not read that time."""
    return ", ".join(
        f"{source} (kept from {document.kept_from:%Y-%m-%d})" if document.kept_from else source.value
        for source, document in version.record.documents.items()
    )


def restores_how(source: ConfigSource, device: str) -> str:
    """What a document is good for, where that is not to load it as a configuration."""
    from dcops.model.snapshot import ConfigSource

    if source is ConfigSource.FILE:
        return f"It is the own backup file of {device}: restore it by the device's own means, as its maker says."
    if not source.restores:
        return f"this is what {device} says of its {source}: it cannot restore the device"
    return ""


def change_of(version: Version) -> str:
    """How much is new in a version."""
    return "site key rotated" if version.record.key_rotated else f"+{version.added} -{version.removed}"


def shortened(revisions: tuple[str, ...], shown: int = 4) -> str:
    """The first few revisions, and how many more there are."""
    more = f" and {len(revisions) - shown} more" if len(revisions) > shown else ""
    return " ".join(revision[:8] for revision in revisions[:shown]) + more


def differences_json(device: str, found: tuple[Difference, ...]) -> dict[str, Any]:
    """Differences for machines."""
    return {
        "command": "archive diff",
        "device": device,
        "differences": [
            {
                "source": one.source,
                "from": {"revision": one.old.revision, "taken": one.old.taken},
                "to": {"revision": one.new.revision, "taken": one.new.taken},
                "key_rotated": one.key_rotated,
                "different": bool(one.text),
                "diff": one.text,
            }
            for one in found
        ],
    }


def show_differences(found: tuple[Difference, ...]) -> None:
    """Print differences as `diff -u` does, coloured on a terminal."""
    for one in found:
        if one.key_rotated:
            click.echo(f"{one.source}: site key rotated between the two, secrets not compared")
        if one.text:
            click.secho(f"--- {_heading(one, one.old)}", bold=True, color=_coloured())
            click.secho(f"+++ {_heading(one, one.new)}", bold=True, color=_coloured())
            click.echo(_painted(one.text), nl=False, color=_coloured())
    if not any(one.text for one in found):
        click.echo("no difference", err=True)


def _heading(difference: Difference, version: Version) -> str:
    return f"{version.record.device} {difference.source} {version.revision[:8]} {rfc3339(version.taken)}"


def _coloured() -> bool:
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")


def _painted(text: str) -> str:
    """The lines of a difference with control characters written out, coloured for a terminal."""
    text = harmless(text)
    if not _coloured():
        return text
    colours = {"+": "green", "-": "red", "@": "cyan"}
    return "\n".join(
        click.style(line, fg=colours[line[0]]) if line[:1] in colours else line for line in text.split("\n")
    )


class VerifyProgress:
    """A bar of the sealed files on a terminal; nothing elsewhere."""

    def __init__(self, quiet: bool, what: str = "reading") -> None:
        self._what = what
        self._bar: Any = None
        if not quiet and sys.stderr.isatty():
            from rich.progress import Progress

            self._bar = Progress(console=console(stderr=True), transient=True)

    def __enter__(self) -> VerifyProgress:
        if self._bar:
            self._bar.start()
            self._task = self._bar.add_task(self._what, total=None)
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar:
            self._bar.stop()

    def __call__(self, done: int, total: int) -> None:
        """Move the bar."""
        if self._bar:
            self._bar.update(self._task, completed=done, total=total)
