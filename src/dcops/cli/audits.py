"""`dcops audit`: judges devices by rules that people can read."""

from __future__ import annotations

import click

from dcops.cli.audit_compliance import compliance


@click.group()
def command() -> None:
    """Judge devices by rules that people can read.

    Sources are captured first and judged then; nothing is changed on any device. What could not be looked at is said
    to be so and is never a pass.
    """


command.add_command(compliance)
