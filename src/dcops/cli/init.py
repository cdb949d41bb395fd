"""`dcops init`."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
def command(folder: Path) -> None:
    """Make a new site root in DIR: a small example that is ready to be changed, in a git repository."""
    from shlex import quote

    from dcops.cli.output import harmless
    from dcops.templates.site_root import create

    committed = create(folder)
    name = quote(str(folder))
    lines = [f"{folder} is a site root now, with 2 sites and 4 example devices.", ""]
    if not committed:
        lines += [
            "Nothing is committed yet: git is missing, or does not know your name. When it does:",
            f"  cd {name} && git init && git add --all && git commit -m 'New site root'",
            "",
        ]
    lines += [
        "Next:",
        f"  cd {name}",
        "  dcops inventory check            what is in inventory/ has no mistakes",
        "  edit inventory/*.yaml            your sites, racks and devices instead of the examples",
        "  cp credentials.toml.example credentials.toml && chmod 600 credentials.toml",
        "  edit credentials.toml            the logins that the devices name",
        "  dcops secrets check              every login that is named is found",
        "  read trust/README.md             which host keys and certificates dcops believes",
        "  read keys/README.md              who can open the backups: two holders before the first backup",
        "  dcops backup",
    ]
    for line in lines:
        click.echo(harmless(line))
