"""`dcops archive search`: where a text stands in what was archived, and since when."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from dcops.cli.archive_search_output import search_json, show_search
from dcops.cli.options import format_option, load_settings, selection_options

if TYPE_CHECKING:
    from dcops.archive.history import History
    from dcops.archive.search import Found, Match, Query
    from dcops.archive.stays import Stay
    from dcops.inventory.select import Selection
    from dcops.settings import Settings

SOURCES = ("running", "startup", "candidate", "state", "file")


@click.command()
@click.argument("text", required=False)
@click.option("--secret", is_flag=True, help="Look for a password or community; it is asked for, or read from stdin.")
@click.option("--history", is_flag=True, help="Look into every version: since when until when each line stood there.")
@click.option("--at", metavar="REV|DATE", help="Look into the versions in force at a revision, a day or a time.")
@click.option("--regex", "-E", is_flag=True, help="TEXT is a regular expression (PCRE), for one line.")
@click.option("--ignore-case", "-i", is_flag=True, help="Capitals or not, it is the same.")
@click.option("--source", type=click.Choice(SOURCES), help="Only this configuration. Default: all of them.")
@click.option("--context", "-C", type=click.IntRange(0, 50), default=0, metavar="N", help="Show N lines around each.")
@click.option("--limit", type=click.IntRange(1), default=100, show_default=True, help="Print so many lines at most.")
@selection_options
@format_option
@click.pass_context
def search(
    ctx: click.Context,
    selection: Selection,
    text: str | None,
    secret: bool,
    history: bool,
    at: str | None,
    regex: bool,
    ignore_case: bool,
    source: str | None,
    context: int,
    limit: int,
    output: str,
) -> None:
    """Find TEXT in the readable configurations, line by line.

    Without more, the newest version of every device. TEXT means itself, blanks and signs too; - reads it from stdin,
    so that it stands in no list of processes.

    Exit code 0 when nothing was found, 1 when something was, 3 when nothing was found and not everything could be
    looked at.

    Secrets are short hashes in readable texts and are never found by their text. For these there is --secret: it
    hashes what you give it with the site key, and finds where the same secret stands, in the clear or as Cisco's
    type 7. What a device hashes with salt or encrypts with a key of its own (type 5, 6, 8 and 9, $6$…, the master key
    of a firewall) cannot be compared with a password: give the text that the device shows instead. Neither can what
    is hidden as one with other words (user:password).

    \b
    dcops archive search 203.0.113.53
    dcops archive search 'permit ip any any' --role firewall -C 3
    dcops archive search --regex 'ntp server (?!192\\.0\\.2\\.)' --history
    dcops archive search --secret --history
    """
    from dcops.archive.history import History
    from dcops.archive.search import search as look
    from dcops.archive.stays import stays

    settings = load_settings(ctx)
    past = History(settings.paths.state / "archive")
    past.require()
    _refuse_contradictions(text, secret=secret, regex=regex or ignore_case, both_times=history and at is not None)
    query, absent = _query(settings, past, selection, text, secret=secret, regex=regex, ignore_case=ignore_case)
    query = _narrowed(query, source, context, limit)
    found: Found[Match] | Found[Stay] = stays(past, query) if history else look(past, query, at)
    if secret:
        _note(settings, found)
    if output == "json":
        search_json(found, absent, history=history, secret=secret)
    else:
        show_search(found, absent, context=context > 0, secret=secret)
    ctx.exit(1 if found.total else 3 if found.unread else 0)


def _refuse_contradictions(text: str | None, *, secret: bool, regex: bool, both_times: bool) -> None:
    from dcops.errors import UsageError

    if secret and text is not None:
        raise UsageError("a secret does not belong on a command line", next_step="Leave TEXT out: --secret asks for it")
    if secret and regex:
        raise UsageError("a secret is compared as a whole", next_step="Leave out --regex and --ignore-case")
    if not secret and text is None:
        raise UsageError("there is nothing to look for", next_step="Give TEXT, or --secret")
    if both_times:
        raise UsageError("--history looks at all times, --at at one", next_step="Leave out one of them")


def _query(
    settings: Settings,
    past: History,
    selection: Selection,
    text: str | None,
    *,
    secret: bool,
    regex: bool,
    ignore_case: bool,
) -> tuple[Query, tuple[str, ...]]:
    from dataclasses import replace

    from dcops.archive.grep import Pattern
    from dcops.archive.search import Query
    from dcops.archive.site_key import SiteKey
    from dcops.assembly.stores import inventory_of
    from dcops.errors import CannotRun
    from dcops.jobs.search import chosen, of_secret
    from dcops.model.secret import Secret

    devices = chosen(past, selection, lambda: inventory_of(settings))
    if secret:
        site_key = SiteKey.load(settings.paths.state)
        if site_key is None:
            raise CannotRun(
                f"there is no site key in {settings.paths.state}: nothing can be compared with the hashes",
                next_step="Run it where the backups are made, or let a holder restore it: docs/how-to/recovery.md",
            )
        query = of_secret(Secret(_asked("Secret (not shown): ", hidden=True)), site_key)
    else:
        query = Query(Pattern(_asked("") if text == "-" else text or "", regex=regex, ignore_case=ignore_case))
    return replace(query, devices=devices.devices), devices.not_archived


def _narrowed(query: Query, source: str | None, context: int, limit: int) -> Query:
    from dataclasses import replace

    from dcops.model.snapshot import ConfigSource

    return replace(query, source=ConfigSource(source) if source else None, context=context, limit=limit)


def _asked(prompt: str, *, hidden: bool = False) -> str:
    """One line from stdin, without its end; a person at a terminal does not see what is hidden."""
    if hidden and sys.stdin.isatty():
        from getpass import getpass

        # Written to the terminal itself: stdout may be a file.
        return getpass(prompt)
    from dcops.errors import UsageError

    try:
        lines = sys.stdin.buffer.read(65_537).decode("utf-8").splitlines()
    except UnicodeDecodeError:
        raise UsageError("what came on stdin is no text") from None
    if len(lines) > 1:
        raise UsageError("more than one line came on stdin", next_step="Texts are searched line by line")
    return lines[0] if lines else ""


def _note(settings: Settings, found: Found[Match] | Found[Stay]) -> None:
    """Who looked for a secret stands in the audit log, the secret and its hash do not."""
    from dcops.cli.audit import record

    devices = list(dict.fromkeys(one.device for one in found.matches))
    record(settings, "archive search --secret", devices=devices, result=f"found on {found.devices} devices")
