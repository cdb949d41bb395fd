"""What recorded UPS, PDUs and sensors of many makers tell, asked through a socket (`DCOPS_RECORDINGS`)."""

import asyncio
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

FOLDERS = ("ups", "pdu", "sensors")
POWER = (
    "ups-mib",
    "apc-ups",
    "eaton-ups",
    "apc-pdu",
    "apc-pdu-2g",
    "cyberpower-pdu",
    "apc-environment",
    "geist-environment",
    "liebert-cooling",
    "apc-inrow",
)

READ = {
    "ups/eaton-93e-80.snmprec": (
        ["eaton-ups"],
        [
            "dcops_ups_battery_voltage_volts 521",
            'dcops_ups_output_active_power_watts{phase="1"} 5100',
            "dcops_ups_rated_active_power_watts 72090",
            'dcops_ups_self_test_result{result="passed"} 1',
        ],
    ),
    "ups/ingrasys-power-switch.snmprec": (
        ["ups-mib"],
        [
            "dcops_ups_battery_voltage_volts 273",
            'dcops_ups_output_current_amperes{phase="3"} 41',
            'dcops_ups_output_load_ratio{phase="2"} 0.33',
        ],
    ),
    "ups/phoenixtec-power.snmprec": (
        ["ups-mib"],
        ["dcops_ups_battery_voltage_volts 41", 'dcops_ups_input_voltage_volts{phase="1"} 238'],
    ),
    "ups/ups-standard.snmpwalk": (["ups-mib"], ['dcops_ups_input_frequency_hertz{phase="3"} 49.9']),
    "ups/ups-apc-battery-ok.snmpwalk": (
        ["apc-ups", "apc-environment"],
        [
            "dcops_ups_on_battery 0",
            "dcops_ups_battery_runtime_remaining_seconds 39925",
            'dcops_ups_input_voltage_volts{phase="1"} 234.1',
            'dcops_ups_output_load_ratio{phase="1"} 0.097',
        ],
    ),
    "ups/ups-apc-sensors.snmpwalk": (["apc-environment"], []),
    "pdu/apc-7902b.snmprec": (
        ["apc-pdu-2g"],
        [
            'dcops_pdu_current_amperes{module="1",phase="1"} 1.6',
            'dcops_pdu_active_power_watts{module="1"} 192',
        ],
    ),
    "pdu/apc-8641.snmprec": (
        ["apc-pdu-2g"],
        [
            'dcops_pdu_active_power_watts{module="1",phase="1"} 1220',
            'dcops_pdu_energy_joules_total{module="1"} 7025760000',
            'dcops_pdu_bank_current_amperes{module="1",bank="2"} 2.4',
        ],
    ),
    "pdu/CyberPower.snmpwalk": (
        ["cyberpower-pdu"],
        ['dcops_pdu_voltage_volts{phase="1"} 217.9', 'dcops_pdu_active_power_watts{phase="1"} 219'],
    ),
    "sensors/geist-temperature-sensor.snmprec": (["geist-environment"], []),
    "sensors/sensors.snmpwalk": (["apc-environment"], []),
}
UNREAD = {
    "ups/emerson-network-power.snmprec": "tells only the MIB of enterprise 13400.2.1, whose units are nowhere certain",
    "ups/netvision5.snmpwalk": "six values of SOCOMECUPS-MIB, whose numbers of states differ between its editions",
}
EXCERPTS = {"ups/ups-standard.snmpwalk"}
"""Recorded without the values by which a device is recognised."""

RANGES = {
    r"dcops_env_temperature_celsius": (5, 45),
    r"dcops_ups_battery_temperature_celsius": (10, 50),
    r"dcops_env_relative_humidity_ratio": (0.1, 0.9),
    r"dcops_ups_(input|output)_voltage_volts": (180, 260),
    r"dcops_pdu_voltage_volts": (180, 260),
    r"dcops_ups_battery_voltage_volts": (12, 600),
    r"dcops_ups_battery_current_amperes": (-100, 100),
    r"dcops_\w+_frequency_hertz": (48, 61),
    r"dcops_\w+_current_amperes": (0, 200),
    r"dcops_\w+_active_power_watts": (0, 100_000),
    r"dcops_\w+_ratio": (0, 1),
    r"dcops_ups_battery_runtime_remaining_seconds": (300, 12 * 3600),
    r"dcops_pdu_energy_joules_total": (1e6, 1e12),
    r"dcops_ups_alarms": (0, 10),
    r"dcops_\w+_info": (1, 1),
    r"dcops_ups_(on_battery|card_connected|battery_replace_needed|alarm_active)": (0, 1),
    r"dcops_ups_(output_source|battery_status|self_test_result)": (0, 1),
    r"dcops_pdu_(load_state|supply_healthy)": (0, 1),
}
"""By the pattern of a name, the first that fits: what a device that works can say."""
STATES = {
    "dcops_ups_output_source": "source",
    "dcops_ups_battery_status": "status",
    "dcops_ups_self_test_result": "result",
    "dcops_pdu_load_state": "state",
}


def told(file, profiles):
    """The probe and its lines."""
    known = shelf.load()
    collectors = [Collector.of(known.profiles[name]) for name in profiles]

    async def ask():
        async with serve([ROOT / file]) as (served,):
            return await probe(Client(), target_of(served), collectors, Places(), seconds=10)

    found = asyncio.run(ask())
    return found, [line for line in found.samples.text(known.catalogue).splitlines() if not line.startswith("#")]


def test_every_recording_is_read_or_it_is_said_why_not():
    there = {f"{folder}/{file.name}" for folder in FOLDERS for file in (ROOT / folder).iterdir()}

    assert there
    assert there == {*READ, *UNREAD}


@pytest.mark.parametrize("file", READ)
def test_all_that_it_tells_is_plausible(file):
    profiles, facts = READ[file]
    found, lines = told(file, profiles)

    assert not found.failures
    assert not found.empty
    assert not found.samples.dropped
    assert lines
    for line in lines:
        series, value = line.rsplit(" ", 1)
        name = series.partition("{")[0]
        least, most = next(bounds for pattern, bounds in RANGES.items() if re.fullmatch(pattern, name))
        assert least <= float(value) <= most, line
    assert not [fact for fact in facts if fact not in lines]


@pytest.mark.parametrize("file", READ)
def test_each_state_set_has_one_state_that_is_1(file):
    sets = {}
    for line in told(file, READ[file][0])[1]:
        name = line.partition("{")[0]
        if label := STATES.get(name):
            rest = re.sub(rf',?{label}="[^"]*"', "", line.rsplit(" ", 1)[0])
            sets[rest] = sets.get(rest, 0) + int(line.rsplit(" ", 1)[1])

    assert set(sets.values()) <= {1}


@pytest.mark.parametrize("file", sorted(set(READ) - EXCERPTS))
def test_it_has_what_its_profile_is_recognised_by(file):
    names = {oid.encode(".".join(map(str, row.name))) for row in read(ROOT / file)}
    for profile in READ[file][0]:
        identify = shelf.load().profiles[profile].identify

        assert names & set(identify.ask) or any(name.startswith(identify.below) for name in names), profile


@pytest.mark.parametrize("file", UNREAD)
def test_what_is_not_read_tells_none_of_our_profiles_anything(file):
    found, lines = told(file, POWER)

    assert not lines
    assert set(found.failures) == set(POWER)
