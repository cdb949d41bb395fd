"""The histories of several devices in one look are what each of them says by itself."""

import pytest

from dcops.archive import history
from dcops.errors import UsageError


@pytest.fixture
def three(site):
    for night in range(3):
        entries = [site.entry(f"r{n}", f"hostname r{n}\nnight {night * (n != 3)}\n", night=night) for n in (1, 2, 3)]
        site.store(*entries, run=f"run-{night}")
    return site.reader()


@pytest.mark.parametrize("few", [40, 1])
def test_many_logs_are_what_each_log_says(three, monkeypatch, few):
    monkeypatch.setattr(history, "_FEW_PATHS", few)
    found = three.logs(["r3", "r1"])

    assert list(found) == ["r3", "r1"]
    assert found == {device: three.log(device) for device in ("r1", "r3")}
    assert [len(found[device]) for device in ("r1", "r3")] == [3, 1]


def test_a_device_that_is_not_there_is_named(three):
    with pytest.raises(UsageError) as caught:
        three.logs(["r1", "r4"])

    assert "r4" in str(caught.value)
    assert three.logs([]) == {}


def test_what_lies_between_two_versions_is_their_difference(three):
    newest, *_, oldest = three.log("r1")

    assert three.between(oldest, newest) == three.diff("r1", oldest.revision, newest.revision)
