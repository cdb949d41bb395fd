import hashlib
import json
import os
import signal
import subprocess
import sys
import time

import pytest

from dcops.auditlog.log import AuditLog
from dcops.errors import Busy, CannotRun


def write(log, operator, count=3):
    return [
        log.append(what="backup", devices=(f"rtr-{n}",), result="ok", run=f"run-{n}", origin=operator)
        for n in range(count)
    ]


def test_a_line_says_who_when_from_where_what_which_device_and_the_result(log, operator, tmp_path):
    log.append(what="archive export", devices=["fw-main-1"], result="ok", run="r-1", origin=operator)

    (line,) = (tmp_path / "audit.log").read_text().splitlines()
    said = json.loads(line)
    assert said.pop("hash") == hashlib.sha256((json.dumps(said, separators=(",", ":")) + "\n").encode()).hexdigest()
    assert said == {
        "number": 1,
        "time": "2026-01-15T01:00:00.000000Z",
        "user": "dcops",
        "sudo_user": "an.nguyen",
        "login_user": "an.nguyen",
        "address": "192.0.2.7",
        "tty": "pts/3",
        "host": "backup-1",
        "pid": 4711,
        "what": "archive export",
        "devices": ["fw-main-1"],
        "result": "ok",
        "run": "r-1",
        "detail": "",
        "prev": "0" * 64,
    }


def test_each_line_names_the_hash_of_the_one_before(log, operator):
    first, second, third = write(log, operator)

    assert (second.prev, third.prev) == (first.hash, second.hash)
    assert log.verify().broken is None
    assert log.verify().entries == 3
    assert log.position().hash == third.hash


def test_only_its_owner_may_read_it(log, operator, tmp_path):
    write(log, operator, 1)

    assert (tmp_path / "audit.log").stat().st_mode & 0o777 == 0o600


def test_text_from_outside_cannot_move_a_cursor_or_begin_a_line(log, operator, tmp_path):
    log.append(what="backup", detail='\x1b[2J\n{"number": 2}\u202e', origin=operator)

    raw = (tmp_path / "audit.log").read_bytes()
    assert raw.count(b"\n") == 1
    assert raw.isascii()
    assert b"\x1b" not in raw
    assert log.entries()[0].detail == '\x1b[2J\n{"number": 2}\u202e'


def test_a_new_month_begins_a_new_file_and_the_chain_goes_on(log, operator, clock, tmp_path):
    january = write(log, operator, 2)
    clock.pass_by(days=20)
    (february,) = write(log, operator, 1)

    assert sorted(path.name for path in tmp_path.glob("*.log")) == ["audit-2026-01.log", "audit.log"]
    assert february.prev == january[-1].hash
    assert february.number == 3
    assert log.verify().broken is None
    assert log.verify().files == 2


def test_a_clock_that_is_set_back_begins_no_second_january(log, operator, clock, tmp_path):
    write(log, operator, 1)
    clock.pass_by(days=20)
    write(log, operator, 1)
    clock.pass_by(days=-20)
    write(log, operator, 1)
    clock.pass_by(days=20)
    write(log, operator, 1)

    found = log.verify()
    assert found.broken is None
    assert found.entries == 4
    assert any("set back" in note for note in found.notes)
    assert sorted(path.name for path in tmp_path.glob("*.log")) == ["audit-2026-01.log", "audit.log"]


def test_a_kill_between_closing_a_month_and_the_first_line_of_the_next_loses_nothing(log, operator, clock, tmp_path):
    last = write(log, operator, 2)[-1]
    (tmp_path / "audit.log").rename(tmp_path / "audit-2026-01.log")
    clock.pass_by(days=20)

    (new,) = write(log, operator, 1)

    assert new.prev == last.hash
    assert log.verify().broken is None


@pytest.mark.parametrize("kept", [1, 40, -2])
def test_a_line_torn_by_a_power_cut_stays_is_recorded_and_breaks_nothing(log, operator, tmp_path, kept):
    write(log, operator, 3)
    file = tmp_path / "audit.log"
    whole = file.read_bytes()
    lines = whole.splitlines(keepends=True)
    torn = lines[2][:kept]
    file.write_bytes(lines[0] + lines[1] + torn)
    assert log.verify().broken is None
    assert "unfinished" in log.verify().notes[0]

    (new,) = write(log, operator, 1)

    after = file.read_bytes()
    assert after.startswith(lines[0] + lines[1] + torn), "nothing that was written is taken away"
    recovery, last = log.entries()[-2:]
    assert (recovery.what, recovery.number, last.number) == ("audit-log recovery", 3, 4)
    assert hashlib.sha256(torn).hexdigest() in recovery.detail
    assert last == new
    found = log.verify()
    assert found.broken is None
    assert found.notes == ("audit.log:3: an unfinished line, recovered as entry 3",)


