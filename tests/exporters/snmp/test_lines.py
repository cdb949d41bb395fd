"""What a profile makes of a device: every row once, and no series twice."""

import pytest

from dcops.errors import ErrorKind
from dcops.exporters.snmp.places import Places, Spot
from tests.exporters.snmp.asking import probed, told

ENTRY = "1.3.6.1.4.1.32473.10.1"
NAMED = f"tables:\n  - entry: {ENTRY}\n    labels: {{name: {{column: 1}}}}\n    metrics:\n"


def walk(*rows):
    """Lines of a table: column, row, value."""
    return "".join(
        f"{ENTRY}.{column}.{row}|{4 if isinstance(value, str) else 2}|{value}\n" for column, row, value in sorted(rows)
    )


def test_two_rows_of_one_name_both_survive_with_their_index(tmp_path):
    rows = walk((1, 1, "eth0"), (1, 2, "eth1"), (1, 7, "eth0"), (2, 1, 10), (2, 2, 20), (2, 7, 70))

    assert told(tmp_path, rows, NAMED + "      - {metric: dcops_a_volts, column: 2}\n") == [
        'dcops_a_volts{name="eth0 #1"} 10',
        'dcops_a_volts{name="eth1"} 20',
        'dcops_a_volts{name="eth0 #7"} 70',
    ]


def test_rows_without_a_name_are_told_apart_too(tmp_path):
    rows = walk((1, 1, ""), (1, 2, ""), (2, 1, 10), (2, 2, 20))

    assert told(tmp_path, rows, NAMED + "      - {metric: dcops_a_volts, column: 2}\n") == [
        'dcops_a_volts{name="#1"} 10',
        'dcops_a_volts{name="#2"} 20',
    ]


def test_names_that_differ_only_behind_their_longest_part_stay_two(tmp_path):
    long = "x" * 200
    rows = walk((1, 1, long + "a"), (1, 2, long + "b"), (2, 1, 10), (2, 2, 20))

    assert told(tmp_path, rows, NAMED + "      - {metric: dcops_a_volts, column: 2}\n") == [
        f'dcops_a_volts{{name="{long} #1"}} 10',
        f'dcops_a_volts{{name="{long} #2"}} 20',
    ]


def test_an_info_names_its_row_as_the_measurements_do(tmp_path):
    rows = walk((1, 1, "eth0"), (1, 2, "eth0"), (2, 1, 10), (2, 2, 20), (3, 1, "up"), (3, 2, "down"))
    metrics = (
        "      - {metric: dcops_a_volts, column: 2}\n"
        "      - {metric: dcops_a_info, value: 1, labels: {text: {column: 3}}}\n"
    )

    assert told(tmp_path, rows, NAMED + metrics)[2:] == [
        'dcops_a_info{name="eth0 #1",text="up"} 1',
        'dcops_a_info{name="eth0 #2",text="down"} 1',
    ]


def test_rows_of_one_name_that_are_different_things_need_no_index(tmp_path):
    rows = walk((1, 1, "A"), (1, 2, "A"), (2, 1, 10), (2, 2, 20), (3, 1, 1), (3, 2, 2))
    metrics = (
        "      - {metric: dcops_a_volts, column: 2, keep: [{column: 3, is: [1]}]}\n"
        "      - {metric: dcops_b_volts, column: 2, keep: [{column: 3, isnt: [1]}]}\n"
    )

    assert told(tmp_path, rows, NAMED + metrics) == ['dcops_a_volts{name="A"} 10', 'dcops_b_volts{name="A"} 20']


def test_a_table_without_labels_gives_one_series_and_counts_the_rest(tmp_path):
    profile = f"tables:\n  - entry: {ENTRY}\n    metrics: [{{metric: dcops_a_volts, column: 2}}]\n"
    found, text = probed(tmp_path, walk((2, 1, 10), (2, 2, 20)), p=profile)

    assert "dcops_a_volts 10\n" in text
    assert "dcops_a_volts 20" not in text
    assert found.samples.dropped == 1


def test_what_a_second_profile_tells_again_is_dropped_and_counted(tmp_path):
    rows = walk((1, 1, "A"), (1, 2, "B"), (2, 1, 10), (2, 2, 20), (3, 2, 99))
    first = NAMED + "      - {metric: dcops_a_volts, column: 2, keep: [{column: 1, is: [B]}]}\n"
    second = NAMED + "      - {metric: dcops_a_volts, column: 2}\n"
    found, text = probed(tmp_path, rows, first=first, second=second)

    assert text.count("dcops_a_volts{") == 2
    assert text.count('dcops_a_volts{name="B"} 20') == 1
    assert text.count("# TYPE dcops_a_volts ") == 1
    assert found.samples.dropped == 1


def test_a_state_set_has_one_series_for_each_state_and_one_of_them_is_1(tmp_path):
    rows = walk((1, 1, "A"), (1, 2, "B"), (2, 1, 3), (2, 2, 9))
    states = "{metric: dcops_a_volts, column: 2, states: {2: low, 3: fine, 4: fine}, label: state}"

    assert told(tmp_path, rows, NAMED + f"      - {states}\n") == [
        'dcops_a_volts{name="A",state="low"} 0',
        'dcops_a_volts{name="A",state="fine"} 1',
        'dcops_a_volts{name="B",state="low"} 0',
        'dcops_a_volts{name="B",state="fine"} 0',
        'dcops_a_volts{name="B",state="unknown"} 1',
    ]


