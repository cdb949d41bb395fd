"""The clock and the name of this host."""

from __future__ import annotations

import socket
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    pass


def now() -> datetime:
    """The time of day, in UTC."""
    return datetime.now(UTC)


def node() -> str:
    """The name of this host, as the ledger knows it."""
    return socket.gethostname()
