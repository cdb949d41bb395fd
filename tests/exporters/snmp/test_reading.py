"""Profiles and the catalogue are read strictly: every mistake has a file and a line."""

import pytest
import yaml

from bench.snmp import exporters
from dcops.errors import InvalidInput
from dcops.exporters import catalogue
from dcops.exporters.snmp import reading, shelf
from tests.exporters.snmp.asking import HEAD, profiles_in

TABLE = """\
title: T
reference: R
identify: {below: [1.3.6.1.4.1.32473]}
tables:
  - entry: 1.3.6.1.4.1.32473.1.1
    labels:
      name: {index: all}
    metrics:
      - {metric: dcops_a_volts, column: 2}
"""


def refused(folder, text, name="p"):
    with pytest.raises(InvalidInput) as caught:
        profiles_in(folder, **{name: text})
    return str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("column: 2", "colum: 2", 9, "unknown key 'colum', did you mean column?"),
        (", column: 2", "", 9, "missing key column"),
        ("column: 2", "column: x", 9, "column must be a number"),
        ("column: 2", "column: 2, scale: ten", 9, "scale is 'ten', and no number"),
        ("column: 2", "column: 2, scale: 1/0", 9, "scale is '1/0', and no number"),
        ("column: 2", "column: 2, parse: '[0-9]+'", 9, "has no group (?P<value>"),
        ("column: 2", "column: 2, parse: '((?P<value>[0-9]+)+)+x'", 9, "repeats what already repeats"),
        ("column: 2", "column: 2, states: {up: 1}, label: state", 9, "'up' is no number of a state"),
        ("dcops_a_volts", "dcops_a_volt", 9, "the catalogue has no metric dcops_a_volt, did you mean dcops_a_volts?"),
        ("name: {index: all}", "colour: {index: all}", 9, "dcops_a_volts has no label colour"),
        ("name: {index: all}", "device: {index: all}", 7, "device is a label that discovery or Prometheus sets"),
        ("name: {index: all}", "job: {index: all}", 7, "job is a label that discovery or Prometheus sets"),
        ("name: {index: all}", "Name: {index: all}", 7, "'Name' is no name of a label"),
        ("index: all", "index: some", 7, "index is 'some', not all, a number"),
        ("{index: all}", "{form: ipv4}", 7, "says nowhere where its text comes from"),
        ("index: all", "index: all, form: ipv5", 7, "did you mean ipv4?"),
        ("1.3.6.1.4.1.32473.1.1", "1.3.6.1.4.one", 5, "entry is '1.3.6.1.4.one', and no object identifier"),
        ("below: [1.3.6.1.4.1.32473]", "below: []", 3, "one of ask, below and system"),
        ("below: [1.3.6.1.4.1.32473]", "below: [9.9.9]", 3, "no object identifier"),
        ("title: T\n", "", 1, "missing key title"),
        ("reference: R", "reference: R\nreference: S", 3, "reference is said twice, first on line 2"),
        ("metrics:", "\tmetrics:", 8, "not valid YAML"),
    ],
)
def test_a_mistake_is_told_with_its_file_and_line(tmp_path, old, new, line, words):
    assert old in TABLE
    said = refused(tmp_path, TABLE.replace(old, new, 1))

    assert words in said
    assert f"{tmp_path}/snmp/p.yaml:{line}: " in said


def test_all_mistakes_of_all_files_are_told_at_once(tmp_path):
    profiles_in(tmp_path, good=TABLE)
    (tmp_path / "snmp/a.yaml").write_text(TABLE.replace("column", "colum"))
    said = refused(tmp_path, TABLE.replace("title", "titel"))

    assert "a.yaml:9" in said
    assert "p.yaml:1" in said
    assert "good.yaml" not in said


def test_a_profile_instead_of_one_that_is_not_there_is_refused(tmp_path):
    text = HEAD.replace("ask:", "instead_of: [nobody], ask:") + "values: []\n"

    assert "p.yaml:1: instead_of names 'nobody'" in refused(tmp_path, text)


def test_the_file_is_the_name_of_the_profile(tmp_path):
    assert "'Big_Name' is no name of a profile" in refused(tmp_path, TABLE, name="Big_Name")


def test_a_file_of_the_site_takes_the_place_of_the_shipped_one(tmp_path):
    known, profiles = profiles_in(tmp_path / "shipped" if (tmp_path / "shipped").mkdir() is None else tmp_path, p=TABLE)
    own = tmp_path / "own"
    own.mkdir()
    (own / "p.yaml").write_text(TABLE.replace("title: T", "title: ours"))

    assert profiles["p"].title == "T"
    assert reading.load([own, tmp_path / "shipped/snmp"], known)["p"].title == "ours"


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("dcops_x_volts: {type: gauge}", 1, "missing key help"),
        ("dcops_x_volts: {type: gage, help: H.}", 1, "type is 'gage', did you mean gauge?"),
        ("x_volts: {type: gauge, help: H.}", 1, "'x_volts' is no name of a metric"),
        ("dcops_x_total: {type: gauge, help: H.}", 1, "counters end in _total"),
        ("dcops_x_bytes: {type: counter, help: H.}", 1, "counters end in _total"),
        ("dcops_x_volts: {type: gauge, help: H., labels: [site]}", 1, "site is a label that discovery"),
        ("\ndcops_x_volts: {type: gauge, help: H., labls: [x]}", 2, "unknown key 'labls', did you mean labels?"),
    ],
)
def test_the_catalogue_is_as_strict(tmp_path, text, line, words):
    file = tmp_path / "catalogue.yaml"
    file.write_text(text)
    with pytest.raises(InvalidInput) as caught:
        catalogue.load([file])

    assert words in str(caught.value)
    assert f"{file}:{line}: " in str(caught.value)


def test_a_site_adds_metrics_of_its_own_and_changes_none_that_ships(tmp_path):
    (tmp_path / "exporters").mkdir()
    file = tmp_path / "exporters/catalogue.yaml"
    file.write_text("dcops_room_flamingos: {type: gauge, help: Flamingos., labels: [colour]}\n")

    assert "dcops_room_flamingos" in shelf.load(tmp_path).catalogue.metrics

    file.write_text("dcops_if_oper_up: {type: gauge, help: Other.}\n")
    with pytest.raises(InvalidInput, match=r"catalogue.yaml:1: .*has dcops_if_oper_up already"):
        shelf.load(tmp_path)


def test_the_benchmark_compares_what_its_peer_is_told_to_read(tmp_path):
    """Both name the same metrics; the benchmark itself compares what they say."""
    exporters.write_site(tmp_path, [161])
    ours = shelf.load(tmp_path).profiles[exporters.PROFILE]
    module = yaml.safe_load((exporters.COLUMNS / "snmp.yml").read_text())["if_mib"]

    theirs = {one["name"] + ("_info" if one["type"] == "EnumAsInfo" else "") for one in module["metrics"]}
    assert theirs == set(ours.metrics)
    assert len(theirs) > 35
