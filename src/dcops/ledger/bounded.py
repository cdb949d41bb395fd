"""A connection to PostgreSQL that does not wait for ever for an answer."""

from __future__ import annotations

import time
from collections.abc import Generator
from typing import Any

import psycopg

from dcops.ledger.postgresql import ANSWER_SECONDS


class BoundedConnection(psycopg.Connection[Any]):
    """Hangs up on a server that stopped answering.

    The server's own limits do not help when its host froze: TCP still acknowledges, and libpq waits on.
    """

    answer_seconds = ANSWER_SECONDS

    def wait(self, gen: Generator[Any, Any, Any], *args: Any, **kwargs: Any) -> Any:
        """Wait for the end of one exchange with the server, up to `answer_seconds`."""
        return super().wait(self._until(gen, time.monotonic() + self.answer_seconds), *args, **kwargs)

    def _until(self, exchange: Generator[Any, Any, Any], deadline: float) -> Generator[Any, Any, Any]:
        try:
            state = next(exchange)
            while True:
                ready = yield state
                # psycopg wakes up ten times a second with nothing in its hands.
                if not ready and time.monotonic() >= deadline:
                    self.pgconn.finish()
                    raise psycopg.OperationalError(f"the server did not answer within {self.answer_seconds:g} s")
                state = exchange.send(ready)
        except StopIteration as end:
            return end.value
