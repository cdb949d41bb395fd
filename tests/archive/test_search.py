"""A text is found where it stands, and nothing is called clean that could not be looked at."""

import os
import shutil
import stat

import pytest

from dcops.archive import grep
from dcops.archive.grep import Pattern, hits
from dcops.archive.history import History
from dcops.archive.search import Query, search
from dcops.archive.site_key import SiteKey
from dcops.errors import CannotRun, UsageError
from dcops.model.snapshot import ConfigSource
from tests.archive.test_inspection import flip, loose_object

OLD_NTP = "hostname a\nntp server 192.0.2.1\ninterface x\n ip address 198.51.100.1 255.255.255.0\n"
NEW_NTP = OLD_NTP.replace("192.0.2.1", "192.0.2.2")


@pytest.fixture
def grown(site):
    """A router that changed its time server, and a firewall that came later."""
    site.store(site.entry("rtr-1", OLD_NTP, startup=OLD_NTP))
    site.store(site.entry("rtr-1", NEW_NTP, startup=OLD_NTP, night=1), run="run-2")
    site.store(site.entry("fw-1", "<ntp>192.0.2.1</ntp>\n", night=2, platform="panos"), run="run-3")
    return site


def find(site, text, at=None, **how):
    words = {name: how.pop(name) for name in ("regex", "ignore_case") if name in how}
    return search(History(site.folder), Query(Pattern(text, **words), **how), at)


def places(found):
    return [(one.device, one.sources, one.line, one.text) for one in found.matches]


RUNNING, STARTUP = ConfigSource.RUNNING, ConfigSource.STARTUP


def test_the_newest_versions_are_searched_and_each_line_is_told_once(grown):
    found = find(grown, "hostname")
    assert places(found) == [("rtr-1", (RUNNING, STARTUP), 1, "hostname a")]

    found = find(grown, "192.0.2.1")
    assert places(found) == [
        ("fw-1", (RUNNING,), 1, "<ntp>192.0.2.1</ntp>"),
        ("rtr-1", (STARTUP,), 2, "ntp server 192.0.2.1"),
    ]
    assert (found.total, found.devices, found.searched, found.texts, found.unread) == (2, 2, 2, 3, ())


def test_a_line_comes_with_what_it_stands_under(grown):
    (match,) = find(grown, "198.51.100.1", devices=["rtr-1"], context=1).matches

    assert match.around.under == ("interface x",)
    assert match.around.before == ("interface x",)
    assert match.around.after == ()


def test_an_earlier_day_or_revision_is_searched_as_it_stood_and_who_came_later_is_named(grown):
    first = grown.reader().log("rtr-1")[1]
    for at in ("2026-01-16", first.revision[:10]):
        found = find(grown, "192.0.2.1", at)
        assert places(found) == [("rtr-1", (RUNNING, STARTUP), 2, "ntp server 192.0.2.1")]
        assert found.matches[0].revision == first.revision
        assert found.matches[0].taken == first.taken
        assert found.not_yet == ("fw-1",)


def test_a_revision_that_is_none_is_refused(grown):
    with pytest.raises(UsageError, match="no revision feedfeed"):
        find(grown, "a", "feedfeed")


def test_devices_and_configurations_can_be_chosen(grown):
    assert find(grown, "192.0.2.1", devices=["fw-1"]).devices == 1
    assert find(grown, "ntp", source=STARTUP).total == 1
    assert find(grown, "ntp", source=ConfigSource.FILE).total == 0
    with pytest.raises(UsageError, match="no device 'rtr-2'") as caught:
        find(grown, "ntp", devices=["rtr-2"])
    assert caught.value.next_step == "Did you mean rtr-1?"


def test_a_text_means_itself_unless_it_is_said_to_be_an_expression(grown):
    assert find(grown, "192.0.2..").total == 0
    assert find(grown, r"192\.0\.2\.\d$", regex=True).total == 2
    assert find(grown, "NTP").total == 0
    assert find(grown, "NTP", ignore_case=True).total == 3


@pytest.mark.parametrize(
    "text", ["--help", "-f /etc/passwd", "; id", "$(id)", "*", "\\", "'", '"', "%s", "--", "-e", " "]
)
def test_whatever_signs_a_text_has_it_is_a_text(site, text):
    site.store(site.entry("rtr-1", f"a\nx{text}x\nb\n"))

    assert places(find(site, f"x{text}x")) == [("rtr-1", (RUNNING,), 2, f"x{text}x")]
    assert find(site, f"y{text}").total == 0


def test_letters_of_every_language_are_found_whatever_their_capitals(site, monkeypatch):
    monkeypatch.setenv("LC_ALL", "C")
    site.store(site.entry("rtr-1", "description Phòng MÁY CHỦ\n"))

    assert find(site, "phòng máy chủ", ignore_case=True).total == 1
    assert find(site, "Ph.ng", regex=True).total == 1


@pytest.mark.parametrize("text", ["", "a\nb", "a\0", "a\r", "x" * 1001])
def test_what_matches_nothing_or_everything_is_refused(text):
    with pytest.raises(UsageError):
        Pattern(text)


