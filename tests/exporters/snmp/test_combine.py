"""Numbers, labels and rows that take more than one value of the device."""

import pytest

from dcops.errors import InvalidInput
from tests.exporters.snmp.asking import probed, profiles_in, told

ENTRY = "1.3.6.1.4.1.32473.10.1"
OTHER = "1.3.6.1.4.1.32473.20.1"
ONE = "1.3.6.1.4.1.32473.1.0"
TWO = "1.3.6.1.4.1.32473.2.0"


def table(metric, labels="name: {index: all}", more=""):
    return f"tables:\n  - entry: {ENTRY}\n{more}    labels: {{{labels}}}\n    metrics: [{{{metric}}}]\n"


def walk(*cells, entry=ENTRY):
    """Cells as (column, index, tag, value)."""
    return "".join(f"{entry}.{column}.{index}|{tag}|{value}\n" for column, index, tag, value in cells)


def one(folder, value, conversion, *, tag=4, others=""):
    """What a single value becomes; None when it is left out."""
    profile = (
        f"values:\n  - {{metric: dcops_a_volts, oid: {ONE}, {conversion}}}\n  - {{metric: dcops_b_volts, oid: {TWO}}}\n"
    )
    lines = told(folder, f"{ONE}|{tag}|{value}\n{TWO}|2|7\n{others}", profile)
    assert lines[-1] == "dcops_b_volts 7"
    return lines[0].split()[-1] if len(lines) == 2 else None


@pytest.mark.parametrize(
    ("conversion", "cells", "expected"),
    [
        ("times: 4", [(6, 1, 2, 10), (4, 1, 2, 4096)], "40960"),
        ("times: 4, scale: 1/100", [(6, 1, 2, 3), (4, 1, 2, 50)], "1.5"),
        ("times: 4", [(6, 1, 2, 10)], None),
        ("times: 4", [(6, 1, 2, 10), (4, 1, 2, 0)], None),
        ("times: 4", [(6, 1, 2, 10), (4, 1, 2, -1)], None),
        ("times: 4", [(6, 1, 2, 10), (4, 1, 4, "large")], None),
        ("minus: 5", [(6, 1, 70, 2**63), (5, 1, 70, 1)], str(2**63 - 1)),
        ("minus: 5", [(6, 1, 2, 3), (5, 1, 2, 5)], "-2"),
        ("minus: 5", [(6, 1, 2, 3), (5, 2, 2, 5)], None),
        ("of: [6, 7]", [(6, 1, 66, 1), (7, 1, 66, 3)], "0.25"),
        ("of: [6, 7]", [(6, 1, 66, 0), (7, 1, 66, 0)], None),
        ("of: [6, 7]", [(6, 1, 66, 1)], None),
        ("minus: 5, of: 7", [(6, 1, 2, 10), (5, 1, 2, 4), (7, 1, 2, 12)], "0.5"),
    ],
)
def test_columns_of_one_row_make_one_number_or_none(tmp_path, conversion, cells, expected):
    found, text = probed(tmp_path, walk(*cells), p=table(f"metric: dcops_a_volts, column: 6, {conversion}"))
    lines = [line for line in text.splitlines() if line.startswith("dcops_a_volts")]

    assert lines == ([] if expected is None else [f'dcops_a_volts{{name="1"}} {expected}'])
    assert "p" in found.collectors


def test_single_values_make_one_number_too(tmp_path):
    assert one(tmp_path, 7, f"times: {TWO}", tag=2) == "49"
    assert one(tmp_path, 7, f"minus: {TWO}", tag=2) == "0"
    assert one(tmp_path, 7, f"of: [{TWO}, {ONE}]", tag=2) == "0.5"
    assert one(tmp_path, 7, "of: 1.3.6.1.4.1.32473.3.0", tag=2) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [("1.5 KB", "1536.0"), ("2 MB", "2097152"), ("3 XB", None), ("MB", None), ("2", None), ("", None)],
)
def test_a_text_may_hold_a_number_and_its_unit(tmp_path, text, expected):
    conversion = r"parse: '^(?P<value>\d+(?:\.\d+)?) ?(?P<unit>\wB)$', units: {KB: 1024, MB: 1048576}"

    assert one(tmp_path, text, conversion) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("Feb 27 2029", "1866844800"), ("Feb 29 2029", None), ("Dec 31 2999", None), ("never", None), ("", None)],
)
def test_a_text_may_be_a_day(tmp_path, text, expected):
    assert one(tmp_path, text, 'date: "%b %d %Y", most: 7258118400') == expected


def test_octets_that_mean_none_are_left_out(tmp_path):
    none = "big_endian: true, absent: [9223372036854775808]"

    assert one(tmp_path, "8000000000000000", none, tag="4x") is None
    assert one(tmp_path, "7fffffffffffffff", none, tag="4x") == "9223372036854775807"


