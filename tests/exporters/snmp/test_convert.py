"""From what a device says to a number, or to none: no sentinel, no text and no nonsense becomes a zero."""

import pytest

from tests.exporters.snmp.asking import told

OID = "1.3.6.1.4.1.32473.1.0"


def one(folder, tag, value, conversion=""):
    """What a single value becomes; None when it is left out."""
    more = f", {conversion}" if conversion else ""
    other = "1.3.6.1.4.1.32473.2.0"
    profile = f"values:\n  - {{metric: dcops_a_volts, oid: {OID}{more}}}\n  - {{metric: dcops_b_volts, oid: {other}}}\n"
    lines = told(folder, f"{OID}|{tag}|{value}\n{other}|2|7\n", profile)
    assert lines[-1] == "dcops_b_volts 7", "the other value must come, whatever this one is"
    return lines[0].split()[-1] if len(lines) == 2 else None


@pytest.mark.parametrize(
    ("tag", "value", "conversion", "expected"),
    [
        ("2", "-40", "", "-40"),
        ("66", "4294967295", "", "4294967295"),
        ("70", "18446744073709551615", "", "18446744073709551615"),
        ("2", "231", "scale: 1/10", "23.1"),
        ("2", "230", "scale: 1/10", "23"),
        ("2", "-55", "scale: 1/10", "-5.5"),
        ("2", "7", "scale: 60", "420"),
        ("2", "68", "offset: -32, scale: 5/9", "5.777777777777778"),
        ("2", "20", "offset: 273.15", "293.15"),
        ("4", "231", "scale: 1/10", "23.1"),
        ("4", " 23.5 ", "", "23.5"),
        ("4", "n/a", "", None),
        ("4", "", "", None),
        ("4", "nan", "", None),
        ("4", "1e999", "", None),
        ("4", "load 42 %", "parse: 'load (?P<value>[0-9]+)', scale: 1/100", "0.42"),
        ("4", "no load", "parse: 'load (?P<value>[0-9]+)'", None),
        ("2", "-1", "absent: [-1]", None),
        ("2", "0", "absent: [0]", None),
        ("4", "-9999", "absent: [-9999]", None),
        ("4", "NULL", "absent: ['NULL']", None),
        ("2", "1200", "least: -40, most: 100", None),
        ("2", "-41", "least: -40", None),
        ("2", "-40", "least: -40", "-40"),
        ("2", "2", "true: [2]", "1"),
        ("2", "1", "true: [2]", "0"),
        ("2", "3", "true: [2], false: [1]", None),
        ("2", "1", "true: [2], false: [1]", "0"),
        ("2", "-1", "true: [2], absent: [-1]", None),
        ("4", "OK", "true: ['OK']", "1"),
        ("4", "FAILED", "true: ['OK']", "0"),
        ("4", "state OK now", "true: ['OK'], parse: 'state (?P<value>[A-Z]+)'", "1"),
        ("6", "1.3.6.1.4.1.32473.9", "true: ['1.3.6.1.4.1.32473.9']", "1"),
        ("4x", "0000000100000000", "big_endian: true", "4294967296"),
        ("4x", "", "big_endian: true", None),
        ("68x", "9f780441bc0000", "", "23.5"),
        ("68x", "9f78047fc00000", "", None),
        ("64", "192.0.2.1", "", None),
    ],
)
def test_a_value_becomes_what_it_means(tmp_path, tag, value, conversion, expected):
    assert one(tmp_path, tag, value, conversion) == expected


def test_a_tenth_is_the_nearest_number_there_is(tmp_path):
    assert one(tmp_path, "2", "3", "scale: 1/10") == "0.3"


def test_a_time_that_passed_becomes_the_moment_it_began(tmp_path):
    import time

    moment = int(one(tmp_path, "67", "360000", "scale: 1/100, ago: true"))

    assert abs(time.time() - 3600 - moment) <= 2


@pytest.mark.parametrize(("unit", "expected"), [("F", "20"), ("C", "68")])
def test_fahrenheit_is_told_by_the_device(tmp_path, unit, expected):
    profile = (
        "values: [{metric: dcops_a_volts, oid: 1.3.6.1.4.1.32473.1.0,"
        " fahrenheit: {oid: 1.3.6.1.4.1.32473.3.0, is: F}}]\n"
    )
    lines = told(tmp_path, f"1.3.6.1.4.1.32473.1.0|2|68\n1.3.6.1.4.1.32473.3.0|4|{unit}\n", profile)

    assert float(lines[0].split()[-1]) == float(expected)


@pytest.mark.parametrize(
    ("scale", "precision", "value", "expected"),
    [
        (9, 0, 42, "42"),
        (8, 0, 3300, "3.3"),
        (9, 1, 235, "23.5"),
        (10, 0, 2, "2000"),
        (99, 0, 1, None),
        (9, 77, 1, None),
    ],
)
def test_entity_sensors_bring_their_power_of_ten(tmp_path, scale, precision, value, expected):
    entry = "1.3.6.1.2.1.99.1.1.1"
    profile = (
        f"tables:\n  - entry: {entry}\n    labels: {{name: {{index: all}}}}\n"
        "    metrics: [{metric: dcops_a_volts, column: 4, sensor: {scale: 2, precision: 3}},"
        " {metric: dcops_b_volts, column: 4}]\n"
    )
    walk = f"{entry}.2.1|2|{scale}\n{entry}.3.1|2|{precision}\n{entry}.4.1|2|{value}\n"
    lines = told(tmp_path, walk, profile)

    assert [line.split()[-1] for line in lines if line.startswith("dcops_a")] == ([expected] if expected else [])
