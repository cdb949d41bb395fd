"""One rule chooses devices for flags, maintenance windows and declarations."""

from datetime import UTC, datetime

import pytest

from dcops.inventory.select import Selection
from dcops.model.device import Device
from dcops.model.job import MaintenanceWindow
from dcops.model.selecting import chooses_all, fits

NOW = datetime(2026, 1, 15, tzinfo=UTC)
ROUTER = Device(name="r1", site="main", role="router", vendor="v", model="m", platform="ios", tags=("edge", "hsrp"))
UPS = Device(name="ups-1", site="main", role="ups", vendor="v", model="m")


@pytest.mark.parametrize(
    ("words", "router", "ups"),
    [
        ({}, True, True),
        ({"sites": ("main",)}, True, True),
        ({"sites": ("dr",)}, False, False),
        ({"platforms": ("ios", "panos")}, True, False),
        ({"tags": ("hsrp", "core")}, True, False),
        ({"roles": ("router",), "devices": ("ups-1",)}, False, False),
        ({"roles": ("router", "ups"), "devices": ("ups-1",)}, False, True),
    ],
)
def test_flags_and_windows_choose_alike(words, router, ups):
    window = MaintenanceWindow(1, NOW, NOW, "who", "why", **words)

    for choice in (Selection(**words), window):
        assert (fits(ROUTER, choice), fits(UPS, choice)) == (router, ups)
        assert chooses_all(choice) is (words == {})
