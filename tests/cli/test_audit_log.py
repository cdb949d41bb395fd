import json
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner

from dcops.auditlog.log import AuditLog
from dcops.auditlog.origin import Origin
from dcops.cli.audit_log import command
from dcops.errors import UsageError


class Clock:
    now = datetime.now(UTC) - timedelta(days=3)

    def __call__(self):
        return self.now


@pytest.fixture
def root(tmp_path):
    (tmp_path / "dcops.toml").touch()
    clock = Clock()
    log = AuditLog(tmp_path / "state", clock=clock)
    an = Origin("dcops", "an.nguyen", "", "192.0.2.7", "pts/3", "backup-1", 1)
    service = Origin("dcops", "", "", "", "", "backup-1", 2)
    log.append(what="backup", devices=["r1", "r2", "r3", "r4"], result="ok", run="run-1", origin=service)
    clock.now += timedelta(days=2)
    log.append(what="archive export", devices=["r1"], result="ok", detail="\x1b[2J", origin=an)
    log.append(what="backup", devices=["r2"], result="1 failed", origin=service)
    return tmp_path


def run(root, *arguments):
    return CliRunner().invoke(command, arguments, obj=str(root))


def items(done):
    assert done.exit_code == 0, done.output
    return [item["number"] for item in json.loads(done.stdout)["items"]]


def test_the_table_says_who_from_where_and_what(root):
    done = run(root, "show")

    assert done.exit_code == 0
    (line,) = [line for line in done.stdout.splitlines() if "archive export" in line]
    assert "an.nguyen as dcops" in line
    assert "192.0.2.7 pts/3" in line
    assert "r1, r2, r3 and 1 more" in done.stdout
    assert "\x1b" not in done.stdout


@pytest.mark.parametrize(
    ("arguments", "numbers"),
    [
        ((), [1, 2, 3]),
        (("--since", "2d"), [2, 3]),
        (("--device", "r1"), [1, 2]),
        (("--device", "r1", "--device", "r2", "--since", "2d"), [2, 3]),
        (("--user", "an.nguyen"), [2]),
        (("--limit", "1"), [3]),
    ],
)
def test_it_can_be_narrowed(root, arguments, numbers):
    assert items(run(root, "show", "--format", "json", *arguments)) == numbers


def test_what_was_left_out_is_said(root):
    assert "2 older ones are not shown" in run(root, "show", "--limit", "1").stdout


def test_a_time_that_is_none_is_refused(root):
    with pytest.raises(UsageError, match="is no time"):
        CliRunner().invoke(command, ["show", "--since", "noon"], obj=str(root), catch_exceptions=False)


def test_a_chain_that_holds_exits_0_and_tells_the_last_hash(root):
    last = AuditLog(root / "state").position().hash

    done = run(root, "verify")

    assert done.exit_code == 0
    assert f"Entry 3 has the hash {last}" in done.stdout


def test_the_first_broken_line_is_named_and_exits_1(root):
    file = root / "state" / "audit.log"
    file.write_bytes(file.read_bytes().replace(b"192.0.2.7", b"192.0.2.8"))

    done = run(root, "verify", "--format", "json")

    assert done.exit_code == 1
    assert json.loads(done.stdout)["broken"] == {
        "file": "audit.log",
        "line": 2,
        "message": "entry 2 was changed: its hash does not fit its content",
    }
    assert "audit.log:2" in run(root, "verify").stdout


def test_a_log_that_was_cut_off_shows_against_a_hash_that_somebody_kept(root):
    kept = AuditLog(root / "state").position().hash
    assert run(root, "verify", "--contains", kept).exit_code == 0
    file = root / "state" / "audit.log"
    file.write_bytes(b"".join(file.read_bytes().splitlines(keepends=True)[:2]))

    assert run(root, "verify").exit_code == 0
    done = run(root, "verify", "--contains", kept)
    assert done.exit_code == 1
    assert kept in done.stdout


def test_an_empty_log_is_no_fault(tmp_path):
    (tmp_path / "dcops.toml").touch()

    assert run(tmp_path, "verify").exit_code == 0
    assert "Nothing is recorded" in run(tmp_path, "show").stdout
    assert not (tmp_path / "state").exists()
