"""A clock that is told what time it is, and an origin that is the same everywhere."""

from datetime import UTC, datetime, timedelta

import pytest

from dcops.auditlog.log import AuditLog
from dcops.auditlog.origin import Origin


class Clock:
    def __init__(self):
        self.now = datetime(2026, 1, 15, 1, 0, tzinfo=UTC)

    def __call__(self):
        return self.now

    def pass_by(self, **time):
        self.now += timedelta(**time)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def operator():
    return Origin("dcops", "an.nguyen", "an.nguyen", "192.0.2.7", "pts/3", "backup-1", 4711)


@pytest.fixture
def log(tmp_path, clock):
    return AuditLog(tmp_path, clock=clock)
