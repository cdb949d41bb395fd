"""What each login of the inventory is for."""

from dcops.inventory.logins import UNUSED, uses_of
from dcops.model.device import Device
from dcops.model.snmp import Snmp, SnmpVersion


def device(name, credential=None, snmp=None, foreign=False):
    return Device(name, "main", "r", "v", "m", credential=credential, snmp=snmp, foreign=foreign)


def test_a_login_is_for_the_devices_that_it_enters_and_those_that_it_asks():
    uses = uses_of(
        [
            device("rtr-1", "ios", Snmp("snmp-v3")),
            device("sw-1", "ios", Snmp("snmp-v3", privacy=None)),
            device("ups-1", None, Snmp("cards", SnmpVersion.V2C, reason="old")),
            device("odd-1", "cards"),
            device("theirs", "isp", Snmp("isp"), foreign=True),
        ]
    )

    assert set(uses) == {"ios", "snmp-v3", "cards"}
    assert (uses["ios"].opens, uses["ios"].asks, uses["ios"].parts) == (("rtr-1", "sw-1"), (), ())
    assert uses["snmp-v3"].parts == ("username", "password", "privacy")
    assert uses["snmp-v3"].v3
    assert uses["cards"].devices == ("odd-1", "ups-1")
    assert (uses["cards"].parts, uses["cards"].v3) == (("password",), False)
    assert UNUSED.devices == ()
