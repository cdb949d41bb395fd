import pytest

from tests.jobs.compliance.audits import Site


@pytest.fixture
def site(tmp_path):
    made = Site(tmp_path)
    yield made
    made.ledger.close()
