"""What both sides share is found in bounded time and put in order."""

import os
import time

from hypothesis import given, settings
from hypothesis import strategies as st

from dcops.diff import lines
from dcops.diff.lines import Same, matching

EXAMPLES = settings(max_examples=2000 if os.environ.get("DCOPS_SOAK") else 200, deadline=None, database=None)
FEW = st.lists(st.sampled_from("abcd{}"), max_size=30)


@EXAMPLES
@given(FEW, FEW)
def test_runs_are_equal_on_both_sides_in_order_and_apart(old, new):
    at_old = at_new = -1
    for run in matching(old, new):
        assert run.length > 0
        assert old[run.old : run.old + run.length] == new[run.new : run.new + run.length]
        assert run.old >= at_old
        assert run.new >= at_new
        assert (run.old, run.new) != (at_old, at_new)
        at_old, at_new = run.old + run.length, run.new + run.length


def test_equal_lists_are_one_run():
    assert matching(["a"] * 5, ["a"] * 5) == [Same(0, 0, 5)]


def test_a_moved_block_keeps_the_longer_part_in_place():
    old = ["head", *(f"rule {n}" for n in range(9)), "moved", "tail"]
    new = ["head", "moved", *(f"rule {n}" for n in range(9)), "tail"]
    assert sum(run.length for run in matching(old, new)) == 11


def test_two_distant_changes_leave_everything_between_them_alone():
    old = [line for n in range(3000) for line in (f"<entry {n}>", "<any/>", "</entry>")]
    new = list(old)
    new[30], new[8000] = "x", "y"
    assert sum(run.length for run in matching(old, new)) == len(old) - 2


def test_the_worst_case_ends_soon_though_coarse(monkeypatch):
    monkeypatch.setattr(lines, "_BUDGET", 1_000_000)
    old, new = ["a", "b"] * 20_000, ["b", "b", "a"] * 15_000
    started = time.perf_counter()
    matching(old, new)
    assert time.perf_counter() - started < 5
