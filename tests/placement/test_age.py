from datetime import timedelta

import pytest

from dcops.placement.age import is_old, told
from tests.placement.house import NOW


@pytest.mark.parametrize(
    ("age", "words", "old"),
    [
        (timedelta(seconds=40), "vc-main as it was 40 s ago", False),
        (timedelta(minutes=12), "vc-main as it was 12 min ago", False),
        (timedelta(minutes=31), "vc-main as it was 31 min ago: OLD", True),
        (timedelta(hours=5), "vc-main as it was 5 h ago: OLD", True),
        (timedelta(days=3), "vc-main as it was 3 days ago: OLD", True),
        (timedelta(hours=-2), "vc-main: seen in the future", True),
    ],
)
def test_the_age_is_always_told_and_what_is_old_never_passes_for_now(age, words, old):
    assert told("vc-main", NOW - age, NOW).startswith(words)
    assert is_old(NOW - age, NOW) is old
