"""A process that judges one device after the other, until its parent goes away or ends it.

It reads the rules itself: compiled expressions do not travel.
"""

from __future__ import annotations

import resource
import sys
from collections.abc import Mapping
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path
from typing import IO, Any

from dcops.audit import library
from dcops.jobs.compliance.judging import wire
from dcops.jobs.compliance.profiles import Judges, profiles_of
from dcops.jobs.runs.processes import die_with
from dcops.model.source import SourceKind

MEMORY_BYTES = 4 * 1024**3
"""A configuration that makes more of itself ends its judge, and not the host."""


def main() -> None:
    """Judge what comes in, and send what was found."""
    die_with(int(sys.argv[1]))
    # A unit of systemd, or a lower limit that somebody set, may refuse it.
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    serve(sys.stdin.buffer, sys.stdout.buffer)


def serve(coming: IO[bytes], going: IO[bytes]) -> None:
    """The same on any two streams."""
    setup = wire.receive(coming)
    if setup is None:
        return
    judges, telling = _judges(setup), wire.Telling()
    while (asked := wire.receive(coming)) is not None:
        subject, sources, now = wire.to_device(asked)
        answers = [
            {"pack": profile.pack, **telling.of(judges.of(profile, subject.platform).judge(subject, sources, now))}
            for profile in judges.profiles
        ]
        wire.send(going, answers)


def _judges(setup: Mapping[str, Any]) -> Judges:
    site = Path(setup["site"]) if setup["site"] else None
    known = library.load(Path(setup["shipped"]), site, date.fromisoformat(setup["today"]))
    fresh = {SourceKind(kind): timedelta(seconds=seconds) for kind, seconds in setup["fresh"].items()}
    return Judges(profiles_of(known, setup["packs"]), fresh)


if __name__ == "__main__":
    main()
