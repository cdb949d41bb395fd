"""Simulated vCenters, and exporters that watch them."""

import pytest

from lab import vsphere

WHY_NOT = vsphere.why_not()


def simulator(name):
    """One for all tests that leave it as they found it; left out where the simulator cannot be built."""
    if WHY_NOT:
        pytest.skip(WHY_NOT)
    return vsphere.serve(name)


@pytest.fixture(scope="session")
def main():
    """The vCenter of the main site, with everything that its estate file describes."""
    with simulator("vc-main") as running:
        yield running


@pytest.fixture(scope="session")
def dr():
    """The vCenter of the DR site: replicas."""
    with simulator("vc-dr") as running:
        yield running
