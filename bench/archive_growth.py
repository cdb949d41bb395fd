"""A firewall whose 20 MB export changes every night: what a night, a year and the declared retention take."""

from __future__ import annotations

import random
import tempfile
import time
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pyrage import x25519

from bench.archive_history import disk_bytes
from dcops.archive.archive import Archive, Entry, Item
from dcops.archive.holders import Holder
from dcops.archive.packing import pack
from dcops.archive.site_key import SiteKey
from dcops.model.backup_item import Retention
from dcops.model.snapshot import ConfigSource
from dcops.policy.retention import Document, History, Version, judge

NIGHTS = 15
BYTES = 20_000_000
FIRST_NIGHT = datetime(2026, 1, 15, 18, 0, tzinfo=UTC)
# As `dcops init` declares it.
RETENTION = Retention(all_days=90, monthly=12, yearly=2)
YEARS = 5


def run() -> dict[str, Any]:
    """Archive a few nights for real, pack them, and count what the retention keeps of five years."""
    with tempfile.TemporaryDirectory(prefix="dcops-bench-") as folder:
        archive, seconds, exact = _play(Path(folder) / "archive")
        sealed = disk_bytes(archive.folder / "sealed")
        before = disk_bytes(archive.folder / "readable.git")
        started = time.perf_counter()
        first = pack(archive.folder, full=True).after.bytes
        packed = time.perf_counter() - started
        per_night = sealed / NIGHTS
        kept = _kept()
        # The first version is the whole text; every other one is what changed in it.
        alone = _alone(Path(folder) / "alone")
        readable = (first - alone) / (NIGHTS - 1)
        return {
            "figures": {
                "export_bytes": exact,
                "sealed_bytes_per_night": round(per_night),
                "sealed_bytes_per_year_unpruned": round(per_night * 365),
                "versions_kept": kept,
                "sealed_bytes_with_retention": round(per_night * kept),
                "readable_bytes_per_night_loose": round(before / NIGHTS),
                "readable_bytes_first_version": alone,
                "readable_bytes_per_night_packed": round(readable),
                "readable_bytes_per_year_packed": round(readable * 365),
                "seconds_per_night": round(seconds / NIGHTS, 2),
                "pack_seconds": round(packed, 1),
            },
            "ratios": {},
            "peers": {},
        }


def _play(folder: Path, nights: int = NIGHTS) -> tuple[Archive, float, int]:
    """Archive an export every night, of which a person or a machine has changed a little."""
    now = FIRST_NIGHT
    holders = [Holder(name, str(x25519.Identity.generate().to_public())) for name in ("main", "dr")]
    archive = Archive.open(folder, holders=holders, site_key=SiteKey(bytes(range(32))), clock=lambda: now)
    chance = random.Random(20260115)
    entries = _entries(chance)
    seconds = 0.0
    for night in range(nights):
        now = FIRST_NIGHT + timedelta(days=night)
        for _ in range(40 if night else 0):
            entries[chance.randrange(len(entries))] = _entry(chance.randrange(10**6), chance)
        text = "<config>\n" + "".join(entries) + "</config>\n"
        started = time.perf_counter()
        session = archive.session(f"night-{night}")
        item = Item(ConfigSource.RUNNING, "xml", text, text.encode())
        session.put(Entry("fw-main-1", "panos", now, (item,)))
        session.commit()
        seconds += time.perf_counter() - started
    return archive, seconds, len(text)


def _alone(folder: Path) -> int:
    archive, _, _ = _play(folder, nights=1)
    return pack(archive.folder, full=True).after.bytes


def _entries(chance: random.Random) -> list[str]:
    entries, size = [], 0
    while size < BYTES:
        entries.append(_entry(len(entries), chance))
        size += len(entries[-1])
    return entries


def _entry(number: int, chance: random.Random) -> str:
    """An address, or a rule with its identifier, as such a configuration is mostly made of."""
    address = f"192.0.2.{chance.randrange(256)}"
    if number % 3:
        return (
            f'  <entry name="host-{number}">\n    <ip-netmask>{address}/32</ip-netmask>\n'
            f"    <description>ticket {chance.randrange(10**6)}</description>\n  </entry>\n"
        )
    members = "".join(f"        <member>host-{chance.randrange(10**5)}</member>\n" for _ in range(4))
    return (
        f'  <entry name="rule-{number}" uuid="{uuid.UUID(int=chance.getrandbits(128))}">\n'
        f"    <source>\n{members}    </source>\n    <destination><member>any</member></destination>\n"
        "    <application><member>ssl</member></application>\n    <action>allow</action>\n"
        "    <log-end>yes</log-end>\n    <profile-setting><group><member>strict</member></group></profile-setting>\n"
        "  </entry>\n"
    )


def _kept() -> int:
    """How many versions of five years the retention keeps, one of every night."""
    now = FIRST_NIGHT + timedelta(days=365 * YEARS)
    nights = (now - timedelta(days=back) for back in range(365 * YEARS))
    versions = tuple(Version(str(taken), taken, (Document(str(taken), True),)) for taken in nights)
    found = judge(History("fw-main-1", versions, RETENTION), now=now, zone=ZoneInfo("Asia/Ho_Chi_Minh"))
    return len(found.kept)
