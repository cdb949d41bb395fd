"""`dcops rules`: looks at the rules themselves, without any device."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from dcops.cli.options import format_option

if TYPE_CHECKING:
    from pathlib import Path

    from dcops.audit.rule import Rule
    from dcops.audit.samples import Tried


@click.group()
def command() -> None:
    """Rules of compliance: try them without touching a device.

    \b
    dcops rules test                     every sample of every rule
    dcops rules test IOS-021             of one rule
    """


@command.command()
@click.argument("rules", metavar="[RULE]…", nargs=-1)
@format_option
@click.pass_context
def test(ctx: click.Context, rules: tuple[str, ...], output: str) -> None:
    """Run the samples of every rule, or of some.

    Reads the files that ship and those under compliance/ of the site root; outside of a site root only those that
    ship. Exit code 1 when a sample is not judged as it says, 2 when a file has mistakes: all are told at once.

    \b
    dcops rules test
    dcops rules test IOS-021 PAN-061 --format json
    """
    from dcops.audit.samples import tried
    from dcops.cli.output import harmless, print_json

    library_rules, parameters = _library(ctx)
    chosen = _chosen(library_rules, rules)
    found = [each for rule in chosen for each in tried(rule, parameters)]
    wrong = [each for each in found if not each.well]
    if output == "json":
        print_json(
            {
                "command": "rules test",
                "summary": {"rules": len(chosen), "samples": len(found), "wrong": len(wrong)},
                "items": [_item(each) for each in found],
            }
        )
    else:
        for each in wrong:
            click.echo(harmless(_told(each)))
        click.echo(f"{len(chosen)} rules, {len(found)} samples, {len(wrong)} judged otherwise than they say.")
    ctx.exit(1 if wrong else 0)


def _library(ctx: click.Context) -> tuple[tuple[Rule, ...], Any]:
    from datetime import UTC, datetime

    from dcops.audit.library import load
    from dcops.templates.find import data_folder

    site = _site(ctx)
    library = load(data_folder("compliance"), site / "compliance" if site else None, datetime.now(UTC).date())
    return library.rules, library.parameters()


def _site(ctx: click.Context) -> Path | None:
    """The site root that was named, or the nearest; None outside of one."""
    from pathlib import Path

    from dcops.errors import DcopsError
    from dcops.settings import find_root

    named: str | None = ctx.find_root().obj
    try:
        return find_root(Path(named) if named else None)
    except DcopsError:
        if named:
            raise
        return None


def _chosen(rules: tuple[Rule, ...], names: tuple[str, ...]) -> list[Rule]:
    from difflib import get_close_matches

    from dcops.errors import UsageError

    known = {rule.id: rule for rule in rules}
    for name in names:
        if name not in known:
            near = get_close_matches(name, known, 1)
            raise UsageError(f"there is no rule {name!r}", next_step=f"Did you mean {near[0]}?" if near else "")
    return [known[name] for name in dict.fromkeys(names)] if names else list(rules)


def _told(each: Tried) -> str:
    seen = each.problem or (f"it is: {each.seen}" if each.seen else "nothing was said")
    lines = [f"{each.rule.file}:{each.line}: {each.rule.id}: sample {each.number} for `{each.wanted}`, but {seen}"]
    return "\n".join([*lines, *(f"    {finding.evidence}" for finding in each.findings)])


def _item(each: Tried) -> dict[str, Any]:
    return {
        "rule": each.rule.id,
        "file": str(each.rule.file),
        "line": each.line,
        "sample": each.number,
        "wanted": each.wanted.value,
        "seen": each.seen.value if each.seen else None,
        "well": each.well,
        "problem": each.problem,
        "evidence": [finding.evidence for finding in each.findings],
    }
