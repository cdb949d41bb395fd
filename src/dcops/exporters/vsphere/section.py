"""What one collector tells: lines by metric and object, kept as text until the object changes."""

from __future__ import annotations

from collections.abc import Mapping
from threading import Lock

WHOLE = ""
"""The object of a metric whose lines are written all at once."""


class Section:
    """Lines by metric, behind a lock: a collector writes while pages are made.

    No metric may stand in two sections: all its lines have to follow each other.
    """

    def __init__(self, collector: str) -> None:
        self.collector = collector
        self._lock = Lock()
        self._lines: dict[str, dict[str, str]] = {}
        self._metrics: dict[str, tuple[str, ...]] = {}
        self._alike: dict[tuple[str, ...], tuple[str, ...]] = {}
        self._versions: dict[str, int] = {}
        self._version = 0

    def put(self, moid: str, lines: Mapping[str, str]) -> None:
        """What one object tells now; what it told before is forgotten."""
        with self._lock:
            for metric in self._metrics.get(moid, ()):
                if metric not in lines:
                    del self._lines[metric][moid]
                    self._changed(metric)
            for metric, text in lines.items():
                of_metric = self._lines.setdefault(metric, {})
                if of_metric.get(moid) != text:
                    of_metric[moid] = text
                    self._changed(metric)
            if lines:
                # Thousands of objects tell the same metrics: they share one tuple.
                names = tuple(lines)
                self._metrics[moid] = self._alike.setdefault(names, names)
            else:
                self._metrics.pop(moid, None)

    def drop(self, moid: str) -> None:
        """An object is gone."""
        self.put(moid, {})

    def replace(self, texts: Mapping[str, str]) -> None:
        """Everything is told anew, each metric in one text."""
        with self._lock:
            self._metrics.clear()
            for metric in self._lines.keys() - texts.keys():
                self._lines[metric] = {}
                self._changed(metric)
            for metric, text in texts.items():
                if self._lines.get(metric) != {WHOLE: text}:
                    self._lines[metric] = {WHOLE: text}
                    self._changed(metric)

    def versions(self) -> dict[str, int]:
        """The metrics that have lines, each with a number that changes when they do."""
        with self._lock:
            return {metric: self._versions[metric] for metric, lines in self._lines.items() if lines}

    def text(self, metric: str) -> tuple[int, str]:
        """All lines of a metric, and of which version they are."""
        with self._lock:
            return self._versions[metric], "".join(self._lines[metric].values())

    def _changed(self, metric: str) -> None:
        self._version += 1
        self._versions[metric] = self._version
