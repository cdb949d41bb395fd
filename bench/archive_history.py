"""Five years of nights: how long a user waits for a history and a difference, and how much room the archive takes."""

from __future__ import annotations

import random
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from pyrage import x25519

from bench.measure import DCOPS, median, seconds_of
from dcops.archive.archive import Archive, Entry, Item
from dcops.archive.holders import Holder
from dcops.archive.packing import pack
from dcops.archive.site_key import SiteKey
from dcops.model.snapshot import ConfigSource

DEVICES = 40
NIGHTS = 1825
CHANGED_SHARE = 0.05
LINES = 290
ROUNDS = 15
FIRST_NIGHT = datetime(2021, 1, 15, 18, 0, tzinfo=UTC)
_WORDS = ("uplink", "branch", "printer", "camera", "voice", "guest", "storage", "backup", "lobby", "annex", "spare")


def run() -> dict[str, Any]:
    """Play the nights, keep house as the job does, and time what people type."""
    with tempfile.TemporaryDirectory(prefix="dcops-bench-") as folder:
        site = Path(folder)
        (site / "dcops.toml").write_text('[site]\nname = "bench"\n', encoding="utf-8")
        started = time.perf_counter()
        archive = _built(site / "state" / "archive")
        built = time.perf_counter() - started
        before = disk_bytes(archive.folder)
        started = time.perf_counter()
        pack(archive.folder, full=True)
        packed = time.perf_counter() - started
        return {
            "figures": {
                **_waits(site, archive),
                "archive_bytes": disk_bytes(archive.folder),
                "archive_bytes_before_housekeeping": before,
                "readable_bytes": disk_bytes(archive.folder / "readable.git"),
                "versions": sum(one.versions for one in archive.devices()),
                "configuration_bytes": len(Router(0).exact()),
                "play_seconds": round(built, 1),
                "pack_seconds": round(packed, 2),
            },
            "ratios": {},
            "peers": {"git": _git_version()},
        }


def _built(folder: Path) -> Archive:
    """Play the nights in memory where that is possible, then lay what came of it on the disk.

    Every night waits for the disk several times, which is no part of what is measured here.
    """
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(prefix="dcops-bench-", dir=memory if _has_room(memory) else None) as workplace:
        played = play(Path(workplace) / "archive", nights=NIGHTS)
        shutil.copytree(played.folder, folder)
    return Archive.open(folder)


def _has_room(folder: Path) -> bool:
    return folder.is_dir() and shutil.disk_usage(folder).free > 500_000_000


def play(folder: Path, *, nights: int, housekeeping: Callable[[int], None] = lambda _night: None) -> Archive:
    """Archive every router every night through the real session; of 40 two have changed, never the same by plan."""
    chance = random.Random(20260115)
    routers = [Router(number) for number in range(DEVICES)]
    now = FIRST_NIGHT
    holders = [Holder(name, str(x25519.Identity.generate().to_public())) for name in ("main", "dr")]
    archive = Archive.open(folder, holders=holders, site_key=SiteKey(bytes(range(32))), clock=lambda: now)
    for night in range(nights):
        now = FIRST_NIGHT + timedelta(days=night)
        for router in chance.sample(routers, round(DEVICES * CHANGED_SHARE)) if night else ():
            router.change(chance)
        session = archive.session(f"night-{night}")
        for router in routers:
            session.put(router.entry(now))
        session.commit()
        housekeeping(night)
    return archive


