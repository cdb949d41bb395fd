"""`dcops archive search` at the door: what is printed, the exit codes, and where a searched text does not go."""

import json

import pytest
from click.testing import CliRunner

from dcops.archive.archive import Archive
from dcops.archive.site_key import SiteKey
from dcops.cli.main import cli
from dcops.diff.redact import keyed
from dcops.errors import CannotRun, UsageError
from tests.archive.conftest import site  # noqa: F401
from tests.archive.test_inspection import flip, loose_object

SECRET = "Lk7rXq-91"


@pytest.fixture
def root(site, tmp_path):  # noqa: F811
    """A site root whose archive is the one of the fixture."""
    (tmp_path / "dcops.toml").write_text("")
    (tmp_path / "state").mkdir(mode=0o700)
    site.folder = tmp_path / "state/archive"
    key = tmp_path / "state/site.key"
    key.write_text(f"{site.key.key.hex()}\n")
    key.chmod(0o600)
    token = keyed(site.key.key)
    site.store(site.entry("rtr-1", "hostname a\ninterface x\n ntp server 192.0.2.1\nend\n"))
    text = f"hostname b\nsnmp-server community {token(SECRET)} RO\n\x1b[31mred\nend\n"
    site.store(site.entry("rtr-2", text, night=1), run="run-2")
    site.store(site.entry("rtr-1", "hostname a\ninterface x\nend\n", night=2), run="run-3")
    return tmp_path


def run(root, *words, stdin=None):
    done = CliRunner().invoke(cli, ["-C", str(root), "archive", "search", *words], input=stdin)
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done


def as_json(root, *words, **how):
    done = run(root, *words, "--format", "json", **how)
    return done.exit_code, json.loads(done.stdout)


def test_what_is_found_is_told_and_is_exit_code_1(root):
    done = run(root, "hostname")

    assert done.exit_code == 1
    rows = [line.split() for line in done.stdout.splitlines()]
    assert ["rtr-1", "running", "1", "hostname", "a"] in rows
    assert "2 lines on 2 of 2 devices" in done.stdout


def test_what_is_not_found_is_exit_code_0(root):
    done = run(root, "ntp server")

    assert (done.exit_code, done.stdout) == (0, "Nothing found in 2 devices (2 texts).\n")


def test_through_history_it_is_told_since_when_until_when(root):
    code, found = as_json(root, "--history", "ntp server")

    assert code == 1
    (item,) = found["items"]
    assert (item["device"], item["under"]) == ("rtr-1", ["interface x"])
    assert item["since"]["taken"] == item["last"]["taken"] == "2026-01-15T18:00:00Z"
    assert item["gone"]["taken"] == "2026-01-17T18:00:00Z"
    done = run(root, "--history", "ntp server")
    assert "interface x › ntp server 192.0.2.1" in done.stdout
    assert "2026-01-17T18:00:00Z" in done.stdout


def test_lines_around_it_are_numbered(root):
    done = run(root, "--history", "ntp server", "-C", "1")

    assert ">     3   ntp server 192.0.2.1\n      4  end\n" in done.stdout


def test_a_day_is_searched_as_it_was(root):
    code, found = as_json(root, "--at", "2026-01-16T03:00:00Z", "ntp")

    assert (code, found["summary"]["found"], found["not_archived_yet"]) == (1, 1, ["rtr-2"])


def test_no_terminal_is_harmed(root):
    for words in (("red",), ("red", "-C", "2"), ("red", "--format", "json")):
        assert "\x1b" not in run(root, *words).output


def test_more_than_is_shown_is_said(root):
    done = run(root, "host", "--limit", "1")

    assert "2 lines on 2 of 2 devices (2 texts). The first 1 are shown: give --limit 2" in done.stdout


def test_a_text_may_come_from_stdin(root):
    assert run(root, "-", stdin="hostname b\n").exit_code == 1
    with pytest.raises(UsageError, match="more than one line"):
        run(root, "-", stdin="hostname b\nhostname a\n")


@pytest.mark.parametrize("words", [("--history",), ()])
def test_a_leaked_password_is_found_where_it_is_used_and_written_nowhere(root, words):
    before = {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}

    code, found = as_json(root, "--secret", *words, stdin=f"{SECRET}\n")

    assert (code, [item["device"] for item in found["items"]]) == (1, ["rtr-2"])
    assert SECRET not in json.dumps(found)
    written = [path for path in root.rglob("*") if path.is_file() and before.get(path) != path.read_bytes()]
    assert any(path.name == "audit.log" for path in written)
    token = keyed(SiteKey.load(root / "state").key)(SECRET).encode()
    for path in written:
        assert SECRET.encode() not in path.read_bytes()
        assert token[8:-1] not in path.read_bytes()
    assert run(root, "--secret", stdin="another\n").exit_code == 0


def test_a_search_of_a_text_leaves_no_trace_in_the_audit_log(root):
    run(root, SECRET)

    assert not (root / "state/audit.log").exists()


@pytest.mark.parametrize(
    "words",
    [("--secret", "text"), ("--secret", "-i"), ("--secret", "-E"), (), ("a", "--history", "--at", "2026-01-15")],
)
def test_contradictions_are_refused(root, words):
    with pytest.raises(UsageError):
        run(root, *words, stdin="x\n")


def test_without_the_site_key_no_secret_is_called_unused(root):
    (root / "state/site.key").unlink()

    with pytest.raises(CannotRun, match="no site key"):
        run(root, "--secret", stdin="x\n")


def test_what_could_not_be_looked_at_is_said_and_is_exit_code_3_when_nothing_was_found(site, root):  # noqa: F811
    flip(loose_object(site, "main:rtr-1/running.cfg"))

    done = run(root, "nowhere")

    assert done.exit_code == 3
    assert "not looked at: running of rtr-1" in done.stderr
    assert "as far as it could be looked at" in done.stdout
    assert run(root, "hostname b").exit_code == 1


def test_it_works_on_an_archive_without_an_inventory(root):
    assert not (root / "inventory").exists()
    assert run(root, "hostname", "--device", "rtr-1").exit_code == 1
    assert Archive.open(root / "state/archive").devices()
