"""One night on the pretend data centre: what a user sees first.

Only the command line of dcops and the control address of the lab are used, as a user and a vandal would use them.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from lab.commands.judging import judge
from lab.commands.measuring import measure

ROOT = Path(__file__).resolve().parents[2]
MARK = ".dcops-demo"
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
PATIENCE_SECONDS = 200

HUNG, LYING, REFUSING = "rtr-edge-2", "fw-main-2", "sw-srv-3"
EXPECTED = {HUNG: "timeout", LYING: "truncated", REFUSING: "refused"}


def add_to(subcommands: Any) -> None:
    """Add `demo` to the command line."""
    parser = subcommands.add_parser("demo", help="a whole night, with one device hung, one lying and one refusing")
    parser.add_argument("--state", type=Path, default=Path(".demo"), metavar="DIR", help="where the results go")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Play the night; exit code 0 when it went as it should, 1 when it did not."""
    folder: Path = options.state.absolute()
    _clear(folder)
    lab = [sys.executable, "-m", "lab"]
    state = str(folder / "lab")
    _say("1. A data centre on loopback: real SSH, real TLS, nothing leaves this machine.")
    subprocess.run(
        [*lab, "up", "--scale", "reference", "--state", state], cwd=ROOT, check=True, stdout=subprocess.DEVNULL
    )
    try:
        return _night(folder, json.loads((folder / "lab" / "endpoints.json").read_text(encoding="utf-8")))
    finally:
        subprocess.run([*lab, "down", "--state", state], cwd=ROOT, check=False, stdout=subprocess.DEVNULL)