def test_a_line_that_lacks_nothing_but_its_end_counts(log, operator, tmp_path):
    write(log, operator, 3)
    file = tmp_path / "audit.log"
    os.truncate(file, file.stat().st_size - 1)

    (new,) = write(log, operator, 1)

    assert new.number == 4
    assert log.verify().broken is None
    assert log.verify().notes == ()


def test_blocks_of_zeros_after_a_power_cut_are_a_torn_line_too(log, operator, tmp_path):
    write(log, operator, 2)
    with (tmp_path / "audit.log").open("ab") as stream:
        stream.write(b"\0" * 5000 + b'tail"}\n\0\0')

    write(log, operator, 1)

    assert log.verify().broken is None
    assert log.verify().entries == 4


def test_a_power_cut_during_the_recovery_is_recovered_in_turn(log, operator, tmp_path):
    write(log, operator, 2)
    file = tmp_path / "audit.log"
    with file.open("ab") as stream:
        stream.write(b'{"number":3,"ti')
    before = file.stat().st_size
    write(log, operator, 1)
    os.truncate(file, before + 30)

    write(log, operator, 1)

    assert log.verify().broken is None
    assert [entry.what for entry in log.entries()] == ["backup", "backup", "audit-log recovery", "backup"]


def test_a_disk_that_is_full_is_said_and_half_a_line_does_no_harm(operator, tmp_path):
    code = (
        "import sys, resource, signal\n"
        "from pathlib import Path\n"
        "from dcops.auditlog.log import AuditLog\n"
        "from dcops.errors import CannotRun\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (900, 900))\n"
        "log = AuditLog(Path(sys.argv[1]))\n"
        "log.append(what='backup')\n"
        "try:\n"
        "    for _ in range(9): log.append(what='backup')\n"
        "except CannotRun as error: print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=True)

    assert "audit.log cannot be written" in done.stdout
    assert (tmp_path / "audit.log").stat().st_size == 900
    log = AuditLog(tmp_path)
    log.append(what="backup", origin=operator)
    assert log.verify().broken is None


def test_writers_in_many_processes_make_one_chain(tmp_path):
    code = (
        "import sys\nfrom pathlib import Path\nfrom dcops.auditlog.log import AuditLog\n"
        "log = AuditLog(Path(sys.argv[1]))\n"
        "for n in range(25): log.append(what='backup', run=f'{sys.argv[2]}-{n}')\n"
    )
    writers = [subprocess.Popen([sys.executable, "-c", code, str(tmp_path), str(n)]) for n in range(4)]
    assert [writer.wait(60) for writer in writers] == [0, 0, 0, 0]

    log = AuditLog(tmp_path)
    assert log.verify().broken is None
    assert log.verify().entries == 100
    assert len({entry.run for entry in log.entries()}) == 100


def test_writers_that_are_killed_leave_a_chain_that_holds(tmp_path):
    code = (
        "import sys\nfrom pathlib import Path\nfrom dcops.auditlog.log import AuditLog\n"
        "log = AuditLog(Path(sys.argv[1]))\nprint('ready', flush=True)\n"
        "while True: log.append(what='backup', devices=[f'sw-{n}' for n in range(500)])\n"
    )
    for _ in range(3):
        writer = subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE)
        writer.stdout.readline()
        time.sleep(0.2)
        writer.send_signal(signal.SIGKILL)
        writer.wait()
        writer.stdout.close()

    log = AuditLog(tmp_path)
    log.append(what="backup")
    assert log.verify().broken is None
    assert log.verify().entries > 3


def test_a_log_that_somebody_holds_is_waited_for_and_then_named(tmp_path, operator):
    with AuditLog(tmp_path)._files.locked(1), pytest.raises(Busy, match="held by another process"):
        AuditLog(tmp_path, lock_seconds=0.05).append(what="backup", origin=operator)


def test_a_folder_that_is_no_folder_is_an_error_that_names_it(tmp_path, operator):
    (tmp_path / "state").write_text("")

    with pytest.raises(CannotRun, match="state"):
        AuditLog(tmp_path / "state").append(what="backup", origin=operator)


def test_entries_can_be_asked_from_a_time_on(log, operator, clock):
    write(log, operator, 2)
    clock.pass_by(hours=3)
    (late,) = write(log, operator, 1)

    assert log.entries(since=clock.now) == (late,)


def test_a_very_long_text_is_cut_and_a_long_list_of_devices_is_not(log, operator):
    entry = log.append(what="backup", devices=[f"sw-{n}" for n in range(5000)], detail="x" * 100_000, origin=operator)

    assert len(entry.devices) == 5000
    assert len(entry.detail) < 3000
    write(log, operator, 1)
    assert log.verify().broken is None
