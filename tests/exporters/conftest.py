"""A site, its exporter, and the night before this one."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.databases import ledger_url, postgresql_server, postgresql_url, sqlite_url  # noqa: F401
from tests.exporters.running import Site, serving


@pytest.fixture
def site(tmp_path):
    return Site(tmp_path)


@pytest.fixture
def any_site(tmp_path, ledger_url):  # noqa: F811
    """A site with its ledger in each of the two databases."""
    return Site(tmp_path, ledger_url)


@pytest.fixture
def exporter(site):
    with serving(site.root) as running:
        yield running


@pytest.fixture
def last_night():
    return datetime.now(UTC).replace(hour=1, minute=0, second=0, microsecond=0) - timedelta(days=1)
