"""`dcops inventory import`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dcops.cli.options import format_option, load_settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dcops.inventory.spreadsheet.plan import Plan
    from dcops.inventory.spreadsheet.row import Planned
    from dcops.inventory.spreadsheet.write import NewFile, RowMistake


@click.command(name="import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--map",
    "pairs",
    multiple=True,
    metavar="HEADING=FIELD",
    help="What a column is, where its heading does not tell; FIELD ignore leaves it out. Repeatable.",
)
@click.option(
    "--default",
    "given",
    multiple=True,
    metavar="FIELD=VALUE",
    help="Taken where a cell is empty: site=main, role=server, credential.ios=NAME. Repeatable.",
)
@click.option("--write", is_flag=True, help="Write the new inventory file. Without it nothing is written.")
@format_option
@click.pass_context
def import_file(
    ctx: click.Context, file: Path, pairs: tuple[str, ...], given: tuple[str, ...], write: bool, output: str
) -> None:
    """Bring devices from a spreadsheet, saved as CSV, into the inventory.

    Without --write this is a preview: what each column became, which devices would be added, what exists already and
    is left alone, and which rows cannot be used and why. With --write one new file is made, named after the CSV file;
    no other file and no existing entry is touched, and nothing is written when the inventory's check would complain.

    Headings may be English or Vietnamese, with or without diacritics. Passwords are never imported.

    Exit code 1 when a row cannot be used or a column looks like passwords.

    \b
    dcops inventory import devices.csv
    dcops inventory import devices.csv --default site=main --map "Vị trí=place"
    dcops inventory import devices.csv --default credential.ios=ios-backup --write
    """
    from dcops.assembly.here import now
    from dcops.assembly.schedule import zone_of
    from dcops.assembly.stores import inventory_of
    from dcops.cli.audit import record
    from dcops.errors import InvalidInput
    from dcops.inventory.spreadsheet import headings, read
    from dcops.inventory.spreadsheet import write as writing
    from dcops.inventory.spreadsheet.plan import defaults, plan
    from dcops.inventory.spreadsheet.row import Outcome

    settings = load_settings(ctx)
    inventory = inventory_of(settings)
    mapped = headings.mapping(pairs)
    sheet = read.read(file, lambda rows: headings.understood(rows, mapped))
    planned = plan(sheet, mapped, defaults(given, inventory), inventory)
    to_add = planned.of(Outcome.ADD)
    day = now().astimezone(zone_of(settings)).date().isoformat()
    new = writing.new_file(settings.paths.inventory, file.name, to_add, day)
    mistakes = writing.mistakes(settings.paths.inventory, new) if to_add else ()
    _warn_of_passwords(planned)
    if write:
        writing.refuse_to_overwrite(new)
        if mistakes:
            raise InvalidInput(_refusal(mistakes), next_step="Nothing was written. Mend these rows, or leave them out")
        if to_add:
            writing.write(new)
            names = [row.name for row in to_add]
            record(settings, "inventory import", devices=names, result=f"{len(names)} added", detail=str(new.path))
    written = write and bool(to_add)
    if output == "json":
        _print_json(planned, mistakes, new, written=written)
    else:
        _print_tables(file, planned, mistakes, new, written=written)
    ctx.exit(1 if planned.of(Outcome.UNUSABLE) or planned.secret_columns or mistakes else 0)


def _warn_of_passwords(planned: Plan) -> None:
    from dcops.cli.direct import warn

    for column in planned.secret_columns:
        warn(
            f"column {column.letter} {column.heading!r} looks like passwords: nothing of it was read. Everyone who "
            "gets the spreadsheet reads them: take the column out, change the passwords, and give them to a credential "
            "provider (see: dcops secrets check)"
        )


def _refusal(mistakes: Sequence[RowMistake]) -> str:
    lines = [f"  {f'row {one.row}: ' if one.row else ''}{one.message}" for one in mistakes]
    return "\n".join(("the inventory would have mistakes:", *lines)) + "\n"


def _print_tables(file: Path, planned: Plan, mistakes: Sequence[RowMistake], new: NewFile, *, written: bool) -> None:
    from dcops.cli.output import harmless, table
    from dcops.inventory.spreadsheet.row import Outcome

    for number, note in enumerate(planned.notes):
        click.echo(harmless(f"{file.name}: {note}" if number == 0 else f"  {note}"))
    click.echo()
    table(("column", "heading", "becomes"), [(one.letter, one.heading, _becomes(one)) for one in planned.columns])
    if to_add := planned.of(Outcome.ADD):
        click.echo()
        table(
            ("row", "device", "site", "role", "platform", "model", "address", "remarks"),
            [_cells(row) for row in to_add],
        )
    for outcome, words in (
        (Outcome.EXISTS, "In the inventory already, left alone"),
        (Outcome.UNUSABLE, "Cannot be used"),
        (Outcome.SKIPPED, "No devices"),
    ):
        if rows := planned.of(outcome):
            click.echo(f"\n{words}:")
            for row in rows:
                click.echo(harmless(f"  row {row.row}{f' {row.name}' if row.name else ''}: {row.reason}"))
    if mistakes:
        click.echo("\nThe inventory's check would complain, so nothing can be written:")
        for one in mistakes:
            click.echo(harmless(f"  {f'row {one.row}: ' if one.row else ''}{one.message}"))
    click.echo()
    counts = ", ".join(
        f"{len(planned.of(outcome))} {word}"
        for outcome, word in (
            (Outcome.ADD, "added" if written else "to add"),
            (Outcome.EXISTS, "exist"),
            (Outcome.UNUSABLE, "cannot be used"),
        )
    )
    click.echo(f"{counts}. {_ending(new, written=written, empty=not to_add)}")


def _ending(new: NewFile, *, written: bool, empty: bool) -> str:
    if written:
        return f"Written: {new.path}"
    if empty:
        return "There is nothing to write."
    return f"Nothing was written; with --write it becomes {new.path}"


def _becomes(column: Any) -> str:
    if column.secret:
        return "NOT READ: looks like passwords"
    if column.field == "ignore" or (column.field is None and not column.heading):
        return "-"
    if column.field is None:
        return "not used: give it a meaning with --map"
    return f"{column.field}{' (--map)' if column.mapped else ''}"


def _cells(row: Planned) -> tuple[str, ...]:
    management = row.values.get("management", {})
    remarks = [f"was {row.written}"] if row.written != row.name else []
    remarks += [f"guessed: {', '.join(row.guessed)}"] if row.guessed else []
    return (
        str(row.row),
        row.name,
        str(row.values.get("site", "")),
        str(row.values.get("role", "")),
        f"{row.values.get('platform', '-')}{' (guess)' if 'platform' in row.guessed else ''}",
        f"{row.values.get('vendor', '')} {row.values.get('model', '')}",
        ", ".join(str(management[key]) for key in ("ipv4", "ipv6") if key in management) or "-",
        "; ".join([*remarks, *row.notes]),
    )


def _print_json(planned: Plan, mistakes: Sequence[RowMistake], new: NewFile, *, written: bool) -> None:
    from dcops.cli.output import print_json
    from dcops.inventory.spreadsheet.row import Outcome

    print_json(
        {
            "command": "inventory import",
            "summary": {
                **{outcome.value: len(planned.of(outcome)) for outcome in Outcome},
                "mistakes": len(mistakes),
                "password_columns": len(planned.secret_columns),
            },
            "written": written,
            "file": str(new.path),
            "notes": list(planned.notes),
            "columns": [
                {
                    "column": one.letter,
                    "heading": one.heading,
                    "field": one.field,
                    "mapped": one.mapped,
                    "looks_like_passwords": one.secret,
                }
                for one in planned.columns
            ],
            "items": [
                {
                    "row": row.row,
                    "outcome": row.outcome.value,
                    "device": row.name,
                    "written_as": row.written,
                    "reason": row.reason,
                    "guessed": list(row.guessed),
                    "notes": list(row.notes),
                    "values": dict(row.values),
                }
                for row in planned.rows
            ],
            "mistakes": [{"row": one.row or None, "message": one.message} for one in mistakes],
        }
    )
