"""What crosses between the audit and its judges comes out as it went in."""

import io
from datetime import UTC, datetime

import pytest

from dcops.audit.subject import Subject
from dcops.jobs.compliance.judging import wire
from dcops.model.finding import Finding, Severity, Status, Told
from dcops.model.source import Source, SourceKind

NOW = datetime(2026, 1, 15, 1, 2, 3, 456789, tzinfo=UTC)
FAULT = Finding(
    "IOS-021",
    Status.FAIL,
    Severity.HIGH,
    "rtr-1",
    "Only SSH",
    "line 7: \ud800 \x1b[31m",
    "line vty 0 4\n transport input ssh",
    "N-MGT-1",
    "00ff",
    "line vty 0 4",
    "config/running",
    told={"vi": Told("Chỉ SSH", "dòng 7", "sửa")},
)
PASSED = Finding("IOS-001", Status.PASS, Severity.LOW, "rtr-1", "AAA", "holds", "")


def crossed(value):
    stream = io.BytesIO()
    wire.send(stream, value)
    stream.seek(0)
    return wire.receive(stream)


@pytest.mark.parametrize(
    "source",
    [
        Source("a", SourceKind.CONFIG, "running", NOW, "read now", "hostname \udcff\n", weak=frozenset({"<secret:1>"})),
        Source("a", SourceKind.STATE, "facts", NOW, "read now", {"os": {"id": "debian"}, "n": [1, None]}),
        Source("a", SourceKind.VSPHERE, "", NOW, "read now", problem="silent"),
    ],
    ids=lambda source: source.title,
)
def test_a_device_arrives_as_it_was_sent(source):
    subject = Subject("a", "ios", tags=("x", "y"), version="17.9", level=3, in_service=False)

    assert wire.to_device(crossed(wire.of_device(subject, [source], NOW))) == (subject, (source,), NOW)


def test_findings_come_back_as_they_were_made_device_by_device():
    telling, hearing = wire.Telling(), wire.Hearing()

    for findings in ((FAULT, PASSED), (PASSED,), (), (FAULT,)):
        heard = hearing.of(crossed(telling.of(findings)))
        assert heard == findings
        assert [one.told for one in heard] == [one.told for one in findings]


def test_a_text_crosses_once_however_many_devices_it_is_told_of():
    telling = wire.Telling()
    telling.of([FAULT, PASSED])

    assert telling.of([FAULT, PASSED])["texts"] == []


def test_an_end_in_the_middle_of_a_frame_is_the_end():
    stream = io.BytesIO()
    wire.send(stream, {"a": "b"})

    for length in range(len(stream.getvalue())):
        assert wire.receive(io.BytesIO(stream.getvalue()[:length])) is None
