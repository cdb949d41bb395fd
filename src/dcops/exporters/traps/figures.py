"""What was received as metrics, for Prometheus."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from dcops.exporters.traps.event import Event
from dcops.exporters.traps.kinds import Kind, Kinds

REASONS = ("flood", "login", "malformed")
HELP = {
    "dcops_ups_on_battery_by_trap": "The last thing a UPS told unasked is that it runs on battery (1) or on mains (0).",
    "dcops_ups_battery_low_by_trap": "The last thing a UPS told unasked of its charge: nearly empty (1) or not (0).",
}


@dataclass(slots=True)
class Figures:
    """Counts and states; only the loop of the receiver changes them."""

    received: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    """By kind, device and site."""
    last: dict[tuple[str, str, str], float] = field(default_factory=dict)
    states: dict[tuple[str, str, str], int] = field(default_factory=dict)
    """By metric, device and site."""
    unknown: int = 0
    refused: Counter[str] = field(default_factory=Counter)

    def count(self, event: Event, kind: Kind) -> None:
        """A notification of a device came."""
        key = (kind.name, event.device, event.site)
        self.received[key] += 1
        self.last[key] = max(event.received, self.last.get(key, 0.0))
        if kind.state:
            self.states[kind.state, event.device, event.site] = int(kind.begins)

    def restore(self, rows: list[tuple[str, str, str, float]], kinds: Kinds) -> None:
        """What was known before a restart; `rows` begin with the oldest."""
        known = kinds.by_name()
        for device, name, site, received in rows:
            key = (name, device, site)
            self.received.setdefault(key, 0)
            self.last[key] = received
            kind = known.get(name)
            if kind and kind.state:
                self.states[kind.state, device, site] = int(kind.begins)


class Exposed(Collector):
    """The figures, as one scrape sees them."""

    def __init__(
        self, figures: Figures, lost: Callable[[], int], untold: Callable[[], int], up: Callable[[], bool]
    ) -> None:
        self._figures = figures
        self._lost = lost
        self._untold = untold
        self._up = up

    def describe(self) -> Iterator[Metric]:
        """Nothing to be known in advance."""
        return iter(())

    def collect(self) -> Iterator[Metric]:
        """All of them."""
        figures = self._figures
        labels = ["kind", "device", "site"]
        received = CounterMetricFamily("dcops_traps_received", "Notifications of devices.", labels=labels)
        for key, number in figures.received.items():
            received.add_metric(key, number)
        yield received
        last = GaugeMetricFamily(
            "dcops_trap_last_received_timestamp_seconds", "When the last of a kind came.", labels=labels
        )
        for key, moment in figures.last.items():
            last.add_metric(key, moment)
        yield last
        states: dict[str, GaugeMetricFamily] = {}
        for (metric, device, site), value in figures.states.items():
            family = states.setdefault(
                metric,
                GaugeMetricFamily(metric, HELP.get(metric, "A state, by notifications."), labels=["device", "site"]),
            )
            family.add_metric((device, site), value)
        yield from states.values()
        yield CounterMetricFamily(
            "dcops_traps_unknown", "Datagrams from addresses that no device of the inventory has.", figures.unknown
        )
        refused = CounterMetricFamily(
            "dcops_traps_refused",
            "Datagrams that count for nothing: no SNMP (malformed), another login than the inventory's (login), too"
            " many (flood).",
            labels=["reason"],
        )
        for reason in REASONS:
            refused.add_metric((reason,), figures.refused[reason])
        yield refused
        yield CounterMetricFamily("dcops_traps_not_kept", "Notifications that the event store lacks.", self._lost())
        yield CounterMetricFamily("dcops_traps_not_told", "Notifications that nobody was told of.", self._untold())
        yield GaugeMetricFamily(
            "dcops_traps_up",
            "Inventory, logins and kinds are in force as their files say, and events are kept.",
            self._up(),
        )
