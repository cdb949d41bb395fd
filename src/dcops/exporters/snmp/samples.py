"""The lines that a probe gives, by metric; no series twice."""

from __future__ import annotations

from collections.abc import Sequence

from dcops.exporters.catalogue import Catalogue


class Samples:
    """Lines behind the HELP and TYPE of each metric."""

    def __init__(self) -> None:
        self.lines: dict[str, list[str]] = {}
        self.dropped = 0
        """Lines of series that another source had told before: Prometheus would refuse the whole scrape."""

    def add(self, metric: str, lines: Sequence[str]) -> None:
        """Add what one source tells. Of one series the first source counts.

        Lines of one source differ from each other already; so only a metric of two sources costs a look.
        """
        if not lines:
            return
        there = self.lines.get(metric)
        if there is None:
            self.lines[metric] = list(lines)
            return
        known = set(map(_series, there))
        new = [line for line in lines if _series(line) not in known]
        self.dropped += len(lines) - len(new)
        there += new

    def merge(self, other: Samples) -> None:
        """Add what another profile tells."""
        self.dropped += other.dropped
        for metric, lines in other.lines.items():
            self.add(metric, lines)

    @property
    def count(self) -> int:
        """How many there are."""
        return sum(map(len, self.lines.values()))

    def parts(self, catalogue: Catalogue) -> list[str]:
        """All of them, each metric once with its HELP and TYPE, in the parts of a text."""
        parts: list[str] = []
        for name, lines in self.lines.items():
            parts.append(catalogue.metrics[name].head)
            parts += lines
        return parts

    def text(self, catalogue: Catalogue) -> str:
        """The same in one."""
        return "".join(self.parts(catalogue))


def _series(line: str) -> str:
    return line[: line.rindex(" ")]
