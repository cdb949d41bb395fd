"""`dcops report nightly` as its readers type it."""

import csv
import io
import json

import pytest
from click.testing import CliRunner

from dcops.assembly.here import now
from dcops.assembly.stores import ledger_of
from dcops.cli.main import cli
from dcops.errors import CannotRun, UsageError
from dcops.settings import load
from dcops.templates import site_root

# One that has ended: whether a job of tonight is due already depends on the hour at which the tests run.
A_WHOLE_NIGHT = "2026-01-15"


@pytest.fixture
def site(tmp_path):
    folder = tmp_path / "site"
    site_root.create(folder)
    return folder


def report(site, *arguments):
    return CliRunner().invoke(cli, ["-C", str(site), "report", "nightly", *arguments])


def test_a_night_without_a_backup_is_the_first_line_and_the_exit_code_is_1(site):
    done = report(site, "--lang", "en", "--date", A_WHOLE_NIGHT)

    assert done.exit_code == 1
    assert "Configuration backup did not run" in done.stdout
    assert "Devices backed up: unknown" in done.stdout


def test_the_site_speaks_vietnamese_unless_it_is_told_otherwise(site):
    assert report(site).stdout.startswith("Báo cáo đêm – example")
    assert report(site, "--format", "mail").stdout.startswith("[example] Báo cáo đêm")


def test_machines_get_json_and_csv(site):
    document = json.loads(report(site, "--format", "json", "--date", A_WHOLE_NIGHT).stdout)
    rows = list(csv.DictReader(io.StringIO(report(site, "--format", "csv", "--date", A_WHOLE_NIGHT).stdout)))

    assert document["report"] == "nightly"
    assert document["jobs"][0]["state"] == "missing"
    told = [(row["subject"], row["state"]) for row in rows if row["part"] == "job"]
    assert told == [(one["job"], one["state"]) for one in document["jobs"]]
    assert {("backup", "missing"), ("discovery", "missing")} <= set(told)


@pytest.mark.parametrize("form", ["table", "html", "json", "csv", "mail"])
def test_every_form_can_go_to_a_file(site, tmp_path, form):
    done = report(site, "--format", form, "--to", str(tmp_path / "night"))

    assert (done.exit_code, done.stdout) == (1, "")
    assert "example" in (tmp_path / "night").read_text(encoding="utf-8")


def test_a_file_that_cannot_be_written_is_named(site, tmp_path):
    done = report(site, "--to", str(tmp_path / "no" / "such" / "folder"))

    assert isinstance(done.exception, CannotRun)
    assert "folder" in str(done.exception)


@pytest.mark.parametrize("day", ["yesterday", "2026-13-01", "2999-01-01"])
def test_a_day_that_is_none_or_has_not_been_is_refused(site, day):
    assert isinstance(report(site, "--date", day).exception, UsageError)


def test_dead_letters_are_listed_and_put_back(site):
    settings = load(site)
    with ledger_of(settings) as ledger:
        message = ledger.enqueue("mail", "backup failed", "body", now=now())
        ledger.bury(message.id, "nobody at home")
    undelivered = ["-C", str(site), "report", "undelivered"]

    listed = CliRunner().invoke(cli, [*undelivered, "--format", "json"])
    retried = CliRunner().invoke(cli, [*undelivered, "--retry"])
    after = CliRunner().invoke(cli, undelivered)

    assert (listed.exit_code, retried.exit_code, after.exit_code) == (1, 0, 0)
    (letter,) = json.loads(listed.stdout)["undelivered"]
    assert (letter["subject"], letter["error"]) == ("backup failed", "nobody at home")
    assert "backup failed" in retried.stdout
    with ledger_of(settings) as ledger:
        assert [one.subject for one in ledger.due_messages(now())] == ["backup failed"]
