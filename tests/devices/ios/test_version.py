"""What wrote a configuration is kept with it, as far as the device tells."""

from dcops.devices.ios.version import VERSION_END, version_facts

ANSWER = b"""Cisco IOS XE Software, Version 17.09.04a
Cisco IOS Software [Cupertino], ISR Software (X86_64_LINUX_IOSD-UNIVERSALK9-M), Version 17.9.4a, RELEASE SOFTWARE (fc3)

rtr-edge-1 uptime is 3 weeks
Processor board ID FDO00000001
Configuration register is 0x2102
"""


def test_software_and_serial_number_are_found():
    assert version_facts(ANSWER) == {"os_version": "17.09.04a", "serial_number": "FDO00000001"}


def test_a_refusal_tells_nothing():
    assert version_facts(b"% Authorization failed.\n") == {}


def test_the_answer_ends_with_the_configuration_register():
    assert VERSION_END.search(ANSWER.decode().splitlines()[-1])
