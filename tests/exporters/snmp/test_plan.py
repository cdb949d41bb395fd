"""Each value and each column is asked once, however many profiles want it, and neighbours in one walk."""

from dcops.exporters.snmp.gathered import Gathered
from dcops.exporters.snmp.plan import plan, stretches
from dcops.snmp import oid
from dcops.snmp.ber import INTEGER, OCTET_STRING
from tests.exporters.snmp.asking import profiles_in

ENTRY = "1.3.6.1.4.1.32473.10.1"


def wanted(folder, *columns):
    metrics = "".join(f"      - {{metric: dcops_a_volts, column: {column}}}\n" for column in columns)
    _, profiles = profiles_in(
        folder, p=f"tables:\n  - entry: {ENTRY}\n    labels: {{name: {{index: all}}}}\n    metrics:\n{metrics}"
    )
    return plan(profiles["p"])


def walked(*plans):
    return [(one.first, one.before) for one in stretches(plans)]


def test_neighbours_are_walked_together_and_a_small_gap_with_them(tmp_path):
    assert walked(wanted(tmp_path, 2, 3, 5)) == [(2, 6)]


def test_a_wide_gap_is_not_walked(tmp_path):
    assert walked(wanted(tmp_path, 2, 10, 11)) == [(2, 3), (10, 12)]


def test_two_profiles_that_want_one_column_walk_it_once(tmp_path):
    assert walked(wanted(tmp_path, 2, 3), wanted(tmp_path, 3, 4)) == [(2, 5)]


def test_labels_conditions_and_what_is_read_instead_are_asked_too(tmp_path):
    profile = f"""\
values:
  - metric: dcops_a_volts
    oid: 1.3.6.1.4.1.32473.1.0
    labels: {{name: {{oid: 1.3.6.1.4.1.32473.2.0}}}}
    when: {{oid: 1.3.6.1.4.1.32473.3.0, is: [1]}}
    else: {{oid: 1.3.6.1.4.1.32473.4.0}}
tables:
  - entry: {ENTRY}
    count: 1.3.6.1.4.1.32473.5.0
    labels: {{name: {{column: 9, else: {{column: 14}}}}}}
    keep: [{{column: 20, is: [1]}}]
    metrics: [{{metric: dcops_b_volts, column: 2, else: {{column: 26}}}}]
"""
    _, profiles = profiles_in(tmp_path, p=profile)
    found = plan(profiles["p"])

    assert found.values == {oid.encode(f"1.3.6.1.4.1.32473.{number}.0") for number in (1, 2, 3, 4, 5)}
    assert found.columns == {oid.encode(ENTRY): {2, 9, 14, 20}}
    assert found.rest(Gathered()).columns == {oid.encode(ENTRY): {26}}


def test_what_is_read_instead_is_asked_only_where_the_better_column_has_gaps(tmp_path):
    other = "1.3.6.1.4.1.32473.20.1"
    _, profiles = profiles_in(
        tmp_path,
        p=f"tables:\n  - entry: {ENTRY}\n    labels: {{name: {{column: 1}}}}\n"
        f"    metrics: [{{metric: dcops_b_volts, entry: {other}, column: 2, else: {{column: 26}}}}]\n",
    )
    found = plan(profiles["p"])
    names = [(b"\x01", OCTET_STRING, b"x"), (b"\x02", OCTET_STRING, b"y")]
    numbers = [(b"\x01", INTEGER, b"\x05"), (b"\x02", INTEGER, b"\x06")]

    def rest(cells):
        return found.rest(Gathered({}, {oid.encode(ENTRY): {1: names}, oid.encode(other): {2: cells}})).columns

    assert found.columns == {oid.encode(ENTRY): {1}, oid.encode(other): {2}}
    assert rest(numbers) == {}
    assert rest(numbers[:1]) == {oid.encode(ENTRY): {26}}
    assert rest([*numbers[:1], names[1]]) == {oid.encode(ENTRY): {26}}


def test_what_is_read_instead_of_a_sentinel_is_asked_at_once(tmp_path):
    _, profiles = profiles_in(
        tmp_path,
        p=f"tables:\n  - entry: {ENTRY}\n    labels: {{name: {{index: all}}}}\n"
        "    metrics: [{metric: dcops_b_volts, column: 2, absent: [0], else: {column: 9}}]\n",
    )

    assert plan(profiles["p"]).columns == {oid.encode(ENTRY): {2, 9}}


def test_a_table_that_only_labels_point_to_is_walked(tmp_path):
    other = "1.3.6.1.4.1.32473.20.1"
    label = f"{{entry: {other}, column: 3, pointer: 7, matches: 4}}"
    _, profiles = profiles_in(
        tmp_path,
        p=f"tables:\n  - entry: {ENTRY}\n    labels: {{name: {label}}}\n"
        "    metrics: [{metric: dcops_b_volts, column: 2}]\n",
    )

    assert plan(profiles["p"]).columns == {oid.encode(ENTRY): {2, 7}, oid.encode(other): {3, 4}}
