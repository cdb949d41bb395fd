"""What a box is recognised by, through a real socket."""

import asyncio
from dataclasses import replace

import pytest

from dcops.errors import DeviceError, ErrorKind
from dcops.exporters.snmp.identify import identify, identify_all
from dcops.snmp.client import Client
from lab.snmp import serve
from tests.exporters.snmp.asking import profiles_in, target_of

UPS = """\
1.3.6.1.2.1.1.1.0|4|A UPS  card
1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.32473.7.1
1.3.6.1.4.1.32473.1.0|2|5
1.3.6.1.4.1.32473.2.1.1.1|4|one
1.3.6.1.4.1.32473.2.1.1.2|4|two
"""


def profile(identify):
    return f"title: T\nreference: R\nidentify: {identify}\nvalues: []\n"


PROFILES = {
    "by-value": profile("{ask: [1.3.6.1.4.1.32473.99.0, 1.3.6.1.4.1.32473.1.0]}"),
    "by-table": profile("{below: [1.3.6.1.4.1.32473.2.1.1], instead_of: [by-value]}"),
    "by-object": profile("{system: [1.3.6.1.4.1.32473.7]}"),
    "no-object": profile("{system: [1.3.6.1.4.1.32473.70, 1.3.6.1.4.1.32473.7.1.1]}"),
    "no-value": profile("{ask: [1.3.6.1.4.1.32473.99.0]}"),
    "no-table": profile("{below: [1.3.6.1.4.1.32473.3]}"),
}


def identified(folder, walk, *, fault=None):
    _, profiles = profiles_in(folder, **PROFILES)

    async def ask():
        async with serve([walk]) as (served,):
            if fault:
                served.fault(fault)
            return await identify(Client(), target_of(served), profiles, seconds=5)

    return asyncio.run(ask())


def test_a_profile_fits_by_a_value_a_table_or_the_object_id_and_says_by_what(tmp_path):
    found = identified(tmp_path, UPS)

    assert (found.description, found.object_id) == ("A UPS card", "1.3.6.1.4.1.32473.7.1")
    assert {one.profile: one.reason for one in found.recognised} == {
        "by-value": "it has 1.3.6.1.4.1.32473.1.0 = 5",
        "by-table": "it has 2 values below 1.3.6.1.4.1.32473.2.1.1",
        "by-object": "its sysObjectID is 1.3.6.1.4.1.32473.7.1",
    }


def test_the_one_that_says_it_better_is_proposed_in_the_place_of_the_other(tmp_path):
    found = identified(tmp_path, UPS)

    assert found.proposed == ("by-object", "by-table")
    assert found.missing(["by-object"]) == ("by-table",)
    assert found.surplus(["by-object", "by-value", "no-table", "system"]) == {
        "by-value": "by-table tells the same, and better",
        "no-table": "the device has nothing of what it is recognised by",
    }


def test_small_answers_and_lost_ones_change_nothing(tmp_path):
    assert identified(tmp_path, UPS, fault="too_big").proposed == ("by-object", "by-table")


def test_a_box_that_nobody_knows_is_described_and_gets_no_profile(tmp_path):
    found = identified(tmp_path, "1.3.6.1.2.1.1.1.0|4|A box\n")

    assert (found.description, found.proposed) == ("A box", ())


def test_a_view_that_shows_nothing_is_said_to_be_one(tmp_path):
    with pytest.raises(DeviceError, match="shows nothing") as caught:
        identified(tmp_path, "1.3.6.1.4.1.99999.1.0|2|1\n")

    assert caught.value.kind is ErrorKind.DENIED


def test_a_silent_box_takes_nothing_away_from_the_others(tmp_path):
    _, profiles = profiles_in(tmp_path, **PROFILES)

    async def ask():
        async with serve([UPS, UPS]) as (loud, silent):
            silent.fault("hang")
            unknown = DeviceError(ErrorKind.AUTH, "no login")
            asked = [
                ("loud", target_of(loud)),
                ("silent", replace(target_of(silent), name="silent")),
                ("unknown", unknown),
            ]
            return await identify_all(asked, profiles, seconds=3)

    found = asyncio.run(ask())

    assert found["loud"].proposed == ("by-object", "by-table")
    assert found["silent"].kind is ErrorKind.TIMEOUT
    assert found["unknown"].message == "no login"
