"""Every fault of every simulated platform, through the wire and the command line: named, with a next step.

All devices that can have a fault are given it at once and read in one backup: a fault costs one backup, however many
platforms there are.
"""

import re

import pytest

from dcops.model.device import WATCHED_PLATFORMS
from lab import platforms
from tests.lab.expected import OK, ROWS

HANG_LIMIT_SECONDS = 6
LIMIT_SECONDS = 40
"""Far more than a healthy device needs, also when several tests share the processor."""
BOOT_PATIENCE = 20


def same_fault(row):
    return row.fault, tuple(row.options.items())


def present(lab, platform):
    """The device of a platform; none when this machine cannot simulate it, and then the lab says why."""
    names = [name for name, device in lab.devices.items() if device["platform"] == platform]
    if not names:
        reason = platforms.BY_NAME[platform].why_not()
        assert reason, f"{platform} has no device in the small lab, and no reason is given"
        pytest.skip(f"{platform}: {reason}")
    return names[0]


@pytest.fixture(scope="module")
def struck(small_lab):
    """The outcome of each device under one fault; each fault is tried once for all platforms."""
    seen = {}

    def outcomes(row):
        key = same_fault(row)
        if key not in seen:
            seen[key] = _strike(small_lab, [each for each in ROWS if same_fault(each) == key])
        return seen[key]

    return outcomes


def _strike(lab, rows):
    victims = {}
    for row in rows:
        found = next((name for name, device in lab.devices.items() if device["platform"] == row.platform), None)
        if found:
            victims[row.platform] = found
    lab.heal()
    lab.settled()
    lab.limit(HANG_LIMIT_SECONDS if rows[0].fault == "hang" else LIMIT_SECONDS)
    for row in rows:
        if row.platform in victims:
            lab.fault(victims[row.platform], row.fault, **row.options)
    try:
        _, items, _ = lab.backup(*(word for name in victims.values() for word in ("--device", name)))
    finally:
        lab.heal()
    return {platform: items[name] for platform, name in victims.items()}


@pytest.fixture(params=sorted({*platforms.BY_NAME} - WATCHED_PLATFORMS))
def platform(request):
    return request.param


def test_every_fault_that_a_device_can_have_has_a_row(lab, platform):
    name = present(lab, platform)

    rows = {row.fault for row in ROWS if row.platform == platform}
    missing = sorted(set(lab.call("GET", f"/devices/{name}")["faults"]) - rows)

    assert not missing, f"add a row to tests/lab/expected.py for {platform}: {', '.join(missing)}"


def test_every_row_is_of_a_platform_that_the_lab_has():
    assert {row.platform for row in ROWS} <= set(platforms.BY_NAME)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_a_fault_is_named_with_its_kind_and_what_to_do_next(lab, struck, row):
    present(lab, row.platform)

    item = struck(row)[row.platform]

    if OK in row.kinds:
        assert item["outcome"] in ("changed", "unchanged"), item
        return
    assert item["outcome"] == ("timeout" if item["error"]["kind"] == "timeout" else "failed"), item
    assert item["error"]["kind"] in row.kinds, item
    assert item["error"]["message"]
    assert item["error"]["next_step"]
    assert not re.search(r"Traceback|0x[0-9a-f]{6,}", item["error"]["message"]), "an exception is no sentence"


@pytest.fixture(scope="module")
def halved(small_lab):
    """What came of every device in two backups, and which refused: first every other one, then those in between."""
    names = list(small_lab.devices)
    seen = []
    for victims in (names[::2], names[1::2]):
        small_lab.heal()
        small_lab.settled()
        small_lab.limit(LIMIT_SECONDS)
        for name in victims:
            small_lab.fault(name, "refuse")
        code, items, _ = small_lab.backup()
        seen.append((victims, code, items))
    small_lab.heal()
    return seen


def test_a_device_that_fails_leaves_the_others_alone(lab, halved, platform):
    name = present(lab, platform)

    for victims, code, items in halved:
        assert code == 1
        if name in victims:
            assert items[name]["error"]["kind"] == "refused"
        else:
            assert items[name]["outcome"] in ("changed", "unchanged")
    assert {name in victims for victims, _, _ in halved} == {True, False}


def test_devices_that_rebooted_are_read_once_they_are_back(lab, struck):
    rebooted = [row for row in ROWS if row.fault == "reboot"]
    for row in rebooted:
        struck(row)
    lab.limit(LIMIT_SECONDS)

    for _ in range(BOOT_PATIENCE):
        code, items, _ = lab.backup()
        if code == 0:
            break

    assert {item["outcome"] for item in items.values()} <= {"changed", "unchanged", "skipped"}, items
