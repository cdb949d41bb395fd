"""Every shipped profile against walks of its devices, through a real socket: the series are those that people read."""

import ast
import re
import shutil
import subprocess
from collections import Counter
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from dcops.exporters.snmp import reading, shelf
from dcops.exporters.snmp.page import page
from tests.snmp_walks import EXPECTED, MARK, series, told, walks

WALKS = walks()
KNOWN = shelf.load()
WRITE = "python -m tests.snmp_walks"

each_walk = pytest.mark.parametrize("walk", WALKS, ids=str)


@pytest.fixture(scope="module")
def asked():
    """The probe of a walk, made once."""
    made = {}

    def ask(walk):
        if walk not in made:
            made[walk] = told(walk, walk.profiles, KNOWN)
        return made[walk]

    return ask


def test_there_are_walks_and_no_two_of_one_name():
    names = Counter(walk.file.stem for walk in WALKS)

    assert names
    assert not [name for name, count in names.items() if count > 1]


@each_walk
def test_a_walk_gives_the_series_that_are_expected_of_it(walk, asked):
    assert walk.expected.exists(), f"write it and read it: {WRITE} {walk} PROFILE..."
    assert walk.profiles, f"its first line must name the profiles: {MARK} a b"

    assert series(asked(walk), KNOWN) == walk.expected.read_text().partition("\n")[2]


@each_walk
def test_each_of_its_profiles_has_something_to_tell_and_none_tells_what_another_did(walk, asked):
    found = asked(walk)

    assert not found.failures
    assert not found.empty
    assert not found.samples.dropped


@each_walk
def test_no_series_stands_twice_and_every_value_is_a_number(walk, asked):
    found = Counter()
    for family in text_string_to_metric_families(page(asked(walk), KNOWN.catalogue)):
        assert family.documentation
        for sample in family.samples:
            found[sample.name, tuple(sorted(sample.labels.items()))] += 1
            assert abs(sample.value) < 2**64, sample
    assert found
    assert not [one for one, count in found.items() if count > 1]


@pytest.mark.skipif(not shutil.which("promtool"), reason="promtool (package prometheus) is not installed")
@each_walk
def test_promtool_has_nothing_to_say(walk, asked):
    done = subprocess.run(
        ["promtool", "check", "metrics"],
        input=page(asked(walk), KNOWN.catalogue),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_every_profile_is_held_to_at_least_one_walk():
    assert not set(KNOWN.profiles) - {name for walk in WALKS for name in walk.profiles}


def test_what_is_expected_belongs_to_a_walk():
    assert {file.name for file in EXPECTED.iterdir()} == {walk.expected.name for walk in WALKS}


PAGE = Path(__file__).resolve().parents[2] / "docs/reference/profiles.md"
SECTION = {"text", "texts", "number", "flag", "choice", "pattern", "section", "sections"}
OURS = {"_oid", "_oids", "_bound", "_fraction", "_operands"}


def keys():
    """Every key that the reader asks a file for."""
    for call in ast.walk(ast.parse(Path(reading.__file__).read_text())):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute):
            place = 0 if call.func.attr in SECTION else 1 if call.func.attr in OURS else None
            if place is not None and len(call.args) > place and isinstance(call.args[place], ast.Constant):
                yield call.args[place].value


def test_every_key_stands_in_the_page_of_profiles():
    page = PAGE.read_text(encoding="utf-8")
    told = set(re.findall(r"`(?:identify\.|limits\.)?([a-z_]+)`", page))

    found = set(keys())
    assert {"metric", "entry", "oid", "scale", "least"} <= found
    assert not {key for key in found if key not in told and f"`{key}:" not in page and f"({key})" not in page} - {
        "identify",
        "limits",
    }


def test_the_example_of_the_page_is_a_profile(tmp_path):
    example = PAGE.read_text(encoding="utf-8").split("```yaml\n", 1)[1].split("```", 1)[0]
    (tmp_path / "example-ups.yaml").write_text(example)
    profiles = reading.load([tmp_path, shelf.folders(None)[0] / "snmp"], KNOWN.catalogue)

    assert profiles["example-ups"].metrics == (
        "dcops_ups_battery_charge_ratio",
        "dcops_ups_output_active_power_watts",
        "dcops_ups_output_source",
        "dcops_ups_output_voltage_volts",
    )
