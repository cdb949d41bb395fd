"""The catalogue of metrics: each name once, with its type, its labels and what it means."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path

from dcops.yamlfile.sections import Mistakes, Section, read, refuse

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

    @property
    def head(self) -> str:
        """Its HELP and TYPE lines."""
        words = self.help.replace("\\", "\\\\").replace("\n", "\\n")
        return f"# HELP {self.name} {words}\n# TYPE {self.name} {self.type}\n"


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All metrics that probes may give."""

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


def load(files: Sequence[Path]) -> Catalogue:
    """Read `exporters/catalogue.yaml` and what a site adds to it; InvalidInput names every mistake."""
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
