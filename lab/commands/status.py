"""`status`: is a lab up in this folder, and how are its devices?"""

from __future__ import annotations

import argparse
import json
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from lab.state import DEFAULT, State

PATIENCE_SECONDS = 5


def add_to(subcommands: Any) -> None:
    """Describe the subcommand."""
    parser = subcommands.add_parser("status", help="show what is up")
    parser.add_argument("--state", type=Path, default=DEFAULT, metavar="DIR", help="where the lab keeps its things")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print the devices; 1 when no lab is up, 3 when it does not answer."""
    state = State(options.state.absolute())
    process = state.holder()
    endpoints = state.read_endpoints()
    if process is None or not endpoints:
        print(f"{'starting' if process else 'down'}, in {state.folder}")
        return 1
    try:
        with urllib.request.urlopen(f"{endpoints['control']}/devices", timeout=PATIENCE_SECONDS) as answer:
            devices = json.load(answer)["devices"]
    except (urllib.error.URLError, TimeoutError) as error:
        print(f"process {process} holds {state.folder} but does not answer: {error}", file=sys.stderr)
        return 3
    print(f"up, in {state.folder}, process {process}, control {endpoints['control']}")
    for device in devices:
        fault = f" ({device['fault']['kind']})" if device["fault"] else ""
        counters = device["counters"]
        answers = f", {device['snmp']['counters'].get('answers', 0)} answers of SNMP" if "snmp" in device else ""
        print(
            f"  {device['name']:<16} {device['platform']:<8} {device['address']}:{device['port']:<6} "
            f"{device['state']}{fault}, {counters['logins']} logins, {counters['commands']} commands{answers}"
        )
    return 0
