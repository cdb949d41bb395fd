"""Whatever somebody does to the files by hand, the first line that is not as it was written is named."""

import json

import pytest

from dcops.auditlog import entry as entries
from dcops.auditlog.log import AuditLog


@pytest.fixture
def written(log, operator, clock, tmp_path):
    for number in range(6):
        if number == 3:
            clock.pass_by(days=31)
        log.append(what="backup", devices=(f"rtr-{number}",), result="ok", origin=operator)
    return tmp_path


def edit(file, change):
    lines = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(b"".join(change(lines)))


def broken(folder):
    found = AuditLog(folder).verify().broken
    return (found.file, found.line, found.message) if found else None


def test_an_untouched_log_holds(written):
    assert broken(written) is None


def test_a_changed_word_is_found(written):
    edit(written / "audit-2026-01.log", lambda lines: [lines[0], lines[1].replace(b"rtr-1", b"rtr-9"), lines[2]])

    assert broken(written) == ("audit-2026-01.log", 2, "entry 2 was changed: its hash does not fit its content")


def test_a_changed_line_with_a_hash_made_to_fit_is_found_at_the_next_line(written):
    def forge(lines):
        old = entries.parse(lines[1])
        before = entries.parse(lines[0])
        new = entries.after(before, time=old.time, origin=old.origin, what=old.what, devices=("rtr-9",), result="ok")
        return [lines[0], new.line(), lines[2]]

    edit(written / "audit-2026-01.log", forge)

    assert broken(written) == (
        "audit-2026-01.log",
        3,
        "entry 3 does not follow the entry before it: that one was replaced",
    )


def test_a_removed_line_is_found(written):
    edit(written / "audit.log", lambda lines: [lines[0], lines[2]])

    assert broken(written) == ("audit.log", 2, "entry 5 is missing before entry 6")


def test_a_removed_month_is_found(written):
    (written / "audit-2026-01.log").unlink()

    assert broken(written) == ("audit.log", 1, "entries 1 to 3 are missing before entry 4")


def test_two_lines_that_changed_places_are_found(written):
    edit(written / "audit.log", lambda lines: [lines[1], lines[0], lines[2]])

    assert broken(written)[:2] == ("audit.log", 1)


def test_a_line_that_came_twice_is_found(written):
    edit(written / "audit.log", lambda lines: [lines[0], lines[0], *lines[1:]])

    assert broken(written) == ("audit.log", 2, "entry 4 stands where entry 5 is expected")


@pytest.mark.parametrize("junk", [b"\n", b"junk\n", b"[]\n", b"{}\n", b"[" * 5000 + b"\n", b"\xff\xfe\n", b"null\n"])
def test_a_line_that_dcops_never_wrote_is_found(written, junk):
    edit(written / "audit.log", lambda lines: [lines[0], junk, *lines[1:]])

    assert broken(written) == ("audit.log", 2, "this is no line that dcops wrote")


def test_the_same_values_written_otherwise_are_not_the_line_that_was_written(written):
    edit(written / "audit.log", lambda lines: [json.dumps(json.loads(lines[0])).encode() + b"\n", *lines[1:]])

    assert broken(written)[:2] == ("audit.log", 1)


def test_a_recovery_excuses_only_the_bytes_that_it_names(log, operator, tmp_path):
    log.append(what="backup", origin=operator)
    with (tmp_path / "audit.log").open("ab") as stream:
        stream.write(b'{"number":2,')
    log.append(what="backup", origin=operator)
    assert broken(tmp_path) is None

    edit(tmp_path / "audit.log", lambda lines: [lines[0], b'{"number":9,\n', *lines[2:]])

    assert broken(tmp_path) == ("audit.log", 2, "this is no line that dcops wrote")


def test_a_changed_last_line_stays_found_after_more_was_written(log, operator, tmp_path):
    log.append(what="backup", devices=("rtr-1",), origin=operator)
    edit(tmp_path / "audit.log", lambda lines: [lines[0].replace(b"rtr-1", b"rtr-2")])

    log.append(what="backup", origin=operator)

    assert broken(tmp_path) == ("audit.log", 1, "entry 1 was changed: its hash does not fit its content")


def test_lines_cut_off_at_the_end_are_missed_by_whoever_kept_a_hash(written):
    kept = AuditLog(written).position().hash
    edit(written / "audit.log", lambda lines: lines[:1])

    found = AuditLog(written).verify()
    assert found.broken is None
    assert kept not in found.hashes
