"""`down`: stop the lab of a folder."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

from lab.state import DEFAULT, State

PATIENCE_SECONDS = 10


def add_to(subcommands: Any) -> None:
    """Describe the subcommand."""
    parser = subcommands.add_parser("down", help="stop the lab")
    parser.add_argument("--state", type=Path, default=DEFAULT, metavar="DIR", help="where the lab keeps its things")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Stop the lab; 0 also when there is none."""
    state = State(options.state.absolute())
    for number in (signal.SIGTERM, signal.SIGKILL):
        process = state.holder()
        if process is None:
            break
        os.kill(process, number)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while state.holder() == process and time.monotonic() < deadline:
            time.sleep(0.02)
    else:
        if state.holder() is not None:
            print("the lab does not stop", file=sys.stderr)
            return 3
    # What a killed lab left behind.
    state.endpoints.unlink(missing_ok=True)
    print(f"down, in {state.folder}")
    return 0
