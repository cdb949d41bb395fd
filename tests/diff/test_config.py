"""A diff shows what changed, and tells a rotated key from a changed secret."""

import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dcops.diff.config import compare
from dcops.diff.redact import key_id, keyed

EXAMPLES = settings(max_examples=1000 if os.environ.get("DCOPS_SOAK") else 150, deadline=None, database=None)
KEY, OTHER = b"one site key of 32 bytes length!", b"the key after the rotation, too!"


def diff(old, new, **kinds):
    return compare(old, new, **{"old_key": "k1", "new_key": "k1", **kinds})


def test_equal_texts_have_no_diff():
    same = diff("a\nb\n", "a\nb\n")
    assert not same.changed
    assert same.lines == ()
    assert not same.key_rotated


def test_a_changed_line_is_shown_with_its_surroundings():
    old = "".join(f"line {n}\n" for n in range(1, 21))
    changed = diff(old, old.replace("line 10\n", "line ten\n"), names=("r1 on Monday", "r1 on Tuesday"))
    assert changed.lines == (
        "--- r1 on Monday",
        "+++ r1 on Tuesday",
        "@@ -7,7 +7,7 @@",
        " line 7",
        " line 8",
        " line 9",
        "-line 10",
        "+line ten",
        " line 11",
        " line 12",
        " line 13",
    )
    assert (changed.added, changed.removed) == (1, 1)


def test_distant_changes_are_separate_hunks_and_near_ones_share_one():
    old = "".join(f"{n}\n" for n in range(40))
    far = diff(old, old.replace("5\n", "five\n", 1).replace("30\n", "thirty\n"))
    near = diff(old, old.replace("\n20\n", "\ntwenty\n").replace("\n24\n", "\n24!\n"))
    assert sum(line.startswith("@@") for line in far.lines) == 2
    assert sum(line.startswith("@@") for line in near.lines) == 1


def test_a_text_that_begins_or_ends_is_counted_from_the_line_before():
    assert diff("", "a\n").lines == ("--- before", "+++ after", "@@ -0,0 +1 @@", "+a")
    assert diff("a\nb\n", "").lines == ("--- before", "+++ after", "@@ -1,2 +0,0 @@", "-a", "-b")


def test_a_changed_secret_under_one_key_is_a_change():
    old, new = (f"enable secret 9 {keyed(KEY)(secret)}\n" for secret in ("one", "two"))
    changed = compare(old, new, old_key=key_id(KEY), new_key=key_id(KEY))
    assert changed.changed
    assert not changed.key_rotated


def test_a_rotated_key_is_no_change():
    old, new = (f"hostname r1\nenable secret 9 {keyed(key)('one')}\n" for key in (KEY, OTHER))
    rotated = compare(old, new, old_key=key_id(KEY), new_key=key_id(OTHER))
    assert rotated.key_rotated
    assert not rotated.changed


def test_a_change_beside_a_rotated_key_shows_only_the_change():
    old, new = (f"hostname {name}\nenable secret 9 {keyed(key)('one')}\n" for name, key in (("r1", KEY), ("r2", OTHER)))
    changed = compare(old, new, old_key=key_id(KEY), new_key=key_id(OTHER))
    assert (changed.added, changed.removed, changed.key_rotated) == (1, 1, False)
    assert " enable secret 9 <secret>" in changed.lines


def test_a_text_without_secrets_shows_no_rotation():
    assert not compare("a\n", "a\n", old_key="k1", new_key="k2").key_rotated


def test_lines_that_begin_like_the_header_are_counted():
    changed = diff("-- a\n", "++ b\n")
    assert (changed.added, changed.removed) == (1, 1)


def test_a_diff_cannot_be_taken_for_a_truth_value():
    with pytest.raises(TypeError, match="changed"):
        bool(diff("a\n", "b\n"))


def patched(old, diff_lines):
    """Apply a unified diff, as `patch` would."""
    rows, result, at = old.split("\n")[:-1], [], 0
    for line in diff_lines[2:]:
        if line.startswith("@@"):
            first, _, length = line.split()[1][1:].partition(",")
            start = int(first) - (length != "0")
            result += rows[at:start]
            at = start
        elif line[0] == "+":
            result.append(line[1:])
        else:
            assert rows[at] == line[1:]
            if line[0] == " ":
                result.append(line[1:])
            at += 1
    return "".join(f"{row}\n" for row in result + rows[at:])


TEXT = st.lists(st.sampled_from(["!", "a", "b", "end", "interface", "+", "-x"]), max_size=40).map(
    lambda rows: "".join(f"{row}\n" for row in rows)
)


@EXAMPLES
@given(TEXT, TEXT)
def test_the_diff_leads_from_the_old_text_to_the_new_one(old, new):
    assert patched(old, diff(old, new).lines) == new
