from dcops.model.audit import Tally
from dcops.model.finding import Status


def test_a_tally_counts_every_status_and_adds_up():
    tally = Tally.of([Status.PASS, Status.PASS, Status.FAIL, Status.EXCEPTION])

    assert tally == Tally(passed=2, failed=1, exception=1)
    assert (tally + Tally(could_not_check=2)).total == 6
    assert tally.by_status[Status.COULD_NOT_CHECK] == 0


def test_where_something_could_not_be_checked_no_failure_is_not_zero_failures():
    assert Tally(could_not_check=5, passed=1).failed_for_sure is None
    assert Tally(could_not_check=5, failed=1).failed_for_sure == 1
    assert Tally(passed=2).failed_for_sure == 0
