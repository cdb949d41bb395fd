"""`dcops inventory export`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dcops.cli.options import load_settings, selection_options

if TYPE_CHECKING:
    from dcops.inventory.inventory import Inventory
    from dcops.inventory.select import Selection

READABLE = 0o644
"""Prometheus and Ansible run under other accounts."""
# The first one is taken when nothing is said.
FORMATS = {"ncsc": ("table", "json", "csv"), "ansible": ("yaml", "json"), "prometheus": ("json",)}


@click.command(name="export")
@click.option(
    "--for",
    "reader",
    type=click.Choice(list(FORMATS)),
    required=True,
    help="Who reads it: the national centre (public ranges), Ansible, or Prometheus (file_sd).",
)
@selection_options
@click.option(
    "--format",
    "output",
    type=click.Choice(["table", "json", "csv", "yaml"]),
    help="ncsc: table, json or csv; ansible: yaml or json; prometheus: json.",
)
@click.option("--to", "target", type=click.Path(path_type=Path), metavar="FILE", help="Write it to this file.")
@click.pass_context
def export(ctx: click.Context, reader: str, selection: Selection, output: str | None, target: Path | None) -> None:
    """Give the inventory to others, never with a secret.

    For ncsc: the public IPv4 and IPv6 ranges of every information system with its owner, level and public names. Told
    on stderr, and in the JSON, is what cannot be registered as it stands: public ranges that belong to no system,
    systems with public names and no range. Exit code 1 when there is such a gap.

    For prometheus: our devices that have an address, by name, with the labels site, device and role, as the exporter's
    /sd gives them; what begins with __meta_dcops_ is for relabelling.

    Devices of other organisations are left out for Ansible and Prometheus.

    \b
    dcops inventory export --for ncsc --format csv --to ranges.csv
    dcops inventory export --for ansible --to hosts.yaml
    dcops inventory export --for prometheus --to targets.json
    """
    from dcops.assembly.stores import inventory_of
    from dcops.errors import UsageError

    chosen = output or FORMATS[reader][0]
    if chosen not in FORMATS[reader]:
        raise UsageError(
            f"--for {reader} has no --format {chosen}", next_step=f"There is: {', '.join(FORMATS[reader])}"
        )
    inventory = inventory_of(load_settings(ctx))
    if reader == "ncsc":
        ctx.exit(_for_ncsc(inventory, selection, chosen, target))
    text = _for_tools(inventory, selection, reader, chosen)
    _give(text, target)


def _for_ncsc(inventory: Inventory, selection: Selection, output: str, target: Path | None) -> int:
    from dcops.errors import UsageError
    from dcops.inventory.export import ncsc

    if selection.roles or selection.platforms or selection.devices or selection.tags:
        raise UsageError("ranges have a site and nothing else to select by", next_step="Use --site, or nothing")
    for site in selection.sites:
        inventory.site(site)
    found = ncsc.registration(inventory, selection.sites)
    rows, gaps = ncsc.rows(found), ncsc.gaps(found)
    if output == "json":
        systems = {one.system.name for one in found.ranges}
        counts = {"ranges": len(rows), "systems": len(systems), "gaps": len(gaps)}
        _give(
            _json({"command": "inventory export", "for": "ncsc", "summary": counts, "items": rows, "gaps": gaps}),
            target,
        )
    elif output == "csv":
        _give(_csv(ncsc.COLUMNS, rows), target, mark=True)
    elif target is not None:
        raise UsageError("a table is for the screen", next_step="Add --format csv or --format json")
    else:
        _table(rows)
    _tell(gaps)
    return 1 if gaps else 0


def _for_tools(inventory: Inventory, selection: Selection, reader: str, output: str) -> str:
    from dcops.inventory.export import ansible, prometheus
    from dcops.inventory.select import select

    devices = select(inventory.devices, selection)
    if reader == "prometheus":
        return _json(prometheus.targets(devices))
    document = ansible.inventory(devices)
    if output == "json":
        return _json(document)
    import yaml

    text: str = yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=110)
    return "# Made by: dcops inventory export --for ansible\n" + text


def _table(rows: list[dict[str, Any]]) -> None:
    from dcops.cli.output import table

    table(
        ("system", "title", "owner", "level", "range", "site", "registered", "public names"),
        [
            (
                row["system"],
                row["title"],
                row["owner"] or "-",
                str(row["level"] or "-"),
                row["range"],
                row["site"],
                row["registered"] or "not yet",
                ", ".join(row["public_names"]) or "-",
            )
            for row in rows
        ],
        styles=["" if row["registered"] else "yellow" for row in rows],
    )
    click.echo(f"{len(rows)} public ranges of {len({row['system'] for row in rows})} systems")


def _csv(columns: tuple[str, ...], rows: list[dict[str, Any]]) -> str:
    import csv
    import io

    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_cell(row[column]) for column in columns])
    return stream.getvalue()


def _cell(value: object) -> str:
    text = " ".join(map(str, value)) if isinstance(value, list) else "" if value is None else str(value)
    # A spreadsheet takes what begins with one of these for a formula.
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def _json(value: object) -> str:
    import json

    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def _give(text: str, target: Path | None, *, mark: bool = False) -> None:
    """To the file, whole or not at all, or to stdout; `mark` is for spreadsheets, which else misread the letters."""
    from dcops.archive import durable
    from dcops.cli.output import HARMFUL

    if target is None:
        click.echo(HARMFUL.sub(lambda match: f"\\u{ord(match[0]):04x}", text), nl=False)
        return
    durable.replace(target, (("\ufeff" if mark else "") + text).encode(), mode=READABLE)
    click.echo(f"written: {target}", err=True)


def _tell(gaps: list[dict[str, str]]) -> None:
    """One warning for each kind of gap, with everything that has it."""
    from dcops.cli.direct import warn

    kinds: dict[str, list[dict[str, str]]] = {}
    for gap in gaps:
        kinds.setdefault(gap["gap"], []).append(gap)
    for alike in kinds.values():
        first, others = alike[0], [gap["what"] for gap in alike[1:]]
        also = f" (and so for {len(others)} more: {', '.join(others)})" if others else ""
        warn(": ".join(part for part in (f"{first['message']}{also}", first["next_step"]) if part))
