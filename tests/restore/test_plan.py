"""The steps of a way for one device: those that concern it, filled in and numbered."""

import pytest

from dcops.model.way_back import Case, Loss, Need, Phase
from dcops.restore import ios, panos
from dcops.restore.plan import concern, walked
from dcops.restore.signs import sign

KNOWN = {
    "stem": "r1-1a2b3c4d",
    "file": "r1-1a2b3c4d.cfg",
    "device": "r1",
    "dcops": "dcops",
    "revision": "1a2b3c4d",
    "source": "running",
    "flash": "flash:",
}
REPLACEMENT, REPAIR = ios.WAY_BACK.ways


def typed(way, lines, phase=None, **more):
    planned = walked(way, KNOWN, lines, in_inventory=True, **more)
    return [line for step in planned.steps if phase in (None, step.phase) for line in step.types]


def test_steps_are_numbered_from_the_first_to_the_last():
    planned = walked(REPLACEMENT, KNOWN, [], in_inventory=True)

    assert [step.number for step in planned.steps] == list(range(1, len(planned.steps) + 1))
    assert list(dict.fromkeys(step.phase for step in planned.steps)) == list(Phase)
    assert planned.case is Case.REPLACEMENT


def test_the_first_command_opens_the_sealed_file():
    assert typed(REPLACEMENT, [])[0] == (
        "dcops archive export r1 --at 1a2b3c4d --source running --to r1-1a2b3c4d.cfg --identity KEY"
    )


@pytest.mark.parametrize(
    ("line", "command"),
    [
        ("snmp-server group NOC v3 priv", "snmp-server user USER GROUP v3 auth sha PASSWORD priv aes 128 PASSWORD"),
        ("crypto isakmp key 6 <secret:000000000000> address 192.0.2.1", "key config-key password-encrypt"),
        (" standby 1 ip 192.0.2.1", "show standby brief"),
        ("router bgp 64512", "show bgp all summary"),
        (" switchport mode access", "show vlan brief"),
    ],
)
def test_a_step_stands_in_the_plan_of_a_router_that_has_what_it_is_for(line, command):
    assert command in typed(REPLACEMENT, [line])
    assert command not in typed(REPLACEMENT, ["hostname r1"])
    assert command in typed(REPLACEMENT, None), "a step that may be needed stays when nobody can look"


def test_with_an_archive_the_router_takes_the_change_back_by_itself():
    lines = ["archive", " path flash:backup"]

    assert typed(REPAIR, lines, Phase.RESTORE) == [
        "configure replace flash:r1-1a2b3c4d-load.cfg force revert trigger error timer 10"
    ]
    assert "configure confirm" in typed(REPAIR, lines, Phase.CHECK)
    assert "configure revert now" in typed(REPAIR, lines, Phase.UNDO)


def test_without_an_archive_no_timer_is_promised():
    assert typed(REPAIR, ["hostname r1"], Phase.RESTORE) == ["configure replace flash:r1-1a2b3c4d-load.cfg force"]
    assert "configure confirm" not in typed(REPAIR, ["hostname r1"])


def test_where_dcops_cannot_reach_the_device_nothing_promises_that_it_can():
    planned = walked(REPAIR, KNOWN, [], in_inventory=False)
    commands = [line for step in planned.steps for line in step.types if line.startswith("dcops ")]

    assert not [line for line in commands if line.split()[1] in ("backup", "trust", "device")]
    assert "dcops archive show r1 --at 1a2b3c4d --source running" in commands


def test_a_member_of_a_pair_is_suspended_before_its_cables_go_in():
    replacement = panos.WAY_BACK.ways[0]
    pair = walked(replacement, KNOWN, ["<high-availability>"], in_inventory=True)
    alone = walked(replacement, KNOWN, ["<system>"], in_inventory=True)

    suspended = next(step for step in pair.steps if "request high-availability state suspend" in step.types)
    joined = next(step for step in pair.steps if "request high-availability state functional" in step.types)
    assert suspended.number < joined.number
    assert not [step for step in alone.steps if any("high-availability" in line for line in step.types)]


def test_a_concern_without_a_sign_is_everybodys():
    assert concern(Need("The same model"), ["x"]).concerns
    assert concern(Need("The same model"), None).concerns


def test_a_concern_with_a_sign_is_that_of_who_shows_it():
    loss = Loss("licences", "move them", sign("^license"))

    assert concern(loss, ["license boot"]).trace
    assert not concern(loss, ["hostname r1"]).concerns
    unseen = concern(loss, None)
    assert (unseen.concerns, unseen.looked, unseen.trace) == (True, False, None)
