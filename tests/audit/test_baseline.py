"""Only what is new."""

from dcops.audit.baseline import since
from dcops.model.finding import Finding, Severity, Status


def finding(fingerprint, status=Status.FAIL):
    return Finding("TST-001", status, Severity.HIGH, "r1", "title", "evidence", "fix", fingerprint=fingerprint)


def test_what_was_there_before_is_known_and_the_rest_is_new():
    found = [finding("a"), finding("b"), finding("c", Status.COULD_NOT_CHECK), finding("", Status.PASS)]

    seen = since(found, {"a", "z"})

    assert [each.fingerprint for each in seen.new] == ["b", "c"]
    assert [each.fingerprint for each in seen.known] == ["a"]
    assert seen.gone == {"z"}


def test_what_was_not_looked_at_now_is_not_gone():
    assert since([], {"a", "z"}, judged={"a"}).gone == {"a"}


def test_what_is_allowed_by_now_is_gone():
    assert since([finding("a", Status.EXCEPTION)], {"a"}).gone == {"a"}
