"""A host: states, capacity, and every hardware sensor in its base unit."""

import pytest

from dcops.exporters.vsphere import host as hosts
from tests.exporters.vsphere.things import VCENTER, host, series, states

READINGS = "runtime__healthSystemRuntime__systemHealthInfo__numericSensorInfo"


def told(**properties):
    return series(hosts.lines(VCENTER, host(**properties)))


def sensor(name, reading, exponent, unit, colour="green", **more):
    state = {"key": colour, "label": colour, "summary": ""}
    return {
        "name": name,
        "currentReading": reading,
        "unitModifier": exponent,
        "baseUnits": unit,
        "healthState": state,
        **more,
    }


def test_capacity_comes_in_base_units():
    found = told()

    assert found["host_cpus"] == {(): 32}
    assert found["host_cpu_capacity_hertz"] == {(): 32 * 2.4e9}
    assert found["host_memory_capacity_bytes"] == {(): 512 << 30}


@pytest.mark.parametrize(("state", "connected"), [("connected", 1), ("notResponding", 0), ("disconnected", 0)])
def test_what_vcenter_only_remembers_of_a_host_it_does_not_reach_is_left_out(state, connected):
    found = told(
        runtime__connectionState=state,
        runtime__bootTime=5.0,
        runtime__dasHostState={"state": "master"},
        **{READINGS: [sensor("Ambient", 2150, -2, "degrees C")]},
    )

    assert found["host_connected"] == {(): connected}
    assert states(found, "host_connection_state") == {"state": state}
    remembered = {"host_power_state", "host_boot_timestamp_seconds", "host_ha_state", "host_temperature_celsius"}
    assert remembered & set(found) == (remembered if connected else set())


def test_a_host_in_maintenance_says_so():
    assert told(runtime__inMaintenanceMode=True)["host_maintenance_mode"] == {(): 1}


@pytest.mark.parametrize(
    ("reading", "metric", "value"),
    [
        ((2150, -2, "degrees C"), "host_temperature_celsius", 21.5),
        ((600000, -2, "RPM"), "host_fan_speed_hertz", 100),
        ((22960, -2, "Volts"), "host_voltage_volts", 229.6),
        ((87, -2, "Amps"), "host_current_amperes", 0.87),
        ((26, 1, "Watts"), "host_sensor_power_watts", 260),
        ((-500, -2, "degrees C"), "host_temperature_celsius", -5),
    ],
)
def test_a_reading_is_told_in_its_base_unit(reading, metric, value):
    found = told(**{READINGS: [sensor("A sensor", *reading)]})

    assert found[metric] == {(("sensor", "A sensor"),): value}


@pytest.mark.parametrize(("colour", "told_as"), [("green", (1, 0)), ("yellow", (0, 0)), ("red", (0, 1))])
def test_yellow_is_neither_healthy_nor_failed(colour, told_as):
    found = told(**{READINGS: [sensor("DIMM 3", 0, 0, "", colour)]})

    key = (("sensor", "DIMM 3"),)
    assert (found["host_sensor_healthy"][key], found["host_sensor_failed"][key]) == told_as


def test_an_unknown_state_is_absent():
    assert "host_sensor_healthy" not in told(**{READINGS: [sensor("DIMM 3", 0, 0, "", "unknown")]})


def test_what_esxi_writes_behind_a_name_is_no_part_of_it_and_the_worst_of_its_states_counts():
    found = told(
        **{
            READINGS: [
                sensor("Power Supply 2 --- Presence detected", 0, 0, "", "green"),
                sensor("Power Supply 2 --- Input lost", 0, 0, "", "red"),
                sensor("Power Supply 2 --- Something", 0, 0, "", "unknown"),
            ]
        }
    )

    assert found["host_sensor_failed"] == {(("sensor", "Power Supply 2"),): 1}


def test_two_readings_of_one_name_are_kept_apart():
    found = told(**{READINGS: [sensor("Fan", 6000, 0, "RPM"), sensor("Fan", 3000, 0, "RPM")]})

    assert found["host_fan_speed_hertz"] == {(("sensor", "Fan"),): 100, (("sensor", "Fan #2"),): 50}


@pytest.mark.parametrize("broken", [{"currentReading": None}, {"unitModifier": None}, {"baseUnits": "furlongs"}])
def test_a_reading_that_cannot_be_read_leaves_only_its_state(broken):
    found = told(**{READINGS: [{**sensor("Odd", 1, 0, "Volts"), **broken}]})

    assert "host_voltage_volts" not in found
    assert found["host_sensor_healthy"] == {(("sensor", "Odd"),): 1}


def test_hardware_parts_are_told_by_kind():
    info = {
        "memoryStatusInfo": [{"name": "DIMM A1", "status": {"key": "Yellow"}}],
        "cpuStatusInfo": [
            {"name": "CPU 1", "status": {"key": "Green"}},
            {"name": "CPU 2", "status": {"key": "Unknown"}},
        ],
    }
    found = told(runtime__healthSystemRuntime__hardwareStatusInfo=info)

    assert found["host_component_healthy"] == {
        (("component", "DIMM A1"), ("kind", "memory")): 0,
        (("component", "CPU 1"), ("kind", "cpu")): 1,
    }


def test_the_state_of_the_ha_agent_is_a_set():
    assert states(told(runtime__dasHostState={"state": "networkIsolated"}), "host_ha_state") == {
        "state": "networkIsolated"
    }
