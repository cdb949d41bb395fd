"""Kinds of notifications: which number is which, and mistakes in a file of a site's own."""

import pytest

from dcops.errors import InvalidInput
from dcops.exporters.traps.kinds import load
from tests.exporters.traps.sending import KINDS

ALARM = "1.3.6.1.2.1.33.1.6.2.1.2.9"
WELL_KNOWN = "1.3.6.1.2.1.33.1.6.3"


@pytest.mark.parametrize(
    ("oid", "kind"),
    [
        ("1.3.6.1.2.1.33.2.1", "ups_on_battery"),
        ("1.3.6.1.2.1.33.2.0.1", "ups_on_battery"),
        ("1.3.6.1.4.1.318.0.9", "ups_on_mains"),
        ("1.3.6.1.4.1.318.0.999", "apc"),
        ("1.3.6.1.4.1.534.1.11.4.1.0.3", "ups_on_battery"),
        ("1.3.6.1.6.3.1.1.5.4", "link_up"),
        ("1.3.6.1.4.1.25461.2.1.3.2.0.600", "pan_os"),
        ("1.3.6.1.4.1.32473.1.0.1", "other"),
        ("1.3.6.1.4.1.3180.0.5", "other"),
        ("", "other"),
    ],
)
def test_a_number_is_of_its_kind_with_or_without_the_0_of_version_1(oid, kind):
    assert KINDS.of(oid, {}).name == kind


@pytest.mark.parametrize(
    ("oid", "alarm", "kind"),
    [
        ("1.3.6.1.2.1.33.2.3", "2", "ups_alarm_on_battery"),
        ("1.3.6.1.2.1.33.2.4", "2", "ups_alarm_on_battery_over"),
        ("1.3.6.1.2.1.33.2.3", "5", "ups_alarm_temperature"),
        ("1.3.6.1.2.1.33.2.3", "20", "ups_alarm_begins"),
    ],
)
def test_an_alarm_of_a_ups_is_what_its_variable_says(oid, alarm, kind):
    assert KINDS.of(oid, {ALARM: f"{WELL_KNOWN}.{alarm}"}).name == kind


def test_each_state_that_begins_also_ends():
    begun = {kind.state for kind in KINDS.known if kind.state and kind.begins}
    ended = {kind.state for kind in KINDS.known if kind.state and not kind.begins}

    assert begun == ended == set(KINDS.states)


def test_a_kind_of_the_site_comes_before_those_that_ship(tmp_path):
    own, shipped = tmp_path / "own.yaml", tmp_path / "shipped.yaml"
    own.write_text("door: {title: A door, oid: [1.3.6.1.6.3.1.1.5.3], tell: true}\n")
    shipped.write_text("link_down: {title: A link, oid: [1.3.6.1.6.3.1.1.5.3]}\n")

    assert load([own, shipped]).of("1.3.6.1.6.3.1.1.5.3", {}).name == "door"


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        ("a: {title: A}", "one of oid and below"),
        ("a: {title: A, oid: [ifDown]}", "no object identifier"),
        ("Other-1: {title: A, oid: [1.3.6]}", "no name of a kind"),
        ("other: {title: A, oid: [1.3.6]}", "no name of a kind"),
        ("a: {title: A, oid: [1.3.6], sets: {dcops_x: 1}}", "no name of a state"),
        ("a: {title: A, oid: [1.3.6], tel: true}", "unknown key"),
    ],
)
def test_a_mistake_is_named_with_its_line(tmp_path, text, mistake):
    file = tmp_path / "traps.yaml"
    file.write_text(text + "\n")

    with pytest.raises(InvalidInput, match=mistake) as caught:
        load([file])
    assert f"{file}:1:" in str(caught.value)
