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
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
MARK = ".dcops-demo"

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
    _say(f"   {len(endpoints['devices'])} devices answer, {len(endpoints['left_out'])} have no simulator yet.")

    _say("\n2. The first night: every device is new.")
    night.dcops("inventory", "check")
    first = _backup(night, lines=1)

    _say("\n3. Somebody changes a router and a firewall. One device hangs, one lies, one refuses.")
    night.lab("POST", "/scenario/rogue-change")
    night.lab("POST", f"/devices/{HUNG}/fault", {"kind": "hang"})
    night.lab("POST", f"/devices/{LYING}/fault", {"kind": "truncate"})
    night.lab("POST", f"/devices/{REFUSING}/fault", {"kind": "refuse"})

    _say("\n4. The second night.")
    second = _backup(night)
    changed = [item["device"] for item in second["items"] if item["outcome"] == "changed"]
    for device in changed[:2]:
        night.dcops("archive", "diff", device)

    _say("\n5. Morning: the three are mended, and what they missed is made up for. Nothing was lost.")
    for device in EXPECTED:
        night.lab("DELETE", f"/devices/{device}/fault")
    third = _backup(night, lines=1)
    verified = night.dcops("archive", "verify")
    restored = _restore(night, HUNG)

    problems = _problems((first, second, third), changed, verified.returncode, restored)
    for problem in problems:
        _say(f"NOT AS IT SHOULD BE: {problem}")
    result = folder / "night.json"
    result.write_text(json.dumps(second, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    verdict = "The demo went wrong, see above." if problems else "All of it went as it should."
    _say(f"\n{verdict} It took {time.monotonic() - started:.0f} s. What is left to look at:")
    _say(f"  {_short(result)}: the second night as machines read it")
    _say(f"  {_short(folder / 'restored')}/: a configuration that a holder's key opened")
    _say(f"  {_short(night.site)}/: the site root; try  .venv/bin/dcops -C {_short(night.site)} archive list")
    return 1 if problems else 0


def _backup(night: Night, lines: int | None = None) -> dict[str, Any]:
    result = night.folder / "result.json"
    night.dcops("backup", "--json", str(result), "--quiet", lines=lines)
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


def _problems(nights: Sequence[dict[str, Any]], changed: Sequence[str], verified: int, restored: str) -> list[str]:
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
    if not changed:
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
