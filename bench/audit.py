"""Rules against configurations: 1,000 of 1,000 lines by 200 rules, and 60 block rules beside netutils."""

from __future__ import annotations

import gc
import itertools
import os
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from bench import audit_site
from bench.measure import median, ratio
from dcops.audit.judge import Judge
from dcops.audit.reading.rules import load
from dcops.audit.subject import Subject
from dcops.model.finding import Finding
from dcops.model.source import Source, SourceKind

CONFIGURATIONS, RULES, BLOCK_RULES = 1000, 200, 60
SHARE = 25
"""So many configurations are given to a process at once."""
ROUNDS = 3
PAIRED = 4
"""Configurations that both judge, in turn."""
NOW = datetime(2026, 1, 15, 1, 0, tzinfo=UTC)
_judges: dict[str, Judge] = {}


def run() -> dict[str, Any]:
    """Judge all of them with a process for each processor, and a few beside netutils."""
    gc.set_threshold(20_000, 20, 20)  # as `dcops` itself does
    with tempfile.TemporaryDirectory(prefix="dcops-bench-") as name:
        folder = Path(name)
        rules = folder / "rules.yaml"
        rules.write_text(audit_site.rules(RULES), encoding="utf-8")
        files = [folder / f"{number}.cfg" for number in range(CONFIGURATIONS)]
        for number, file in enumerate(files):
            file.write_text(audit_site.configuration(number), encoding="utf-8")
        seconds, findings = zip(*(_all(rules, files) for _ in range(ROUNDS)), strict=True)
        pairs = _paired(folder)
    return {
        "figures": {
            "seconds_1000x200": median(seconds),
            "results": findings[0],
            "processes": os.cpu_count() or 1,
        },
        "ratios": {"wall_netutils_over_dcops": ratio([b for _, b in pairs], [a for a, _ in pairs])},
        "peers": {"netutils": version("netutils")},
    }


def _all(rules: Path, files: Sequence[Path]) -> tuple[float, int]:
    """Seconds from the first file to the last finding in the hands of one process, rules read included."""
    started = time.perf_counter()
    shares = [files[at : at + SHARE] for at in range(0, len(files), SHARE)]
    with ProcessPoolExecutor(os.cpu_count() or 1) as pool:
        found = [*itertools.chain.from_iterable(pool.map(_share, itertools.repeat(rules), shares))]
    took = time.perf_counter() - started
    pairs = {(each.device, each.id) for each in found}
    if len(pairs) != CONFIGURATIONS * RULES:
        raise SystemExit(f"{len(pairs)} pairs of rule and device have a result, {CONFIGURATIONS * RULES} should")
    return took, len(found)


def _share(rules: Path, files: Sequence[Path]) -> list[Finding]:
    return [finding for file in files for finding in _judged(rules, file)]


def _judged(rules: Path, file: Path) -> tuple[Finding, ...]:
    if str(rules) not in _judges:
        _judges[str(rules)] = Judge(load([rules]))
    source = Source(file.stem, SourceKind.CONFIG, "running", NOW, "bench", file.read_text(encoding="utf-8"))
    return _judges[str(rules)].judge(Subject(file.stem, "ios"), [source], NOW)


def _paired(folder: Path) -> list[tuple[float, float]]:
    """Each configuration by dcops and by netutils, in one process; both find the same blocks wrong."""
    from netutils.config.compliance import compliance

    rules = folder / "blocks.yaml"
    rules.write_text(audit_site.block_rules(BLOCK_RULES), encoding="utf-8")
    features, intended = audit_site.features(BLOCK_RULES), audit_site.intended(BLOCK_RULES)
    pairs = []
    for number in range(PAIRED + 1):
        file = folder / f"{number}.cfg"
        started = time.perf_counter()
        ours = {each.id for each in _judged(rules, file) if each.status.open}
        between = time.perf_counter()
        told = compliance(features, file.read_text(encoding="utf-8"), intended, "cisco_ios", "string")  # type: ignore[arg-type]
        ended = time.perf_counter()
        theirs = {name for name, result in told.items() if result["missing"]}
        if ours != theirs:
            raise SystemExit(f"dcops and netutils disagree about {sorted(ours ^ theirs)}")
        if number:  # the first round, in which both are imported and compiled, does not count
            pairs.append((between - started, ended - between))
    return pairs