def test_an_empty_text_is_neither_true_nor_false(tmp_path):
    assert one(tmp_path, "", "true: [Ready]") is None
    assert one(tmp_path, "Degraded", "true: [Ready]") == "0"


@pytest.mark.parametrize(
    ("label", "index", "expected"),
    [
        ("{index: all, add: -1}", "1", "0"),
        ("{index: all, prefix: 'port ', add: -1}", "130", "port 129"),
        ("{index: ^1}", "4.5.6", "6"),
        ("{index: ^2-^1}", "4.5.6", "5.6"),
        ("{index: 0-^2}", "4.5.6", "4.5"),
        ("{index: 1-^1}", "4.5.6", "5.6"),
        ("{index: 0-^3, form: inet}", "2.16.32.1.13.184.0.0.0.0.0.0.0.0.0.0.0.1.2.1", "2001:db8::1"),
        ("{index: 0-^3, form: inet}", "1.4.192.0.2.1.1.1", "192.0.2.1"),
        ("{index: all, form: inet}", "4.20.254.128.0.0.0.0.0.0.0.0.0.0.0.0.0.9.0.0.0.7", "fe80::9%7"),
        (r"{column: 3, parse: '^(?P<value>.+?),? (?:GREEN|RED)'}", "1", "SW#1, Sensor#1"),
        (r"{column: 3, parse: '(?P<value>x+)'}", "1", "SW#1, Sensor#1, RED"),
        ("{column: 9, prefix: 'fan ', else: {index: all, prefix: 'nameless '}}", "7", "nameless 7"),
        ("{column: 4, names: {-1: '', 5: five}, else: {text: none}}", "1", "none"),
    ],
)
def test_a_label_is_cut_put_together_and_counted_from_either_end(tmp_path, label, index, expected):
    cells = walk((2, index, 2, 10), (3, index, 4, "SW#1, Sensor#1, RED"), (4, index, 2, -1))

    assert told(tmp_path, cells, table("metric: dcops_a_volts, column: 2", f"name: {label}")) == [
        f'dcops_a_volts{{name="{expected}"}} 10'
    ]


def test_rows_are_kept_or_left_out_by_a_pattern(tmp_path):
    cells = walk((2, 1, 2, 10), (2, 2, 2, 20), (2, 3, 2, 30), (3, 1, 4, "vol0"), (3, 2, 4, "vol0/.snapshot"))
    metric = "metric: dcops_a_volts, column: 2"

    unlike = table(metric, more=r"    keep: [{column: 3, unlike: '\.snapshot$'}]" + "\n")
    like = table(metric, more=r"    keep: [{column: 3, like: '\.snapshot$'}]" + "\n")
    assert told(tmp_path, cells, unlike) == ['dcops_a_volts{name="1"} 10']
    assert told(tmp_path, cells, like) == ['dcops_a_volts{name="2"} 20']


def test_a_table_stands_in_while_a_value_is_missing(tmp_path):
    profile = table("metric: dcops_a_volts, column: 2", more=f"    when: {{oid: {ONE}, missing: true}}\n")
    cells = walk((2, 1, 2, 10))

    assert told(tmp_path, cells, profile) == ['dcops_a_volts{name="1"} 10']
    assert "dcops_a_volts{" not in probed(tmp_path, f"{ONE}|2|0\n{cells}", p=profile)[1]


def test_a_column_of_another_table_counts_row_by_row_and_the_own_one_where_it_has_gaps(tmp_path):
    profile = table(f"metric: dcops_a_bytes_total, entry: {OTHER}, column: 6, else: {{column: 5}}")
    own = walk((5, 1, 65, 11), (5, 2, 65, 12), (5, 300, 65, 13))
    wide = walk((6, 1, 70, 2**40), (6, 300, 70, 2**41), entry=OTHER)

    assert sorted(told(tmp_path, own + wide, profile)) == [
        'dcops_a_bytes_total{name="1"} 1099511627776',
        'dcops_a_bytes_total{name="2"} 12',
        'dcops_a_bytes_total{name="300"} 2199023255552',
    ]


@pytest.mark.parametrize(
    ("conversion", "mistake"),
    [
        ("times: many", "times: 'many' is no column"),
        ("units: {KB: 1024}", "units needs a pattern"),
        (r"parse: '(?P<value>\d)', units: {KB: 1024}", "units needs a pattern"),
        ("keep: [{column: 3, like: '('}]", "like"),
    ],
)
def test_a_mistake_is_named(tmp_path, conversion, mistake):
    with pytest.raises(InvalidInput) as raised:
        profiles_in(tmp_path, p=table(f"metric: dcops_a_volts, column: 2, {conversion}"))

    assert mistake in str(raised.value)
