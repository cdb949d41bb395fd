"""Keeps a wrong password from locking the account."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from dcops.model.secret import Secret


@dataclass(slots=True)
class Refusals:
    """Remembers which login was refused, and when the same one may be tried again."""

    waits_seconds: Sequence[float]
    """After the first refusal, after the second, …; then never again."""
    _user: str = ""
    _password: Secret | None = field(default=None, repr=False)
    _times: int = 0
    _at: float = 0.0

    def left_seconds(self, user: str, password: Secret) -> float | None:
        """How long until this login may be tried: zero is now, None is never. Another login may be tried at once."""
        if (user, password) != (self._user, self._password) or not self._times:
            return 0.0
        if self._times > len(self.waits_seconds):
            return None
        return max(0.0, self._at + self.waits_seconds[self._times - 1] - time.monotonic())

    def refused(self, user: str, password: Secret) -> None:
        """This login was refused just now."""
        if (user, password) != (self._user, self._password):
            self._user, self._password, self._times = user, password, 0
        self._times += 1
        self._at = time.monotonic()

    def accepted(self) -> None:
        """A login was accepted."""
        self._times = 0
