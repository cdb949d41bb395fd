"""The labels of a row: from its columns, its index, another table or the profile itself."""

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.exporters.snmp.asking import told

ENTRY = "1.3.6.1.4.1.32473.10.1"
OTHER = "1.3.6.1.4.1.32473.20.1"


def name_of(folder, source, walk, index="1"):
    """The label `name` of the one row of a table."""
    profile = (
        f"tables:\n  - entry: {ENTRY}\n    labels: {{name: {source}}}\n"
        "    metrics: [{metric: dcops_a_volts, column: 2}]\n"
    )
    lines = told(folder, f"{ENTRY}.2.{index}|2|5\n{walk}", profile)
    (sample,) = next(iter(text_string_to_metric_families("\n".join(lines)))).samples
    return sample.labels["name"]


@pytest.mark.parametrize(
    ("source", "walk", "index", "expected"),
    [
        ("{column: 3}", f"{ENTRY}.3.1|4|Feed A", "1", "Feed A"),
        ("{column: 3}", f"{ENTRY}.3.1|2|17", "1", "17"),
        ("{column: 3}", f"{ENTRY}.3.1|64|192.0.2.7", "1", "192.0.2.7"),
        ("{column: 3}", f"{ENTRY}.3.1|4x|4665656420410000", "1", "Feed A"),
        ("{column: 3}", f'{ENTRY}.3.1|4|say "hi" \\ bye', "1", 'say "hi" \\ bye'),
        ("{column: 3}", f"{ENTRY}.3.1|4x|610d62", "1", "a b"),
        ("{column: 3}", f"{ENTRY}.3.1|4x|610a62", "1", "a\nb"),
        ("{column: 3}", f"{ENTRY}.3.1|4x|ff41", "1", "\ufffdA"),
        ("{column: 3}", f"{ENTRY}.3.1|4|{'x' * 300}", "1", "x" * 200),
        ("{column: 3, else: {index: all}}", "", "1.300", "1.300"),
        ("{column: 3, else: {index: all}}", f"{ENTRY}.3.7|4|", "7", "7"),
        ("{index: 1}", "", "4.5.6", "5"),
        ("{index: 1-}", "", "4.5.6", "5.6"),
        ("{index: 0-1}", "", "4.5.6", "4.5"),
        ("{index: all, form: ipv4}", "", "192.0.2.9", "192.0.2.9"),
        ("{index: all, form: inet}", "", "1.4.192.0.2.9", "192.0.2.9"),
        ("{index: all, form: inet}", "", "2.16.32.1.13.184.0.0.0.0.0.0.0.0.0.0.0.1", "2001:db8::1"),
        ("{index: all, form: text}", "", "3.97.98.99", "abc"),
        ("{index: all, form: implied text}", "", "97.98.99", "abc"),
        ("{index: all, form: hex}", "", "0.94.255", "005eff"),
        ("{index: all, names: {'7': seven}}", "", "7", "seven"),
        ("{index: all, names: {'7': seven}}", "", "8", "8"),
        ("{text: fixed}", "", "8", "fixed"),
        ("{oid: 1.3.6.1.4.1.32473.1.0}", "1.3.6.1.4.1.32473.1.0|4|whole", "8", "whole"),
        (f"{{entry: {OTHER}, column: 1}}", f"{OTHER}.1.8|4|joined", "8", "joined"),
        (f"{{entry: {OTHER}, column: 1, index: 0}}", f"{OTHER}.1.8|4|part", "8.2", "part"),
        (f"{{entry: {OTHER}, column: 1, pointer: 4}}", f"{ENTRY}.4.8|2|33\n{OTHER}.1.33|4|pointed", "8", "pointed"),
        (
            f"{{entry: {OTHER}, column: 1, pointer: 4}}",
            f"{ENTRY}.4.8|6|1.3.6.1.2.1.2.2.1.1.33\n{OTHER}.1.33|4|by oid",
            "8",
            "by oid",
        ),
        (
            f"{{entry: {OTHER}, column: 1, pointer: 4, matches: 2}}",
            f"{ENTRY}.4.8|4|key\n{OTHER}.1.33|4|matched\n{OTHER}.2.33|4|key",
            "8",
            "matched",
        ),
        (f"{{entry: {OTHER}, column: 1, pointer: 4, else: {{text: none}}}}", f"{ENTRY}.4.8|2|-1", "8", "none"),
        ("{column: 300}", f"{ENTRY}.300.1|4|wide", "1", "wide"),
    ],
)
def test_a_label_comes_from_where_the_profile_says(tmp_path, source, walk, index, expected):
    assert name_of(tmp_path, source, walk, index) == expected
