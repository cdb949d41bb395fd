"""What recorded routers, firewalls, switches, storage and hosts tell, asked through a socket (`DCOPS_RECORDINGS`)."""

import asyncio
import functools
import os
import re
from pathlib import Path

import pytest

from dcops.exporters.snmp import shelf
from dcops.exporters.snmp.places import Places
from dcops.exporters.snmp.probe import Collector, probe
from dcops.snmp import oid
from dcops.snmp.client import Client
from lab.snmp import serve
from lab.snmp.record import read
from tests.exporters.snmp.asking import target_of

ROOT = Path(os.environ.get("DCOPS_RECORDINGS", "")) / "snmp"
pytestmark = pytest.mark.skipif(not os.environ.get("DCOPS_RECORDINGS"), reason="DCOPS_RECORDINGS is not set")

FOLDERS = ("cisco", "panos", "peplink", "sophos", "fc-switch", "san-nas", "linux", "server-bmc")
NOW = 1_800_000_000.0

READ = {
    "cisco/cisco-c3560.snmprec": (
        ["system", "interfaces", "cisco-cpu", "cisco-memory", "cisco-envmon", "ip-versions"],
        [
            'dcops_device_cpu_ratio{component="cpu 1"} 0.58',
            'dcops_device_memory_used_bytes{component="Processor"} 22188980',
            # The names of its sensors end in their state: YELLOW, Normal.
            'dcops_device_temperature_celsius{sensor="SW#1, Sensor#1"} 61',
            'dcops_device_component_healthy{kind="temperature",component="SW#1, Sensor#1"} 0',
            'dcops_device_component_healthy{kind="psu",component="Sw1, PS1"} 1',
            'dcops_ip_receive_bytes_total{afi="ipv6"} 55191788',
            'dcops_if_ip_receive_packets_total{interface="Vl2",afi="ipv6"} 485520',
        ],
    ),
    "cisco/cisco-unmarked-0.snmprec": (
        ["system", "interfaces", "cisco-cpu", "cisco-memory"],
        [
            'dcops_device_cpu_ratio{component="cpu 1"} 0.13',
            # Only its VLAN is counted with 64 bits.
            'dcops_if_receive_bytes_total{interface="Vl1"} 535755000',
            'dcops_if_receive_bytes_total{interface="Fa0/1"} 4276106434',
            'dcops_if_speed_bytes_per_second{interface="Fa0/7"} 1250000',
        ],
    ),
    "panos/paloalto-pa-5000.snmprec": (
        ["system", "interfaces", "pan-os", "host-resources", "entity-sensor"],
        [
            "dcops_firewall_sessions 81258",
            "dcops_firewall_sessions_limit 2000000",
            'dcops_firewall_manager_connected{manager="panorama"} 0',
            'dcops_device_cpu_ratio{component="Management Processor"} 0.16',
            'dcops_device_cpu_ratio{component="Slot-1 Data Processor"} 0.12',
            'dcops_device_memory_capacity_bytes{component="Slot-0 Management Memory"} 4150341632',
            'dcops_device_temperature_celsius{sensor="Temperature @ Jaguar [U172]"} 34',
            'dcops_device_fan_speed_hertz{sensor="Fan #3 RPM"} 75.25',
            'dcops_if_oper_up{interface="ethernet1/13.4008"} 1',
        ],
    ),
    "panos/paloalto1.snmpwalk": (
        ["interfaces"],
        [
            'dcops_if_info{interface="ethernet1",alias="eth1"} 1',
            'dcops_if_speed_bytes_per_second{interface="ethernet1"} 250000000',
        ],
    ),
    "peplink/pepwave-max-hd4-excerpt.snmprec": (
        ["system", "interfaces", "peplink"],
        [
            # Thousandths of a degree; -9999 and 0 are no signal; a line that is switched off is not down.
            'dcops_device_temperature_celsius{sensor="system"} 49',
            'dcops_wan_up{wan="WAN 1"} 0',
            'dcops_wan_up{wan="Cellular 1"} 1',
            'dcops_wan_state{wan="Wi-Fi WAN",state="disabled"} 1',
            'dcops_wan_signal_dbm{wan="Cellular 2"} -59',
            'dcops_wan_info{wan="Cellular 4",interface="Cellular 4"} 1',
            'dcops_wan_info{wan="LAN 3 as WAN",interface=""} 1',
            'dcops_device_power_watts{sensor="power supply 0"} 15',
            'dcops_vpn_tunnel_up{tunnel="conn_to_MUC-FH01"} 1',
        ],
    ),
    "sophos/slim_sophos.snmpwalk": (
        ["interfaces", "sophos"],
        [
            'dcops_device_memory_used_ratio{component="memory"} 0.58',
            'dcops_filesystem_capacity_bytes{volume="disk"} 93381984256',
            "dcops_firewall_ha_active 1",
            'dcops_firewall_ha_healthy{member="peer"} 1',
            'dcops_license_not_after_timestamp_seconds{feature="web protection"} 1866844800',
        ],
    ),
    "fc-switch/brocade-ds-5100b.snmprec": (
        ["system", "interfaces", "brocade-fc"],
        [
            'dcops_device_component_healthy{kind="fan",component="FAN #2"} 1',
            'dcops_device_temperature_celsius{sensor="SLOT #0: TEMP #3"} 30',
            'dcops_device_fan_speed_hertz{sensor="FAN #2"} 250',
            'dcops_fc_port_online{interface="0"} 1',
            'dcops_fc_class3_discards_total{interface="0"} 29',
            'dcops_fc_transmit_bytes_total{interface="0"} 61526536554680',
            'dcops_if_oper_up{interface="0/39"} 0',
        ],
    ),
    "san-nas/netapp-fas3270.snmprec": (
        ["system", "interfaces", "netapp"],
        [
            'dcops_device_cpu_ratio{component="cpu"} 0.22',
            "dcops_storage_spare_disks 4",
            'dcops_storage_pool_capacity_bytes{pool="aggr1sas"} 17356017582080',
            'dcops_storage_volume_used_bytes{volume="/vol/mail3/"} 3775717793792',
            'dcops_storage_shelf_temperature_celsius{shelf="1"} 24',
        ],
    ),
    "san-nas/synology-disk-ok.snmpwalk": (
        ["synology"],
        ['dcops_storage_component_healthy{kind="disk health",component="Disk 2"} 1'],
    ),
    "san-nas/synology-disk-warning.snmpwalk": (
        ["synology"],
        [
            'dcops_storage_component_healthy{kind="disk",component="Disk 2"} 1',
            'dcops_storage_component_healthy{kind="disk health",component="Disk 2"} 0',
        ],
    ),
    "san-nas/qnap.snmpwalk": (
        ["qnap"],
        [
            'dcops_storage_component_healthy{kind="disk health",component="slot 12"} 1',
            'dcops_device_temperature_celsius{sensor="slot 7"} 24',
        ],
    ),
    "linux/slackware.snmprec": (
        ["system", "interfaces", "host-resources", "ip-versions"],
        [
            'dcops_filesystem_capacity_bytes{volume="/"} 8865083392',
            'dcops_device_memory_used_bytes{component="Swap space"} 28090368',
            'dcops_device_cpu_ratio{component="GenuineIntel: Intel(R) Pentium(R) 4 CPU 3.00GHz #769"} 0.09',
        ],
    ),
    "server-bmc/ibm-x3550-m3.snmprec": (
        ["system", "interfaces", "host-resources", "ip-versions"],
        [
            'dcops_ip_receive_packets_total{afi="ipv6"} 2666292',
            'dcops_device_memory_capacity_bytes{component="Physical memory"} 104648704',
        ],
    ),
}
ALSO = {"fc-switch/brocade-ds-5100b.snmprec": ["fcmgmt"]}
"""Profiles that say the same in another way."""
UNTOLD = {
    "panos/paloalto1.snmpwalk": "an excerpt of IF-MIB: nothing of a firewall is in it",
    "server-bmc/ibm-x3550-m3.snmprec": "the sensors of enterprise 2.3.51.3 are in no family; it is read as a host",
    "san-nas/qnap.snmpwalk": "its texts were replaced: fans, temperatures and names of the older tree are lost",
}
"""Of what there is, some is told nowhere, and why."""
SECONDS_OF_LIFE = 497 * 86400
"""TimeTicks end after so many."""

