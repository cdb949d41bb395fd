"""Every driver says what carries its answers: that is what `dcops trust` looks at."""

from pathlib import Path

import pytest

from dcops.devices.identity.endpoint import Transport
from dcops.devices.platforms import load
from dcops.devices.registry import Drivers

DRIVERS = Drivers(load([Path(__file__).resolve().parents[2] / "platforms"]))


@pytest.mark.parametrize("platform", DRIVERS.platforms())
def test_it_names_its_transport_and_its_port(platform):
    driver = DRIVERS.of(platform)

    assert driver.transport in list(Transport)
    assert 0 < driver.default_port < 65536
