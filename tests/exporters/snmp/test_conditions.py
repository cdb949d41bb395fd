"""Values that count only sometimes: while another one says so, in rows that are there, in the unit that a row has."""

from tests.exporters.snmp.asking import probed

ENTRY = "1.3.6.1.4.1.32473.10.1"
SOURCE = "1.3.6.1.4.1.32473.1.0"
MINUTES = "1.3.6.1.4.1.32473.2.0"
RUNTIME = f"""\
values:
  - metric: dcops_a_volts
    oid: {MINUTES}
    absent: [0]
    else: {{oid: {MINUTES}, when: {{oid: {SOURCE}, is: [5]}}}}
"""


def told(folder, walk, profile):
    """The lines of the one metric, which may be none."""
    return [line for line in probed(folder, walk, p=profile)[1].splitlines() if line.startswith("dcops_a_volts")]


def test_a_zero_counts_only_while_another_value_says_so(tmp_path):
    on_mains, on_battery = f"{SOURCE}|2|3\n{MINUTES}|2|0\n", f"{SOURCE}|2|5\n{MINUTES}|2|0\n"

    assert told(tmp_path, on_mains, RUNTIME) == []
    assert told(tmp_path, on_battery, RUNTIME) == ["dcops_a_volts 0"]


def test_a_value_that_is_not_there_is_none_of_those_that_are_excluded(tmp_path):
    profile = f"values:\n  - {{metric: dcops_a_volts, oid: {MINUTES}, when: {{oid: {SOURCE}, isnt: [4, 5]}}}}\n"

    assert told(tmp_path, f"{MINUTES}|2|7\n", profile) == ["dcops_a_volts 7"]
    assert told(tmp_path, f"{SOURCE}|2|4\n{MINUTES}|2|7\n", profile) == []


def test_a_table_counts_only_while_a_value_says_so(tmp_path):
    profile = (
        f"tables:\n  - entry: {ENTRY}\n    when: {{oid: {SOURCE}, is: [3]}}\n    labels: {{name: {{index: all}}}}\n"
        "    metrics:\n      - {metric: dcops_a_volts, column: 2}\n"
    )

    assert told(tmp_path, f"{SOURCE}|2|3\n{ENTRY}.2.1|2|230\n", profile) == ['dcops_a_volts{name="1"} 230']
    assert told(tmp_path, f"{SOURCE}|2|1\n{ENTRY}.2.1|2|230\n", profile) == []


def test_rows_beyond_the_number_of_rows_are_none(tmp_path):
    rows = "".join(f"{ENTRY}.2.{row}|2|{volts}\n" for row, volts in ((1, 230), (2, 0), (3, 0)))
    profile = (
        f"tables:\n  - entry: {ENTRY}\n    count: {SOURCE}\n    labels: {{name: {{index: all}}}}\n"
        "    metrics:\n      - {metric: dcops_a_volts, column: 2}\n"
    )

    assert told(tmp_path, f"{SOURCE}|2|1\n{rows}", profile) == ['dcops_a_volts{name="1"} 230']
    assert len(told(tmp_path, rows, profile)) == 3, "a device that does not tell the number has all its rows"


def test_each_row_may_have_its_own_unit_of_temperature(tmp_path):
    rows = f"{ENTRY}.2.1|2|22\n{ENTRY}.2.2|2|716\n{ENTRY}.3.1|2|1\n{ENTRY}.3.2|2|2\n"
    profile = (
        f"tables:\n  - entry: {ENTRY}\n    labels: {{name: {{index: all}}}}\n    metrics:\n"
        "      - {metric: dcops_a_volts, column: 2, scale: 1/10, fahrenheit: {column: 3, is: 2}}\n"
    )

    assert told(tmp_path, rows, profile) == ['dcops_a_volts{name="1"} 2.2', 'dcops_a_volts{name="2"} 22']