RANGES = {
    r"dcops_device_temperature_celsius|dcops_storage_shelf_temperature_celsius": (10, 70),
    r"dcops_device_fan_speed_hertz": (20, 300),
    r"dcops_device_power_watts": (1, 2000),
    r"dcops_\w+_ratio": (0, 1),
    r"dcops_device_memory_\w+_bytes": (0, 2**38),
    r"dcops_filesystem_\w+_bytes|dcops_storage_\w+_bytes": (10_000_000, 2**44),
    r"dcops_\w*boot_timestamp_seconds": (NOW - SECONDS_OF_LIFE, NOW),
    r"dcops_license_not_after_timestamp_seconds": (1.7e9, 4e9),
    r"dcops_if_speed_bytes_per_second": (1_250_000, 2_500_000_000),
    r"dcops_firewall_sessions(_limit)?|dcops_firewall_(vsys|protocol)_sessions": (1, 4_000_000),
    r"dcops_firewall_users": (0, 10_000),
    r"dcops_wan_signal_dbm": (-120, -40),
    r"dcops_storage_(failed|spare)_disks": (0, 10),
    r"dcops_\w+_info": (1, 1),
    r"dcops_\w+_total": (0, 2**63 - 1),
    r"dcops_\w+_(up|healthy|online|enabled|active|connected|running|valid|busy|state|available)": (0, 1),
}
"""By the pattern of a name, the first that fits: what a device that works can say. No sentinel lies inside."""