@dataclass
class Router:
    """An access router of a branch: 290 lines of its configuration, of which people change a few now and then."""

    number: int
    descriptions: dict[int, str] = field(default_factory=dict)
    rules: list[str] = field(default_factory=list)
    secret: int = 0

    @property
    def name(self) -> str:
        """As the inventory would have it."""
        return f"rtr-branch-{self.number:02d}"

    def change(self, chance: random.Random) -> None:
        """What somebody typed today: mostly a port or a rule, now and then a password."""
        kind = chance.random()
        if kind < 0.5:
            self.descriptions[chance.randrange(48)] = f"{chance.choice(_WORDS)} {chance.randrange(1000, 9999)}"
        elif kind < 0.9:
            address = f"198.51.100.{chance.randrange(1, 255)}"
            self.rules.append(f" permit tcp host {address} any eq {chance.randrange(1, 65535)}")
            # Rules come and go: the configuration keeps its size.
            del self.rules[:-20]
        else:
            self.secret += 1

    def entry(self, taken: datetime) -> Entry:
        """Both forms, as the backup hands them over."""
        item = Item(ConfigSource.RUNNING, "cfg", self._text(f"<secret:{self._token()}>"), self.exact())
        return Entry(self.name, "ios", taken, (item,))

    def exact(self) -> bytes:
        """The bytes that restore it."""
        return self._text(f"$9${random.Random(self._token()).randbytes(28).hex()}").encode()

    def _token(self) -> str:
        return random.Random(f"{self.number}.{self.secret}").randbytes(6).hex()

    def _text(self, secret: str) -> str:
        lines = [
            "version 15.7",
            "service timestamps log datetime msec localtime show-timezone",
            "service password-encryption",
            f"hostname {self.name}",
            f"enable secret 9 {secret}",
            f"username operator privilege 1 secret 9 {secret}",
            "ip cef",
            "ipv6 unicast-routing",
        ]
        for port in range(48):
            name = self.descriptions.get(port, f"{_WORDS[(port * 7 + self.number) % len(_WORDS)]} {1000 + port * 37}")
            lines += [
                f"interface GigabitEthernet0/{port}",
                f" description {name}, floor {port // 12 + 1}, panel {port % 12 + 1}, patched by the site team",
                f" switchport access vlan {100 + (port * 13 + self.number) % 60}",
                " storm-control broadcast level 1.00",
                "!",
            ]
        lines += [f"ip route 192.0.2.{number} 255.255.255.255 Null0 name unused-{number}" for number in range(1, 13)]
        lines += ["ip access-list extended BRANCH-IN", *self.rules, " deny ip any any log", "!"]
        lines += [" exec-timeout 10 0"] * max(0, LINES - 1 - len(lines))
        return "\n".join([*lines, "end"]) + "\n"


def disk_bytes(folder: Path) -> int:
    """What the files of a folder take on the disk, in whole blocks, folders included."""
    return sum(path.lstat().st_blocks * 512 for path in (folder, *folder.rglob("*")))


def _waits(site: Path, archive: Archive) -> dict[str, float]:
    """What people wait for, by the whole process; and the part that is not the start of Python."""
    names = [Router(number).name for number in range(0, DEVICES, 5)]

    def typed(*words: str) -> list[float]:
        seconds_of([DCOPS, "-C", str(site), *words, names[0]], expect=(0, 1))
        return [
            seconds_of([DCOPS, "-C", str(site), *words, names[number % len(names)]], expect=(0, 1))
            for number in range(ROUNDS)
        ]

    def inside(ask: Callable[[str], object]) -> list[float]:
        return [_seconds(ask, names[number % len(names)]) for number in range(ROUNDS)]

    log, diff = typed("archive", "log"), typed("archive", "diff")
    return {
        "history_seconds": median(log),
        "diff_seconds": median(diff),
        "history_seconds_worst": round(max(log), 3),
        "diff_seconds_worst": round(max(diff), 3),
        "history_inside_seconds": median(inside(archive.log)),
        "diff_inside_seconds": median(inside(archive.diff)),
    }


def _seconds(ask: Callable[[str], object], name: str) -> float:
    started = time.perf_counter()
    ask(name)
    return time.perf_counter() - started


def _git_version() -> str:
    return subprocess.run(["git", "--version"], capture_output=True, text=True, check=True).stdout.split()[-1]
