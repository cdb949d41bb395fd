"""Every walk of the lab, asked with the profiles it was written for.

    python -m tests.snmp_walks ups/apc-smart apc-ups apc-environment    write what these profiles make of the walk
    python -m tests.snmp_walks                                          write all that are there anew

Read each line of what was written before you keep it: the tests hold the profiles to it from then on.
"""

import asyncio
import sys
from dataclasses import dataclass
from pathlib import Path

from dcops.exporters.snmp import shelf
from dcops.exporters.snmp.places import Places
from dcops.exporters.snmp.probe import Collector, probe
from dcops.model.secret import Secret
from dcops.snmp.client import Client
from dcops.snmp.community import Community
from dcops.snmp.target import Target
from lab.snmp import serve

ROOT = Path(__file__).resolve().parents[1]
WALKS = ROOT / "lab/devices/snmp"
EXPECTED = ROOT / "tests/expected/snmp"
MARK = "# profiles:"
NOW = 1_800_000_000.0
"""What the clock says, so that moments come out the same every day."""


@dataclass(frozen=True)
class Walk:
    """A recorded walk and what is expected of it."""

    file: Path

    @property
    def expected(self):
        """The file that holds its series, behind the names of the profiles that give them."""
        return EXPECTED / f"{self.file.stem}.prom"

    @property
    def profiles(self):
        """Their names."""
        if not self.expected.exists():
            return ()
        head = self.expected.read_text().partition("\n")[0]
        return tuple(head.removeprefix(MARK).split()) if head.startswith(MARK) else ()

    def __str__(self):
        return f"{self.file.parent.name}/{self.file.stem}"


def walks():
    """All of them."""
    return [Walk(file) for file in sorted(WALKS.rglob("*.snmprec"))]


def told(walk, profiles, known):
    """The probe of the agent that serves it."""
    collectors = [Collector.of(known.profiles[name]) for name in profiles]

    async def ask():
        async with serve([walk.file]) as (served,):
            target = Target("box", served.host, served.port, lambda: Community(2, Secret("public")))
            return await probe(Client(), target, collectors, Places(), seconds=30, clock=lambda: NOW)

    return asyncio.run(ask())


def series(found, known):
    """Its lines without HELP and TYPE, which the catalogue says."""
    lines = found.samples.text(known.catalogue).splitlines(keepends=True)
    return "".join(line for line in lines if not line.startswith("#"))


def main(name="", *profiles):
    """Write the series of one walk, or of all."""
    known = shelf.load()
    for walk in walks():
        chosen = profiles or walk.profiles
        if not chosen or name not in ("", str(walk)):
            continue
        text = f"{MARK} {' '.join(chosen)}\n{series(told(walk, chosen, known), known)}"
        walk.expected.parent.mkdir(parents=True, exist_ok=True)
        if not walk.expected.exists() or walk.expected.read_text() != text:
            walk.expected.write_text(text)
            sys.stdout.write(f"written, read it: {walk.expected.relative_to(ROOT)}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