def test_a_state_set_of_a_single_value_has_only_the_state_as_label(tmp_path):
    profile = "values: [{metric: dcops_a_volts, oid: 1.3.6.1.4.1.32473.1.0, states: {1: one, 2: two}, label: state}]\n"

    assert told(tmp_path, "1.3.6.1.4.1.32473.1.0|2|2\n", profile) == [
        'dcops_a_volts{state="one"} 0',
        'dcops_a_volts{state="two"} 1',
    ]


def test_labels_that_are_the_same_for_every_row_are_added(tmp_path):
    rows = walk((1, 1, "A"), (2, 1, 10), (3, 1, 11))
    metrics = (
        "      - {metric: dcops_a_volts, column: 2, labels: {kind: {text: in}}}\n"
        "      - {metric: dcops_a_volts, column: 3, labels: {kind: {text: out}}, scale: 1/10}\n"
    )

    assert told(tmp_path, rows, NAMED + metrics) == [
        'dcops_a_volts{name="A",kind="in"} 10',
        'dcops_a_volts{name="A",kind="out"} 1.1',
    ]


def test_else_is_read_where_the_first_has_no_number(tmp_path):
    one = "1.3.6.1.4.1.32473.1.0|2|-1\n1.3.6.1.4.1.32473.2.0|2|70\n"
    profile = (
        "values: [{metric: dcops_a_volts, oid: 1.3.6.1.4.1.32473.1.0, absent: [-1],"
        " else: {oid: 1.3.6.1.4.1.32473.2.0, scale: 1/10}}]\n"
    )

    assert told(tmp_path, one, profile) == ["dcops_a_volts 7"]
    assert told(tmp_path, one.replace("-1", "5"), profile) == ["dcops_a_volts 5"]


def test_else_in_a_table_is_row_by_row(tmp_path):
    rows = walk((1, 1, "A"), (1, 2, "B"), (2, 1, 10), (2, 2, -1), (3, 1, 98), (3, 2, 99))
    source = "{metric: dcops_a_volts, column: 2, absent: [-1], else: {column: 3}}"

    assert told(tmp_path, rows, NAMED + f"      - {source}\n") == [
        'dcops_a_volts{name="A"} 10',
        'dcops_a_volts{name="B"} 99',
    ]


def test_a_device_without_a_table_tells_what_it_has_and_the_collector_is_seen_to_be_empty(tmp_path):
    single = "values: [{metric: dcops_b_volts, oid: 1.3.6.1.4.1.32473.1.0}]\n"
    found, text = probed(
        tmp_path,
        "1.3.6.1.4.1.32473.1.0|2|1\n",
        table=NAMED + "      - {metric: dcops_a_volts, column: 2}\n",
        single=single,
    )

    assert found.success
    assert 'dcops_probe_collector_success{collector="table"} 0' in text
    assert 'dcops_probe_collector_success{collector="single"} 1' in text
    assert "dcops_a_volts" not in text, "no HELP and no TYPE without a sample"


def test_a_device_that_tells_nothing_at_all_is_no_success(tmp_path):
    found, text = probed(
        tmp_path, "1.3.6.1.4.1.32473.99.0|2|1\n", p=NAMED + "      - {metric: dcops_a_volts, column: 2}\n"
    )

    assert "dcops_probe_success 0\n" in text
    assert "tells nothing" in str(found.failures["p"])


def test_a_silent_device_has_no_series_but_those_of_the_probe(tmp_path):
    found, text = probed(
        tmp_path, walk((1, 1, "A"), (2, 1, 1)), fault="hang", p=NAMED + "      - {metric: dcops_a_volts, column: 2}\n"
    )

    assert found.failures["p"].kind is ErrorKind.TIMEOUT
    assert "dcops_probe_success 0\n" in text
    assert "dcops_a_volts" not in text


@pytest.mark.parametrize(
    ("places", "expected"),
    [
        (
            Places(by_index={("", "1"): Spot("front", "room-1", "A01", "inlet_top")}),
            ("room-1", "A01", "inlet_top", "front"),
        ),
        (Places(by_name={"Probe": Spot("front", "room-1")}), ("room-1", "", "", "front")),
        (Places(), ("", "", "", "Probe")),
    ],
)
def test_a_sensor_stands_where_the_inventory_says(tmp_path, places, expected):
    room, rack, position, sensor = expected
    profile = (
        f"tables:\n  - entry: {ENTRY}\n    placed: true\n    labels: {{sensor: {{column: 1}}}}\n"
        "    metrics: [{metric: dcops_env_temperature_celsius, column: 2, scale: 1/10}]\n"
    )
    (line,) = told(tmp_path, walk((1, 1, "Probe"), (2, 1, 235)), profile, places=places)

    assert line.startswith("dcops_env_temperature_celsius{")
    assert line.endswith("} 23.5")
    for label, text in (("room", room), ("rack", rack), ("position", position), ("sensor", sensor)):
        assert f'{label}="{text}"' in line
