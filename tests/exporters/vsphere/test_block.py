"""Lines of one object: what cannot be told is absent, and names cannot break the page."""

import pytest

from dcops.exporters.vsphere.block import Block, together
from tests.exporters.vsphere.things import series

ODD = [
    'quo"te',
    "back\\slash",
    "new\nline",
    "Máy chủ dữ liệu",
    "tab\tand\rreturn",
    "{brace=1} 2",
    "x" * 80,
    "#",
    "é" * 80,
]


@pytest.mark.parametrize("name", ODD)
def test_a_name_comes_back_as_it_was_written(name):
    block = Block("vc-main", "datastore-1")
    block.info("dcops_datastore_info", {"datastore": name})

    ((labels,),) = series(block.lines).values()

    assert dict(labels)["datastore"] == name.replace("\r", " ")


def test_a_name_without_an_end_is_cut():
    block = Block("vc-main", "datastore-1")
    block.info("dcops_datastore_info", {"datastore": "x" * 5000})

    assert len(block.lines["dcops_datastore_info"]) < 300


@pytest.mark.parametrize("value", [None, True, "4", [], {}])
def test_what_is_no_number_gives_no_series(value):
    block = Block("vc-main", "vm-1")
    block.number("dcops_vm_cpus", value)

    assert block.lines == {}


@pytest.mark.parametrize("value", [None, 1, "true"])
def test_what_is_neither_true_nor_false_gives_no_series(value):
    block = Block("vc-main", "vm-1")
    block.flag("dcops_vm_powered_on", value)

    assert block.lines == {}


def test_zero_is_told():
    block = Block("vc-main", "vm-1")
    block.number("dcops_vm_cpus", 0)

    assert series(block.lines) == {"vm_cpus": {(): 0}}


def test_a_state_that_nobody_knew_is_unknown_and_none_of_the_others():
    block = Block("vc-main", "vm-1")
    block.states("dcops_vm_power_state", "state", ("on", "off"), "levitating")

    found = series(block.lines)["vm_power_state"]
    assert found == {(("state", "on"),): 0, (("state", "off"),): 0, (("state", "unknown"),): 1}


@pytest.mark.parametrize("now", [None, "", 3])
def test_no_state_gives_no_set(now):
    block = Block("vc-main", "vm-1")
    block.states("dcops_vm_power_state", "state", ("on", "off"), now)

    assert block.lines == {}


def test_what_a_factor_leaves_behind_is_not_written():
    block = Block("vc-main", "vm-1")
    block.number("dcops_vm_cpu_used_ratio", 1234, 1e-4)

    assert block.lines["dcops_vm_cpu_used_ratio"].endswith(" 0.1234\n")


def test_blocks_go_together_by_metric():
    blocks = [Block("vc-main", f"vm-{number}") for number in (1, 2)]
    for block in blocks:
        block.number("dcops_vm_cpus", 2)

    assert together(blocks)["dcops_vm_cpus"].count("\n") == 2
