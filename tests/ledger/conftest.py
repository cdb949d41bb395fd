"""An empty ledger in each of the two databases."""

import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dcops.ledger.ledger import Ledger
from dcops.model.job import RunKey, RunTrigger
from tests.databases import ledger_url, postgresql_server, postgresql_url, sqlite_url  # noqa: F401
from tests.small_disk import mounted

NIGHT = datetime(2026, 1, 14, 18, 0, tzinfo=UTC)


@pytest.fixture
def ledger(ledger_url):  # noqa: F811
    with Ledger.open(ledger_url) as opened:
        yield opened


@pytest.fixture
def small_disk(request):
    """A file system of its own, of `request.param` or half a megabyte."""
    # Not in pytest's folder: the path of a socket in it would become too long for the kernel.
    folder = Path(tempfile.mkdtemp(prefix="dcops-disk-"))
    size = getattr(request, "param", "512k")
    try:
        with mounted(folder, f"size={size},mode=0755"):
            yield folder
    finally:
        folder.rmdir()


class Nights:
    """Runs of jobs on a ledger, told in short."""

    def __init__(self, ledger):
        self.ledger = ledger

    def key(self, night=0, job="backup"):
        return RunKey(job, NIGHT + timedelta(days=night))

    def claim(self, key, attempt=1, node="main-1", trigger=RunTrigger.SCHEDULE, now=None):
        return self.ledger.claim(key, node=node, trigger=trigger, now=now or key.due, attempt=attempt)

    def start(self, key, **options):
        values = {"now": key.due, "run": "run-1", "process_group": 4321, "artefact": "runs/backup/1"}
        return self.ledger.start(key, **{**values, **options})

    def ran(self, state, night=0, job="backup", **options):
        """A run from its claim to its end, an hour later."""
        key = self.key(night, job)
        assert self.claim(key)
        assert self.start(key)
        assert self.ledger.finish(key, state, now=key.due + timedelta(hours=1), **options)
        return key


@pytest.fixture
def nights(ledger):
    return Nights(ledger)
