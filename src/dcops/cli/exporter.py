"""`dcops exporter`."""

from __future__ import annotations

import click

from dcops.cli.options import load_settings


@click.group()
def command() -> None:
    """Metrics for Prometheus."""


@command.command()
@click.option(
    "--kind",
    "names",
    multiple=True,
    metavar="KIND",
    help="Offer only this kind of metrics: jobs, snmp, vsphere. Repeatable; without it every kind is offered.",
)
@click.option(
    "--listen",
    default="127.0.0.1:9740",
    show_default=True,
    metavar="HOST:PORT",
    help="Where to listen; port 0 takes a free one.",
)
@click.option(
    "--web-config",
    "web_config",
    type=click.Path(dir_okay=False),
    metavar="FILE",
    help="Certificate and logins, as the exporters of Prometheus have them in web-config.yml.",
)
@click.option(
    "--in-the-clear",
    is_flag=True,
    help="Listen on an address that other hosts reach, without TLS and without a login.",
)
@click.pass_context
def serve(ctx: click.Context, names: tuple[str, ...], listen: str, web_config: str | None, in_the_clear: bool) -> None:
    """Answer Prometheus until told to stop.

    \b
    /metrics/jobs     jobs, backups, maintenance and messages, read from the ledger at every scrape
    /probe            one device, asked over SNMP: ?target=NAME, a device of the inventory;
                      &module=PROFILE asks only this profile
    /sd/snmp          the devices that have snmp: in the inventory, for http_sd_configs
    /vsphere/VCENTER  one vCenter and all that it holds, from memory: it is asked in the background
    /sd/vsphere       the vCenters of the inventory, for http_sd_configs
    /metrics          the exporter itself
    /-/healthy        it is alive
    /-/ready          it can be scraped

    What cannot be read is left out, and its dcops_..._up is 0: a zero always means zero.

    \b
    dcops exporter serve
    dcops exporter serve --kind jobs --listen 127.0.0.1:9740
    dcops exporter serve --kind snmp --listen 192.0.2.10:9740 --web-config web.yml
    """
    import logging
    from difflib import get_close_matches
    from pathlib import Path

    from dcops.cli.output import harmless
    from dcops.errors import UsageError
    from dcops.exporters.app import serve as answer
    from dcops.exporters.kinds import KINDS
    from dcops.exporters.listen import parse
    from dcops.exporters.web_config import load as load_web_config

    for name in names:
        if name not in KINDS:
            near = get_close_matches(name, KINDS, 1)
            hint = f"Did you mean {near[0]}?" if near else f"Known are: {', '.join(KINDS)}"
            raise UsageError(f"there is no kind {name!r} of metrics", next_step=hint)
    access = load_web_config(Path(web_config)) if web_config else None
    address = parse(listen, in_the_clear=in_the_clear, access=access)
    # Only whether it can be read at all: it is read again at every scrape.
    root = load_settings(ctx).root
    logging.basicConfig(level=logging.WARNING, format="%(name)s: %(message)s")
    chosen = dict.fromkeys(names or KINDS)
    kinds = {name: KINDS[name](root) for name in chosen}
    answer(
        kinds,
        address,
        access=access,
        told=lambda where: click.echo(harmless(f"dcops exporter: {', '.join(chosen)} on {where}"), err=True),
    )
