"""How what was found in the archive is printed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from dcops.cli.direct import warn
from dcops.cli.output import harmless, print_json, table
from dcops.model.moment import rfc3339

if TYPE_CHECKING:
    from dcops.archive.search import Found, Match
    from dcops.archive.stays import Point, Stay

LONGEST = 240
PARENTS = 2
"""So many of the commands that a line stands under are shown before it; in XML there are a dozen."""
NAMED = 10


def search_json(found: Found[Match] | Found[Stay], absent: tuple[str, ...], *, history: bool, secret: bool) -> None:
    """Print it for machines. What was looked for is left out: it may be a secret, and the output be kept."""
    summary = {
        "found": found.total,
        "shown": len(found.matches),
        "devices": found.devices,
        "devices_searched": found.searched,
        "texts_searched": found.texts,
        "unread": len(found.unread),
    }
    print_json(
        {
            "command": "archive search",
            "history": history,
            "secret": secret,
            "summary": summary,
            "items": [_item(one) for one in found.matches],
            "unread": found.unread,
            "not_archived": absent,
            "not_archived_yet": found.not_yet,
        }
    )


def show_search(found: Found[Match] | Found[Stay], absent: tuple[str, ...], *, context: bool, secret: bool) -> None:
    """Print it for people."""
    if context:
        for one in found.matches:
            _block(one)
    elif found.matches:
        headings = ("Device", "Configuration", *_times(found.matches[0])[0], "Line", "Text")
        rows = [
            (one.device, _sources(one), *_times(one)[1], str(one.line), _shortened(_under(one) + one.text.strip()))
            for one in found.matches
        ]
        table(headings, rows)
    _say(f"not in the archive: {_named(absent)}", absent)
    _say(f"not archived yet at that time: {_named(found.not_yet)}", found.not_yet)
    for one_unread in found.unread[:NAMED]:
        warn(f"not looked at: {one_unread}")
    if len(found.unread) > NAMED:
        warn(f"not looked at: {len(found.unread) - NAMED} more; see --format json, and dcops archive verify")
    click.echo(_verdict(found))
    if secret:
        click.echo(
            "Compared was what stands by itself, in the clear or as type 7: not what devices hash with salt, encrypt"
            " themselves, or write as one with other words."
        )


def _verdict(found: Found[Match] | Found[Stay]) -> str:
    where = f"{found.searched} devices ({found.texts} texts)"
    if not found.total:
        return f"Nothing found in {where}{', as far as it could be looked at' if found.unread else ''}."
    verdict = f"{found.total} {'line' if found.total == 1 else 'lines'} on {found.devices} of {where}."
    if len(found.matches) < found.total:
        verdict += f" The first {len(found.matches)} are shown: give --limit {found.total}, or more of the text."
    return verdict


def _item(one: Match | Stay) -> dict[str, Any]:
    from dcops.archive.stays import Stay

    item: dict[str, Any] = {
        "device": one.device,
        "sources": one.sources,
        "line": one.line,
        "text": one.text,
        "under": one.around.under,
        "before": one.around.before,
        "after": one.around.after,
    }
    if isinstance(one, Stay):
        return {**item, "since": _point(one.since), "last": _point(one.last), "gone": _point(one.gone)}
    return {**item, "taken": one.taken, "revision": one.revision}


def _point(point: Point | None) -> dict[str, Any] | None:
    return {"revision": point.revision, "taken": point.taken} if point else None


def _times(one: Match | Stay) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Headings and cells for when it stood there."""
    from dcops.archive.stays import Stay

    if not isinstance(one, Stay):
        return (), ()
    gone = f"{rfc3339(one.gone.taken)} {one.gone.revision[:8]}" if one.gone else "still there"
    return ("Since", "Until"), (f"{rfc3339(one.since.taken)} {one.since.revision[:8]}", gone)


def _block(one: Match | Stay) -> None:
    """A line with its neighbours, numbered."""
    from dcops.archive.stays import Stay

    heading = f"{one.device} {_sources(one)}"
    if isinstance(one, Stay):
        since, until = _times(one)[1]
        heading += f", since {since}, {until if one.gone is None else f'until {until}'}"
    else:
        heading += f", {rfc3339(one.taken)}"
    click.secho(harmless(heading), bold=True)
    if parents := _under(one):
        click.echo(harmless(f"         {parents.removesuffix(' › ')}"))
    for number, row in enumerate((*one.around.before, one.text, *one.around.after), one.line - len(one.around.before)):
        mark = ">" if number == one.line else " "
        click.echo(f"{mark} {number:5}  {harmless(_shortened(row))}")
    click.echo()


def _under(one: Match | Stay) -> str:
    parents = [_shortened(parent, 80) for parent in one.around.under[-PARENTS:]]
    return "".join(f"{parent} › " for parent in parents)


def _sources(one: Match | Stay) -> str:
    return ", ".join(one.sources)


def _shortened(text: str, longest: int = LONGEST) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def _named(names: tuple[str, ...]) -> str:
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + more


def _say(text: str, reason: tuple[str, ...]) -> None:
    if reason:
        click.echo(harmless(text), err=True)
