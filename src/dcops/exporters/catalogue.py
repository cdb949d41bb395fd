"""The catalogue of metrics: each name once, with its type, its labels and what it means."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from dcops.templates.find import data_folder

if TYPE_CHECKING:
    from dcops.yamlfile.sections import Section

FOLDER = "exporters"
FILE_NAME = "catalogue.yaml"
TYPES = ("gauge", "counter")
NAME = re.compile(r"dcops_[a-z][a-z0-9_]*")
RESERVED = frozenset({"job", "instance", "site", "device", "role", "le", "quantile"})
"""Labels that discovery, Prometheus or its formats set: a series that brings its own gets an `exported_…` instead."""


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric."""

    name: str
    type: str
    help: str
    labels: frozenset[str]
    """Besides those that discovery sets (site, device, instance, role)."""
    optional: frozenset[str] = frozenset()
    """Labels that not every source of it has."""
    head: str = field(init=False, repr=False, compare=False)
    """Its HELP and TYPE lines."""

    def __post_init__(self) -> None:
        words = self.help.replace("\\", "\\\\").replace("\n", "\\n")
        object.__setattr__(self, "head", f"# HELP {self.name} {words}\n# TYPE {self.name} {self.type}\n")


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All metrics that a probe or a vCenter may give."""

    metrics: Mapping[str, Metric] = field(default_factory=dict)

    def mistakes(self, name: str, labels: Collection[str]) -> Iterator[str]:
        """What is wrong with a source that gives this metric with these labels."""
        metric = self.metrics.get(name)
        if metric is None:
            near = get_close_matches(name, self.metrics, 1)
            yield f"the catalogue has no metric {name}" + (f", did you mean {near[0]}?" if near else "")
            return
        if missing := sorted(metric.labels - metric.optional - set(labels)):
            yield f"{name} must have the label {', '.join(missing)}"
        if unknown := sorted(set(labels) - metric.labels):
            yield f"{name} has no label {', '.join(unknown)}"


def folders(root: Path | None) -> tuple[Path, ...]:
    """Where data of the exporter lie, the site's own first; `root` is the folder that its inventory lies in."""
    shipped = data_folder(FOLDER)
    own = root / FOLDER if root else shipped
    # In a source checkout both may be one.
    return (own, shipped) if own.is_dir() and not own.samefile(shipped) else (shipped,)


def files(root: Path | None) -> list[Path]:
    """The catalogue that ships with dcops, and what a site adds to it where it does."""
    shipped, *own = [place / FILE_NAME for place in reversed(folders(root))]
    return [shipped, *(file for file in own if file.exists())]


def load(files: Sequence[Path]) -> Catalogue:
    """Read `exporters/catalogue.yaml` and what a site adds to it; InvalidInput names every mistake."""
    from dcops.yamlfile.sections import Mistakes, read, refuse

    metrics: dict[str, Metric] = {}
    found: list[str] = []
    for file in files:
        mistakes = Mistakes(file)
        top = read(file, mistakes)
        for name in top.keys() if top else ():
            section = top.section(name, must=True) if top else None
            if section is None:
                continue
            if name in metrics:
                section.mistake(section.line, f"the catalogue that ships with dcops has {name} already")
            metrics[name] = _metric(name, section)
        found += mistakes.found
    refuse(found, "the catalogues of metrics")
    return Catalogue(metrics)


def _metric(name: str, section: Section) -> Metric:
    if not NAME.fullmatch(name):
        section.mistake(section.line, f"{name!r} is no name of a metric: dcops_, small letters, digits and _")
    optional = section.texts("optional")
    labels = frozenset((*section.texts("labels"), *optional))
    for label in sorted(labels & RESERVED):
        section.mistake(section.line, f"{label} is a label that discovery or Prometheus sets")
    metric = Metric(
        name=name,
        type=section.choice("type", TYPES),
        help=section.text("help"),
        labels=labels,
        optional=frozenset(optional),
    )
    if (metric.type == "counter") != name.endswith("_total"):
        section.mistake(section.line, f"{name}: counters end in _total, and nothing else does")
    section.finish()
    return metric
