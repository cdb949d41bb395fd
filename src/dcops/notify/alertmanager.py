"""Hands alerts to Prometheus Alertmanager, API version 2.

An alert that is posted once stays until its `endsAt`; posting the same labels again moves that time, and an `endsAt`
of now resolves it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from dcops.model.job import Message
from dcops.notify.http import Endpoint

PATH = "/api/v2/alerts"


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert. Its labels make it the same alert from post to post, so they hold no text that varies."""

    labels: Mapping[str, str]
    starts: datetime
    ends: datetime
    annotations: Mapping[str, str] = field(default_factory=dict)


def as_json(alerts: Sequence[Alert]) -> str:
    """The document that Alertmanager takes."""
    return json.dumps(
        [
            {
                "labels": dict(alert.labels),
                "annotations": dict(alert.annotations),
                "startsAt": _time(alert.starts),
                "endsAt": _time(alert.ends),
            }
            for alert in alerts
        ],
        ensure_ascii=False,
    )


@dataclass(frozen=True, slots=True)
class AlertmanagerSender:
    """The body of its messages is a list of alerts, as `as_json` gives it."""

    endpoint: Endpoint
    """The address of `/api/v2/alerts`: see `alerts_url`."""

    def send(self, message: Message) -> None:
        """Post one message's alerts; raises NotifyError when they were not taken."""
        self.endpoint.post(message.body)


def alerts_url(base: str) -> str:
    """From the address of an Alertmanager (with its route prefix, if any) to where alerts are posted."""
    return base if base.rstrip("/").endswith(PATH) else base.rstrip("/") + PATH


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
