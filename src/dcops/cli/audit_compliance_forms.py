"""An audit of compliance as a page, a table for spreadsheets or JSON: printed, or written to files."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dcops.errors import CannotRun, UsageError

if TYPE_CHECKING:
    from dcops.jobs.compliance.run import Done
    from dcops.templates.render import Texts

TABLE = "table"
FORMS = ("html", "json", "csv")


@dataclass(frozen=True, slots=True)
class Shown:
    """How an audit is to be shown."""

    output: str
    texts: Texts
    site: str
    lab: bool
    files: tuple[tuple[Path, str], ...] = ()
    """Where it is written, in which form; none: it is printed."""


def files_of(names: Sequence[str], output: str) -> tuple[tuple[Path, str], ...]:
    """Each file with its form: of its name, or of --format."""
    found = []
    for name in names:
        file = Path(name)
        ending = file.suffix.removeprefix(".").lower()
        if ending in FORMS and output not in (TABLE, ending):
            raise UsageError(
                f"{file} ends as {ending} does, and --format says {output}", next_step="Leave out --format"
            )
        form = ending if ending in FORMS else output
        if form == TABLE:
            raise UsageError(
                f"{file} does not say in which form", next_step="Name it .html, .csv or .json, or give --format"
            )
        found.append((file, form))
    return tuple(found)


def give(done: Done, shown: Shown) -> None:
    """Print the audit in its form, or write it to its files."""
    from dcops.cli.output import print_json
    from dcops.jobs.compliance.document import document

    for file, form in shown.files:
        _write(file, form, _text(done, form, shown))
    if shown.files:
        return
    if shown.output == "json":
        print_json(document(done))
    else:
        click.echo(_text(done, shown.output, shown), nl=False)


def _text(done: Done, form: str, shown: Shown) -> str:
    from dcops.assembly.here import now
    from dcops.jobs.compliance.document import document
    from dcops.jobs.compliance.report import content, page, sheet

    if form == "json":
        return json.dumps(document(done), indent=2, ensure_ascii=False) + "\n"
    report = content.report_of(done, site=shown.site, lab=shown.lab, made=now())
    return page.html(report, shown.texts) if form == "html" else sheet.csv_text(report, shown.texts)


def _write(file: Path, form: str, text: str) -> None:
    from dcops.jobs.report import BYTE_ORDER_MARK, replace_file

    try:
        replace_file(file, BYTE_ORDER_MARK + text if form == "csv" else text)
    except OSError as error:
        raise CannotRun(f"{file} cannot be written: {error.strerror or error}") from None
    click.echo(f"written: {file}", err=True)
