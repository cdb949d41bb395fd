import pytest

from dcops.devices.doors import door_of, platforms
from dcops.devices.identity.endpoint import Transport, endpoint_of
from dcops.devices.registry import Drivers
from dcops.errors import DeviceError, ErrorKind
from dcops.model.device import Device, Management


def test_a_vcenter_has_a_door_though_no_driver_logs_in_there():
    drivers = Drivers()
    device = Device("vc-1", "main", "vcenter", "v", "m", platform="vcenter", management=Management("192.0.2.37"))

    assert "vcenter" not in drivers.platforms()
    assert platforms(drivers) == {*drivers.platforms(), "vcenter"}
    endpoint = endpoint_of(device, door_of(drivers, "vcenter"))
    assert (endpoint.transport, str(endpoint)) == (Transport.TLS, "192.0.2.37:443")


def test_a_platform_with_a_driver_has_the_driver_s_door():
    drivers = Drivers()

    assert door_of(drivers, "panos") is drivers.of("panos")


@pytest.mark.parametrize("platform", ["esxi", None])
def test_an_esxi_host_has_none_as_nobody_asks_it(platform):
    with pytest.raises(DeviceError) as caught:
        door_of(Drivers(), platform)

    assert caught.value.kind is ErrorKind.UNSUPPORTED
