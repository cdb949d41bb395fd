"""Hands on what runs where, for the commands that tell people of it."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime

from dcops.errors import CannotRun
from dcops.exporters.vsphere.problems import Problems
from dcops.model.placement import Placement
from dcops.vsphere.mirror import Mirror
from dcops.vsphere.placing import placement

log = logging.getLogger(__name__)

EVERY_SECONDS = 60.0


class Placed:
    """Once a minute: to put it together costs more than to find that nothing was asked for."""

    def __init__(self, vcenter: str, mirror: Mirror, problems: Problems, offer: Callable[[Placement], object]) -> None:
        self._vcenter = vcenter
        self._mirror = mirror
        self._problems = problems
        self._offer = offer
        self._offered: float | None = None
        self._trouble = ""

    def look(self) -> None:
        """Hand it on if its time has come; what the disk does not take is told once and tried again."""
        now = time.monotonic()
        if self._offered is not None and now - self._offered < EVERY_SECONDS:
            return
        self._offered = now
        try:
            self._offer(placement(self._vcenter, self._mirror, datetime.now(UTC), self._problems.unseen))
            trouble = ""
        except CannotRun as error:
            trouble = str(error)
        if trouble != self._trouble:
            log.warning("%s: where things run: %s", self._vcenter, trouble or "can be written again")
        self._trouble = trouble