@pytest.mark.parametrize("text", ["(secret-word", "[[:secret-word:]]", "secret-word{2,1}"])
def test_a_wrong_expression_is_said_without_being_repeated(grown, text):
    with pytest.raises(UsageError, match="no regular expression") as caught:
        find(grown, text, regex=True)

    assert "secret-word" not in str(caught.value)


@pytest.mark.parametrize("text", ["(a+)+$", "^(([a-z])+.)+[A-Z]([a-z])+$"])
def test_an_expression_that_would_never_end_is_ended(site, text):
    site.store(site.entry("rtr-1", "a" * 60 + "!\n"))

    with pytest.raises(UsageError, match="takes too long"):
        find(site, text, regex=True)


def in_front_of_git(monkeypatch, folder, body):
    """A git that does something of its own before it searches."""
    folder.mkdir()
    stub = folder / "git"
    stub.write_text(f'#!/bin/sh\ncase "$*" in *" grep "*) {body} ;; esac\nexec {shutil.which("git")} "$@"\n')
    stub.chmod(stub.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")


def test_a_search_that_takes_too_long_is_ended_and_said(grown, tmp_path, monkeypatch):
    in_front_of_git(monkeypatch, tmp_path / "bin", "exec sleep 60")
    blob = grown.git("rev-parse", "main:rtr-1/running.cfg").decode().strip()

    with pytest.raises(CannotRun, match="took too long"):
        list(hits(grown.folder / "readable.git", Pattern("a"), [blob], set(), limit_seconds=0.2))


def test_what_is_looked_for_stands_in_no_argument_of_any_process(grown, tmp_path, monkeypatch):
    seen = tmp_path / "seen"
    in_front_of_git(monkeypatch, tmp_path / "bin", f'echo "$*" >> {seen}; env >> {seen}')

    found = find(grown, "ntp server 192.0.2.1")

    assert found.total == 1
    assert "grep" in seen.read_text()
    assert "ntp server" not in seen.read_text()
    assert "ntp server" not in repr(Query(Pattern("ntp server")))


def test_a_git_that_knows_no_expressions_says_so(grown, tmp_path, monkeypatch):
    says = "fatal: cannot use Perl-compatible regexes when not compiled with USE_LIBPCRE"
    in_front_of_git(monkeypatch, tmp_path / "bin", f'case "$*" in *--perl*) echo "{says}" >&2; exit 128;; esac')

    assert find(grown, "ntp").total == 3
    with pytest.raises(CannotRun, match="without regular expressions"):
        find(grown, "ntp", regex=True)


@pytest.mark.parametrize(
    "damage", [flip, lambda file: file.unlink(), lambda file: (file.chmod(0o600), file.write_bytes(b""))]
)
def test_a_text_that_cannot_be_read_is_named_and_the_others_are_searched(grown, damage):
    damage(loose_object(grown, "main:rtr-1/running.cfg"))

    found = find(grown, "192.0.2.1")

    assert found.unread == ("running of rtr-1",)
    assert [one.device for one in found.matches] == ["fw-1", "rtr-1"]


def test_what_cannot_be_compared_under_this_site_key_is_named(grown):
    other = SiteKey(bytes(32))
    site = grown
    site.store(site.entry("rtr-2", "password <secret:0123456789ab>\n", night=3), run="run-4", site_key=other)

    found = find(site, "secret:", site_key=site.key.id, accepts=lambda line: "0123" in line)

    assert found.total == 1
    assert found.unread == (f"running of rtr-2: its secrets were hashed with site key {other.id}",)


def test_all_are_counted_and_so_many_given_as_were_asked_for(site):
    site.store(site.entry("rtr-1", "".join(f"line {number}\n" for number in range(30))))

    found = find(site, "line", limit=3)

    assert (len(found.matches), found.total) == (3, 30)
    with pytest.raises(TypeError):
        bool(found)


def test_what_matches_almost_everything_is_refused_before_it_fills_the_memory(site, monkeypatch):
    monkeypatch.setattr("dcops.archive.search.MOST_LINES", 10)
    site.store(site.entry("rtr-1", "line\n" * 30))

    with pytest.raises(UsageError, match="more than 10 lines"):
        find(site, "line")


def test_an_archive_that_is_empty_or_not_there_is_not_called_clean(site, tmp_path):
    with pytest.raises(CannotRun, match="no archive"):
        find(site, "a")
    site.store()
    assert find(site, "a").searched == 0


def test_many_texts_are_asked_for_in_several_calls(site, monkeypatch):
    monkeypatch.setattr(grep, "_AT_ONCE", 2)
    site.store(*(site.entry(f"rtr-{number}", f"number {number}\nsame\n") for number in range(5)))

    assert find(site, "same").devices == 5


def test_a_search_leaves_everything_as_it_was(grown):
    def state():
        return {path: (path.stat().st_mtime_ns, path.stat().st_size) for path in grown.folder.rglob("*")}

    before = state()
    find(grown, "ntp")
    find(grown, "ntp", "2026-01-16")

    assert state() == before
