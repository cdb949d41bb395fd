"""`dcops snmp profiles`."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path
from typing import Any

import click

from dcops.cli.output import harmless, print_json, table
from dcops.errors import UsageError
from dcops.exporters.snmp import shelf
from dcops.exporters.snmp.profile import Identify, Profile
from dcops.exporters.snmp.shelf import Shelf
from dcops.snmp import oid


def profiles(root: Path | None, name: str | None, *, as_json: bool) -> None:
    """Print all of them, or one."""
    known = shelf.load(root)
    if name is not None and name not in known.profiles:
        near = get_close_matches(name, known.profiles, 1)
        raise UsageError(
            f"there is no profile {name!r}",
            next_step=f"Did you mean {near[0]}?" if near else "See which there are with: dcops snmp profiles",
        )
    if as_json:
        chosen = [known.profiles[name]] if name else known.profiles.values()
        print_json({"command": "snmp profiles", "items": [_document(profile, known) for profile in chosen]})
    elif name:
        _print(known.profiles[name], known)
    else:
        table(
            ("profile", "metrics", "what", "reference"),
            [(one.name, str(len(one.metrics)), one.title, one.reference) for one in known.profiles.values()],
        )


def _print(profile: Profile, known: Shelf) -> None:
    click.echo(harmless(f"{profile.name}: {profile.title}\n{profile.reference}"))
    for line in _recognised(profile.identify):
        click.echo(harmless(line))
    rows = []
    for name in profile.metrics:
        metric = known.catalogue.metrics[name]
        rows.append((name, metric.type, ", ".join(sorted(metric.labels)), metric.help))
    table(("metric", "type", "labels", "what it says"), rows)


def _recognised(wanted: Identify) -> list[str]:
    lines = []
    if wanted.ask:
        lines.append(f"recognised by any of the values {', '.join(map(oid.dotted, wanted.ask))}")
    if wanted.below:
        lines.append(f"recognised by something below any of {', '.join(map(oid.dotted, wanted.below))}")
    if wanted.system:
        lines.append(f"recognised by a sysObjectID that begins with any of {', '.join(map(oid.dotted, wanted.system))}")
    if wanted.instead_of:
        lines.append(f"in the place of {', '.join(wanted.instead_of)}")
    return lines


def _document(profile: Profile, known: Shelf) -> dict[str, Any]:
    wanted = profile.identify
    return {
        "profile": profile.name,
        "title": profile.title,
        "reference": profile.reference,
        "identify": {
            "ask": list(map(oid.dotted, wanted.ask)),
            "below": list(map(oid.dotted, wanted.below)),
            "system": list(map(oid.dotted, wanted.system)),
            "instead_of": list(wanted.instead_of),
        },
        "metrics": [
            {"name": name, "type": metric.type, "labels": sorted(metric.labels), "help": metric.help}
            for name in profile.metrics
            for metric in (known.catalogue.metrics[name],)
        ],
    }