@dataclass(frozen=True, slots=True)
class Night:
    """What the demo knows of its site."""

    folder: Path
    site: Path
    control: str

    def dcops(self, *arguments: str, lines: int | None = None) -> subprocess.CompletedProcess[str]:
        """Run dcops as a user would; prints the command and its answer, or only the last lines of it."""
        _say(f"\n$ dcops {' '.join(arguments)}".replace(f"{Path.cwd()}/", ""))
        command = [str(Path(sys.executable).with_name("dcops")), "-C", str(self.site), *arguments]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
        answer = done.stdout.splitlines()
        if lines and len(answer) > lines:
            answer = ["…", *answer[-lines:]]
        _say("\n".join(answer).replace(f"{Path.cwd()}/", ""))
        return done

    def lab(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """Ask the lab's control address."""
        data = json.dumps(body or {}).encode() if method == "POST" else None
        request = urllib.request.Request(self.control + path, data, {"Content-Type": "application/json"}, method=method)
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.loads(answer.read() or b"null")


def _night(folder: Path, endpoints: dict[str, Any]) -> int:
    night = Night(folder, Path(endpoints["site"]), endpoints["control"])
    started = time.monotonic()
    _say(f"   {len(endpoints['devices'])} devices answer.")
    for reason, number in Counter(each["reason"] for each in endpoints["left_out"]).items():
        _say(f"   {number} left out: {reason}.")

    _say("\n2. The first night, by hand: every device is new.")
    night.dcops("inventory", "check")
    first = _backup(night)

    _say("\n3. Somebody changes a router and a firewall. One device hangs, one lies, one refuses.")
    night.lab("POST", "/scenario/rogue-change")
    night.lab("POST", f"/devices/{HUNG}/fault", {"kind": "hang"})
    night.lab("POST", f"/devices/{LYING}/fault", {"kind": "truncate"})
    night.lab("POST", f"/devices/{REFUSING}/fault", {"kind": "refuse"})

    _say("\n4. The second night runs by itself: backup, second store, housekeeping, and the report after them.")
    due = _schedule(night)
    second = _scheduled_night(night, due)
    night.dcops("jobs", "history")
    night.dcops("report", "nightly", "--lang", "en")

    _say("\n5. Morning: the three are mended, and what they missed is made up for. Nothing was lost.")
    for device in EXPECTED:
        night.lab("DELETE", f"/devices/{device}/fault")
    third = _backup(night)
    verified = night.dcops("archive", "verify")
    night.dcops(
        "restore", "drill", "--all", "--quiet", "--identity", str(night.folder / "lab" / "keys" / "main.key"), lines=12
    )
    restored = _restore(night, HUNG)

    _say("\n6. Everything measured: routers, switches, firewalls, storage, UPS, PDUs, cooling and sensors, over SNMP.")
    vcenters = [device["name"] for device in endpoints["devices"] if device["platform"] == "vcenter"]
    unmeasured = measure(night.site, _say, lambda: night.lab("POST", "/scenario/ups-on-battery"), vcenters)

    _say("\n7. Everything judged: who may come in, what is open, what is logged, what is too old.")
    # Hosts are left out too, but their vCenter tells of them.
    unseen = set() if vcenters else {each["name"] for each in endpoints["left_out"]}
    missed = judge(night.dcops, folder, unseen, _say)

    problems = _problems((first, second, third), verified.returncode, restored) + unmeasured + missed
    for problem in problems:
        _say(f"NOT AS IT SHOULD BE: {problem}")
    result = folder / "night.json"
    result.write_text(json.dumps(second, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    verdict = "The demo went wrong, see above." if problems else "All of it went as it should."
    _say(f"\n{verdict} It took {time.monotonic() - started:.0f} s. What is left to look at:")
    _say(f"  {_short(result)}: the second night as machines read it")
    for page in sorted((night.site / "state" / "reports").rglob("nightly.html")):
        _say(f"  {_short(page)}: the report that duty staff read at 7 a.m.")
    _say(f"  {_short(folder / 'compliance.html')}: the audit as people read it (.csv and .json beside it)")
    _say(f"  {_short(folder / 'restored')}/: a configuration that a holder's key opened")
    _say(f"  {_short(night.site)}/: the site root; try  .venv/bin/dcops -C {_short(night.site)} archive list")
    return 1 if problems else 0


def _schedule(night: Night) -> datetime:
    """Let the night come at the next full minute, or the one after when that is too near; returns it, local."""
    due = (datetime.now(ZONE) + timedelta(seconds=67)).replace(second=0, microsecond=0)
    when = f"{due.minute} {due.hour} * * *"
    with (night.site / "dcops.toml").open("a", encoding="utf-8") as settings:
        settings.write(
            '\n[copy]\nto = "../second-store"\n'
            f'\n[jobs.backup]\nschedule = "{when}"\n'
            f'\n[jobs.copy]\nschedule = "{when}"\nafter = ["backup"]\n'
            f'\n[jobs.housekeeping]\nschedule = "{when}"\nafter = ["backup", "copy"]\n'
            f'\n[jobs.report]\nschedule = "{when}"\nafter = ["backup", "housekeeping"]\n'
        )
    return due


def _scheduled_night(night: Night, due: datetime) -> dict[str, Any]:
    """Run the scheduler until the report is written; returns the backup's result as its run left it."""
    night.dcops("jobs", "list")
    _say("\n$ dcops jobs serve")
    command = [str(Path(sys.executable).with_name("dcops")), "-C", str(night.site), "jobs", "serve"]
    log = night.folder / "scheduler.log"
    with log.open("wb") as stream, subprocess.Popen(command, stdout=stream, stderr=stream) as scheduler:
        try:
            _say(f"(waits for {due:%H:%M}; says what it does in {_short(log)})")
            backup = _ended(night, {"backup", "report"}, due)
        finally:
            scheduler.terminate()
    return json.loads((night.site / "state" / backup["artefact"] / "result.json").read_text(encoding="utf-8"))


def _ended(night: Night, jobs: set[str], due: datetime) -> dict[str, Any]:
    """Wait until the scheduled run of each job has ended; returns that of the backup."""
    command = [
        str(Path(sys.executable).with_name("dcops")),
        "-C",
        str(night.site),
        "jobs",
        "history",
        "--format",
        "json",
    ]
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        time.sleep(1)
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        wanted = due.astimezone(UTC).isoformat().replace("+00:00", "Z")
        runs = {run["job"]: run for run in json.loads(done.stdout)["runs"] if run["due"] == wanted and run["finished"]}
        if jobs <= runs.keys():
            return runs["backup"]
    raise SystemExit(f"the scheduled night had not ended after {PATIENCE_SECONDS} s")


def _backup(night: Night) -> dict[str, Any]:
    result = night.folder / "result.json"
    night.dcops("backup", "--json", str(result), "--quiet", lines=1)
    answer: dict[str, Any] = json.loads(result.read_text(encoding="utf-8"))
    result.unlink()
    return answer


def _restore(night: Night, device: str) -> str:
    """Open a sealed copy with a holder's key; returns its text."""
    (night.folder / "restored").mkdir()
    file = night.folder / "restored" / f"{device}.cfg"
    identity = night.folder / "lab" / "keys" / "main.key"
    night.dcops("archive", "export", device, "--to", str(file), "--identity", str(identity))
    return file.read_text(encoding="utf-8", errors="replace") if file.exists() else ""


def _problems(nights: Sequence[dict[str, Any]], verified: int, restored: str) -> list[str]:
    """What did not go as it should; the demo fails when there is anything."""
    first, second, third = ({item["device"]: item for item in night["items"]} for night in nights)
    problems = []
    for name, items in (("first", first), ("third", third)):
        failed = [device for device, item in items.items() if item["outcome"] in ("failed", "timeout")]
        if failed:
            problems.append(f"in the {name} night {', '.join(failed)} failed")
    kinds = {
        device: item["error"]["kind"] for device, item in second.items() if item["outcome"] in ("failed", "timeout")
    }
    if kinds != EXPECTED:
        problems.append(f"the second night should have had {EXPECTED}, and had {kinds}")
    if not any(item["outcome"] == "changed" for item in second.values()):
        problems.append("nobody noticed the rogue change")
    skipped = {item["error"]["kind"] for item in second.values() if item["outcome"] == "skipped"}
    if skipped - {"unsupported"}:
        problems.append(f"devices were skipped for {', '.join(skipped)}")
    if verified != 0:
        problems.append("the archive did not verify")
    if "hostname" not in restored:
        problems.append("the sealed copy did not open")
    return problems


def _clear(folder: Path) -> None:
    """Make the folder anew; only a folder that a demo made is ever emptied."""
    if folder.exists() and any(folder.iterdir()):
        if not (folder / MARK).exists():
            raise SystemExit(f"{folder} is not empty and no demo made it: name another folder with --state")
        subprocess.run([sys.executable, "-m", "lab", "down", "--state", str(folder / "lab")], cwd=ROOT, check=True)
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MARK).touch()


def _short(path: Path) -> str:
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)


def _say(text: str) -> None:
    print(text, flush=True)
