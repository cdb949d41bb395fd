"""A finding on its way from one process to another."""

import pickle
from dataclasses import fields

from dcops.model.finding import Finding, Severity, Status, Told

WHOLE = Finding(
    "TST-001",
    Status.EXCEPTION,
    Severity.LOW,
    "r1",
    "title",
    "evidence",
    "fix",
    "N-MGT-1",
    "0123456789abcdef",
    "line vty 0 4",
    "config/running, read now",
    "net, CHG-1",
    {"vi": Told("a", "b", "c")},
)


def test_it_arrives_as_it_left():
    arrived = pickle.loads(pickle.dumps(WHOLE))

    assert arrived == WHOLE
    assert arrived.told == WHOLE.told
    for field in fields(Finding):
        assert getattr(arrived, field.name) == getattr(WHOLE, field.name)
        assert getattr(WHOLE, field.name), "the test fills in every field"


def test_its_words_in_other_languages_make_it_no_other():
    bare = Finding("TST-001", Status.FAIL, Severity.LOW, "r1", "title", "evidence", "fix")

    assert bare == Finding(
        "TST-001", Status.FAIL, Severity.LOW, "r1", "title", "evidence", "fix", told={"vi": WHOLE.told["vi"]}
    )
    assert len({bare, bare}) == 1
