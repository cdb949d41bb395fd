from dcops.model.secret import Secret
from dcops.vsphere.refusals import Refusals

OLD, NEW = ("noc", Secret("old")), ("noc", Secret("new"))


def test_a_login_that_was_never_refused_may_be_tried():
    assert Refusals((100,)).left_seconds(*OLD) == 0


def test_a_refused_login_waits_then_waits_longer_and_then_for_ever():
    refusals = Refusals((100, 1000))
    refusals.refused(*OLD)
    assert 90 < refusals.left_seconds(*OLD) <= 100
    refusals.refused(*OLD)
    assert 900 < refusals.left_seconds(*OLD) <= 1000
    refusals.refused(*OLD)

    assert refusals.left_seconds(*OLD) is None


def test_another_password_and_another_user_may_be_tried_at_once():
    refusals = Refusals(())
    refusals.refused(*OLD)

    assert refusals.left_seconds(*NEW) == 0
    assert refusals.left_seconds("other", OLD[1]) == 0
    assert refusals.left_seconds(*OLD) is None


def test_each_password_is_counted_from_its_own_first_refusal():
    refusals = Refusals((100,))
    refusals.refused(*OLD)
    refusals.refused(*OLD)
    refusals.refused(*NEW)

    assert refusals.left_seconds(*NEW) > 0


def test_a_login_that_was_accepted_forgets_what_was():
    refusals = Refusals((100,))
    refusals.refused(*OLD)
    refusals.accepted()

    assert refusals.left_seconds(*OLD) == 0


def test_the_password_is_not_shown():
    refusals = Refusals((100,))
    refusals.refused(*OLD)

    assert "old" not in repr(refusals)
