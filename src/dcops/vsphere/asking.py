"""What a question for samples says of each object."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from xml.sax.saxutils import escape, quoteattr

from dcops.vsphere.samples import Wish


def specs(objects: Iterable[tuple[str, str]], numbers: Mapping[str, Sequence[int]], wish: Wish) -> str:
    """The `querySpec` of each object, given by kind and moid; `numbers` are those of the counters by kind."""
    instance = "*" if wish.parts else ""
    metrics = {
        kind: "".join(
            f"<metricId><counterId>{number}</counterId><instance>{instance}</instance></metricId>" for number in of_kind
        )
        for kind, of_kind in numbers.items()
    }
    since = f"<startTime>{_moment(time.time() - wish.back_seconds)}</startTime>" if wish.back_seconds else ""
    return "".join(
        f"<querySpec><entity type={quoteattr(kind)}>{escape(moid)}</entity>{since}<maxSample>1</maxSample>"
        f"{metrics[kind]}<intervalId>{wish.interval_seconds}</intervalId></querySpec>"
        for kind, moid in objects
    )


def _moment(seconds: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))
