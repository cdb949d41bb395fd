"""The part of the demo that judges: an audit of the whole site, and whether it found what was planted in the lab."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from lab.planted import Planted, planted

FORMS = ("html", "csv", "json")
WIDEST = 100
"""So many signs of what was seen are shown."""


def judge(dcops: Callable[..., object], folder: Path, unseen: Collection[str], say: Callable[[str], None]) -> list[str]:
    """Audit the site into `folder`/compliance.html, .csv and .json; gives what did not go as it should."""
    files = [folder / f"compliance.{form}" for form in FORMS]
    dcops("audit", "compliance", "--quiet", *(word for file in files for word in ("--to", str(file))))
    if not files[-1].exists():
        return ["the audit wrote no report"]
    audit = json.loads(files[-1].read_text(encoding="utf-8"))
    for line in _summary(audit):
        say(line)
    seen = _seen(audit)
    wanted = [one for one in planted() if one.device not in unseen]
    missed = [one for one in wanted if _evidence(one, seen) is None]
    say(f"\nWeaknesses that were planted in the lab: {len(wanted)}; found: {len(wanted) - len(missed)}")
    for line in _table(wanted, seen):
        say(line)
    for line in _besides(wanted, seen):
        say(line)
    return [f"the audit did not find {one.rule} on {one.device}" for one in missed]


def _summary(audit: Mapping[str, Any]) -> Iterator[str]:
    summary = audit["summary"]
    checks = ", ".join(f"{number:,} {status}" for status, number in summary["checks"].items())
    yield f"{summary['devices_judged']} devices judged: {checks}"
    for pack in audit["audit"]["packs"]:
        counts = pack["checks"]
        yield (
            f"  mapped to {pack['mapped_to']}: {counts['pass']:,} pass, {counts['fail']} fail,"
            f" {counts['could not check']} could not check"
        )


def _seen(audit: Mapping[str, Any]) -> dict[tuple[str, str], list[str]]:
    """What fails, by device and rule."""
    found: dict[tuple[str, str], list[str]] = {}
    for finding in audit["findings"]:
        if finding["status"] == "fail":
            found.setdefault((finding["device"], finding["id"]), []).append(finding["evidence"])
    return found


def _besides(wanted: Sequence[Planted], seen: Collection[tuple[str, str]]) -> Iterator[str]:
    """What nobody planted: what was changed in the night, and what grew old; devices that are alike together."""
    pairs = {(one.device, one.rule) for one in wanted}
    rules: dict[str, list[str]] = {}
    for device, rule in sorted(seen):
        if (device, rule) not in pairs:
            rules.setdefault(device, []).append(rule)
    alike: dict[str, list[str]] = {}
    for device, broken in rules.items():
        alike.setdefault(", ".join(broken), []).append(device)
    if alike:
        yield "Found besides, what the night changed and what grew old:"
    for broken, devices in alike.items():
        yield f"  {', '.join(devices)}: {broken}"


def _evidence(one: Planted, seen: Mapping[tuple[str, str], Sequence[str]]) -> str | None:
    return next((text for text in seen.get((one.device, one.rule), ()) if one.where in text), None)


def _table(wanted: Sequence[Planted], seen: Mapping[tuple[str, str], Sequence[str]]) -> Iterator[str]:
    yield f"  {'planted in':<14} {'rule':<8} {'found':<6} where"
    for one in wanted:
        evidence = _evidence(one, seen)
        where = one.where if evidence is None else " ".join(evidence.split())
        short = where if len(where) <= WIDEST else f"{where[: WIDEST - 1]}…"
        yield f"  {one.device:<14} {one.rule:<8} {'no' if evidence is None else 'yes':<6} {short}"
