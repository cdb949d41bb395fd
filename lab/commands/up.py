"""`up`: bring a lab up, in the background unless told otherwise."""

from __future__ import annotations

import argparse
import logging
import subprocess
import sys
import time
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lab.state import DEFAULT, AlreadyUp, State

PROJECT = Path(__file__).resolve().parent.parent.parent
PATIENCE_SECONDS = 120
LOG_LINES = 15


def add_to(subcommands: Any) -> None:
    """Describe the subcommand."""
    parser = subcommands.add_parser("up", help="bring the lab up")
    parser.add_argument("--scale", default="reference", help="small, reference, or a number of routers")
    parser.add_argument("--state", type=Path, default=DEFAULT, metavar="DIR", help="where the lab keeps its things")
    parser.add_argument("--recordings", type=Path, metavar="DIR", help="replay these recordings of real devices too")
    parser.add_argument("--foreground", action="store_true", help="run until Ctrl-C")
    parser.add_argument("--delay", type=float, default=0.0, metavar="SECONDS", help="before every answer of a router")
    parser.add_argument(
        "--configuration-delay",
        type=float,
        default=0.0,
        metavar="SECONDS",
        help="besides, before a router shows a configuration",
    )
    parser.add_argument("--traps", metavar="HOST:PORT", help="who hears the traps of the SNMP agents")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Bring the lab up; 0 when it is there, also when it was there before."""
    state = State(options.state.absolute())
    if state.holder() is not None:
        print(f"already up, in {state.folder}")
        show(state.read_endpoints())
        return 0
    if options.recordings is not None and not options.recordings.is_dir():
        print(f"{options.recordings} is not a folder", file=sys.stderr)
        return 2
    if options.traps and not _is_receiver(options.traps):
        print(f"{options.traps} is no HOST:PORT with an IPv4 address", file=sys.stderr)
        return 2
    if options.foreground:
        return _in_the_foreground(options, state)
    return _in_the_background(options, state)


def _is_receiver(text: str) -> bool:
    from lab.snmp.door import Receiver

    try:
        Receiver.parse(text)
    except ValueError:
        return False
    return True


def show(endpoints: Mapping[str, Any]) -> None:
    """Print where everything is."""
    if not endpoints:
        return
    devices = endpoints["devices"]
    for device in devices[:60]:
        beside = f", SNMP {device['snmp']}" if device["snmp"] and device["platform"] != "snmp" else ""
        print(f"  {device['name']:<16} {device['platform']:<8} {device['address']}:{device['port']}{beside}")
    if len(devices) > 60:
        print(f"  … and {len(devices) - 60} more")
    print(f"{len(devices)} devices, {len(endpoints['left_out'])} left out, process {endpoints['pid']}")
    print(f"control    {endpoints['control']}")
    print(f"traps to   {endpoints['traps']}")
    print(f"site root  {endpoints['site']}", flush=True)


def _in_the_foreground(options: argparse.Namespace, state: State) -> int:
    # Old algorithms are what the lab is for, and clients that leave in the middle are its daily bread.
    warnings.filterwarnings("ignore", message="Diffie-Hellman over finite fields")
    logging.getLogger("asyncio").setLevel(logging.ERROR)
    from lab.addresses import NoBlockFree
    from lab.estate import BadEstate
    from lab.service import Wish, serve
    from lab.snmp.door import Receiver

    wish = Wish(
        scale=options.scale,
        state=state,
        recordings=options.recordings.absolute() if options.recordings else None,
        delay_seconds=options.delay,
        configuration_delay_seconds=options.configuration_delay,
        traps=Receiver.parse(options.traps) if options.traps else None,
    )
    try:
        serve(wish, show)
    except BadEstate as error:
        print(error, file=sys.stderr)
        return 2
    except (AlreadyUp, NoBlockFree, OSError) as error:
        print(error, file=sys.stderr)
        return 3
    return 0


def _in_the_background(options: argparse.Namespace, state: State) -> int:
    state.folder.mkdir(parents=True, exist_ok=True)
    # A lab that was killed leaves its endpoints behind.
    state.endpoints.unlink(missing_ok=True)
    command = [sys.executable, "-m", "lab", "up", "--foreground"]
    command += ["--scale", options.scale, "--state", str(state.folder), "--delay", str(options.delay)]
    command += ["--configuration-delay", str(options.configuration_delay)]
    if options.traps:
        command += ["--traps", options.traps]
    if options.recordings:
        command += ["--recordings", str(options.recordings.absolute())]
    with state.log.open("w", encoding="utf-8") as log:
        process = subprocess.Popen(
            command,
            cwd=PROJECT,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        endpoints = state.read_endpoints()
        if endpoints.get("pid") == process.pid:
            print(f"up, in {state.folder}")
            show(endpoints)
            # The lab outlives this process: nobody is going to wait for it here.
            process.returncode = 0
            return 0
        if process.poll() is not None:
            if state.holder() is not None:
                # Another `up` was faster by a moment.
                print(f"already up, in {state.folder}")
                return 0
            print(f"the lab did not come up; the end of {state.log}:", file=sys.stderr)
            print("\n".join(state.log.read_text(encoding="utf-8").splitlines()[-LOG_LINES:]), file=sys.stderr)
            return process.returncode if process.returncode in (2, 3) else 3
        time.sleep(0.02)
    process.terminate()
    process.wait()
    print(f"the lab was not ready after {PATIENCE_SECONDS} s; see {state.log}", file=sys.stderr)
    return 3