@functools.cache
def told(file, profiles):
    """The probe and its lines."""
    known = shelf.load()
    collectors = [Collector.of(known.profiles[name]) for name in profiles]

    async def ask():
        async with serve([ROOT / file]) as (served,):
            return await probe(Client(), target_of(served), collectors, Places(), seconds=20, clock=lambda: NOW)

    found = asyncio.run(ask())
    return found, [line for line in found.samples.text(known.catalogue).splitlines() if not line.startswith("#")]


def implausible(lines):
    for line in lines:
        series, value = line.rsplit(" ", 1)
        name = series.partition("{")[0]
        least, most = next(bounds for pattern, bounds in RANGES.items() if re.fullmatch(pattern, name))
        if not least <= float(value) <= most:
            yield line


def test_every_recording_is_read():
    there = {f"{folder}/{file.name}" for folder in FOLDERS for file in (ROOT / folder).iterdir()}

    assert there
    assert there == set(READ)
    assert set(UNTOLD) <= there


@pytest.mark.parametrize("file", READ)
def test_all_that_it_tells_is_plausible_and_told_once(file):
    profiles, facts = READ[file]
    found, lines = told(file, tuple(profiles))

    assert not found.failures
    assert not found.empty
    assert not found.samples.dropped
    assert lines
    assert not list(implausible(lines))
    assert not [fact for fact in facts if fact not in lines]
    assert len({line.rsplit(" ", 1)[0] for line in lines}) == len(lines)


@pytest.mark.parametrize("file", ALSO)
def test_another_way_to_ask_gives_plausible_values_too(file):
    found, lines = told(file, tuple(ALSO[file]))

    assert not found.failures
    assert 'dcops_fc_receive_frames_total{interface="0"} 57306914809' in lines
    assert not list(implausible(lines))


def test_lines_that_are_switched_off_are_neither_up_nor_down_and_have_no_signal():
    _, lines = told("peplink/pepwave-max-hd4-excerpt.snmprec", ("peplink",))
    off = re.findall(r'dcops_wan_state\{wan="([^"]*)",state="disabled"\} 1', "\n".join(lines))
    said = [line for line in lines if line.startswith(("dcops_wan_up", "dcops_wan_signal"))]

    assert len(off) == 4
    assert said
    assert not [line for line in said for wan in off if f'wan="{wan}"' in line]


@pytest.mark.parametrize("file", READ)
def test_it_has_what_its_profiles_are_recognised_by(file):
    names = {oid.of(row.name) for row in read(ROOT / file)}
    for profile in READ[file][0]:
        identify = shelf.load().profiles[profile].identify

        assert names & set(identify.ask) or any(name.startswith(identify.below) for name in names), profile


@pytest.mark.parametrize("file", READ)
def test_a_profile_that_another_replaces_is_not_used_beside_it(file):
    profiles = READ[file][0]
    known = shelf.load().profiles

    assert not {other for name in profiles for other in known[name].identify.instead_of} & set(profiles)
