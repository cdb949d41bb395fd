"""Every platform that is read has an honest way back: complete, filled in, and plain about what nobody has tried."""

import re
from pathlib import Path

import pytest

from dcops.devices.platforms import load
from dcops.devices.registry import Drivers
from dcops.model.snapshot import ConfigSource
from dcops.model.way_back import PLACEHOLDER, PLACEHOLDERS, Case
from dcops.restore import catalog, common, own_file
from dcops.restore.plan import walked

ROOT = Path(__file__).resolve().parents[2]
DESCRIBED = load([ROOT / "platforms"])
ALL = {name: catalog.way_back(name, DESCRIBED.get) for name in (*catalog.WAYS, *DESCRIBED)}
TOLD = {name: way_back for name, way_back in ALL.items() if name != "generic"}
KNOWN = {"stem": "r1-1a2b3c4d", "file": "r1-1a2b3c4d.cfg"}


@pytest.fixture(params=sorted(TOLD))
def way_back(request):
    return TOLD[request.param]


@pytest.fixture
def steps(way_back):
    return [step for way in way_back.ways for step in (*way.before, *way.restore, *way.check, *way.undo)]


def test_every_driver_of_ours_has_a_way_back():
    assert set(catalog.WAYS) == set(Drivers().platforms())


def test_every_shipped_description_but_the_general_one_says_how_it_comes_back():
    assert {name for name, platform in DESCRIBED.items() if platform.restore is None} == {"generic"}


def test_it_says_how_far_it_was_tried(way_back):
    assert re.search(
        r"not (?:tried|walked)|unproven|was not walked|no whole server was", way_back.proven, re.IGNORECASE
    )


def test_it_names_what_must_be_so_and_what_never_comes_back(way_back):
    assert len(way_back.needs) >= 2
    assert len(way_back.losses) >= 3
    assert all(loss.what and loss.instead for loss in way_back.losses)


def test_there_is_a_way_for_a_dead_one_and_a_person_can_turn_back(way_back):
    assert any(way.case is Case.REPLACEMENT for way in way_back.ways)
    for way in way_back.ways:
        assert common.EXPORT in way.before
        assert way.restore
        assert way.undo


def test_a_state_is_never_sent(way_back):
    assert all(source is not ConfigSource.STATE for way in way_back.ways for source in way.sends)
    assert catalog.ways_for(way_back, ConfigSource.STATE) == ()


def test_an_own_backup_file_always_has_a_way(way_back):
    assert catalog.ways_for(way_back, ConfigSource.FILE)


def test_every_word_in_braces_stands_for_something(way_back, steps):
    known = {*PLACEHOLDERS, *way_back.values, "title"}
    texts = [text for step in steps for text in (step.what, step.unproven, *step.types)]
    texts += [way_back.no_way, *(need.what for need in way_back.needs), *(loss.instead for loss in way_back.losses)]

    assert [match[0] for text in texts for match in PLACEHOLDER.finditer(text) if match[1] not in known] == []


def test_needs_and_losses_have_no_words_in_braces(way_back):
    texts = [need.what for need in way_back.needs] + [f"{loss.what}{loss.instead}" for loss in way_back.losses]

    assert [text for text in texts if PLACEHOLDER.search(text)] == []


def test_a_prepared_file_is_made_and_removed(way_back):
    for way in way_back.ways:
        planned = walked(way, KNOWN, None, in_inventory=True)
        made = [line for step in planned.steps for line in step.types if line.startswith("(umask 077; sed ")]
        removed = [line for step in planned.steps for line in step.types if line.startswith("shred -u ")]
        assert bool(made) == bool(way.load_suffix)
        assert removed == [f"shred -u {KNOWN['file']}" + (f" {KNOWN['stem']}{way.load_suffix}" if made else "")]


def test_no_secret_stands_in_a_command(steps):
    typed = " ".join(line for step in steps for line in step.types)

    assert not re.search(r"(?i)password [a-z0-9]*[0-9][a-z0-9]*\b|auth sha (?!PASSWORD)", typed)


def test_a_platform_that_nobody_has_described_gets_no_invented_command():
    way_back = catalog.way_back("some-os", DESCRIBED.get)

    assert way_back is own_file.WAY_BACK
    (way,) = way_back.ways
    assert any(step.unproven for step in way.restore)
    assert all(line.startswith("{dcops}") for step in (*way.before, *way.restore) for line in step.types)


def test_the_general_description_says_that_nothing_is_written_down():
    assert "Nobody has written down" in ALL["generic"].no_way
    assert "Any command line" in ALL["generic"].no_way


def test_descriptions_are_not_read_for_a_platform_of_ours():
    def read(platform):
        raise AssertionError("a broken description would stop a plan that does not need it")

    assert catalog.way_back("panos", read).title == "Palo Alto PAN-OS"
