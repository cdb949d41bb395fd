"""`python -m lab`: brings the pretend data centre up and down."""

from __future__ import annotations

import argparse
import sys

from lab.commands import demo, down, status, up

SUBCOMMANDS = (up, down, status, demo)


def main(arguments: list[str] | None = None) -> int:
    """Run one subcommand and give its exit code: 0 well, 1 found something, 2 wrong usage, 3 could not run."""
    parser = argparse.ArgumentParser(prog="python -m lab", description=__doc__)
    subcommands = parser.add_subparsers(required=True, metavar="COMMAND")
    for module in SUBCOMMANDS:
        module.add_to(subcommands)
    options = parser.parse_args(arguments)
    code: int = options.run(options)
    return code


if __name__ == "__main__":
    sys.exit(main())
