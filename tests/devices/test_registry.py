"""Who reads a platform, and what is imported for it."""

import subprocess
import sys

import pytest

from dcops.devices.registry import READERS, Driver, Drivers, Reader, _known
from dcops.errors import DeviceError


def test_the_driver_of_a_platform_with_a_reader_reads_the_same_way():
    assert _known(READERS)
    for platform in _known(READERS):
        reader, driver = Drivers().reader(platform), Drivers().of(platform)

        assert issubclass(driver, reader)
        assert driver.read_configurations is reader.read_configurations
        assert driver.open is reader.open


def test_a_platform_without_a_reader_is_read_by_its_driver():
    assert Drivers().reader("panos") is Drivers().of("panos")


def test_a_platform_that_nobody_knows_has_no_reader():
    with pytest.raises(DeviceError):
        Drivers().reader("unheard-of")


def test_readers_and_drivers_are_what_they_are_called():
    assert issubclass(Drivers().reader("ios"), Reader)
    assert not issubclass(Drivers().reader("ios"), Driver) or hasattr(Drivers().reader("ios"), "calls")


def test_reading_routers_imports_neither_napalm_nor_netmiko():
    code = """
import sys
from dcops.devices.fleet import Fleet
from dcops.devices.registry import Drivers
from dcops.diff.formats import Formats
Drivers().reader("ios"), Formats().of_one_device("ios")
print([name for name in ("napalm", "netmiko", "invoke", "alembic", "dcops.devices.platforms") if name in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"
