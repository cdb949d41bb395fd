"""One run's entries become one commit, or none."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from dcops.archive.archive import Change, Entry, Item
from dcops.archive.site_key import SiteKey
from dcops.errors import CannotRun, InvalidInput
from dcops.model.snapshot import ConfigSource

RUNNING, STARTUP = ConfigSource.RUNNING, ConfigSource.STARTUP
MIDNIGHT = datetime(2026, 1, 15, 18, 0, tzinfo=UTC)


def test_the_first_version_is_new_and_its_texts_stand_in_git_as_they_were_given(site):
    done = site.store(site.entry(text="hostname a\nend\n", startup="hostname b\n"))

    assert [(one.device, one.change, one.added) for one in done.stored] == [("rtr-edge-1", Change.NEW, 3)]
    assert site.git("show", "main:rtr-edge-1/running.cfg") == b"hostname a\nend\n"
    assert site.git("show", "main:rtr-edge-1/startup.cfg") == b"hostname b\n"
    assert site.git("rev-parse", "main").decode().strip() == done.revision


def test_nothing_changed_makes_no_commit_and_seals_nothing(site):
    site.store(site.entry())
    before = site.sealed_files()

    done = site.store(site.entry(night=1, exact=b"! other noise\nhostname rtr-edge-1\n"), run="run-2")

    assert done.revision is None
    assert done.stored[0].change is Change.UNCHANGED
    assert site.commits() == 1
    assert site.sealed_files() == before


def test_one_run_of_many_changes_is_one_commit_that_says_what_changed(site):
    site.store(*(site.entry(f"rtr-{number}", "a\nb\n") for number in range(5)))

    done = site.store(
        site.entry("rtr-0", "a\nB\nc\n", night=1),
        site.entry("rtr-1", "a\nb\n", night=1),
        site.entry("fw-1", "x\n", night=1),
        run="20260116T010000Z-3f9a1c",
    )

    message = site.git("log", "-1", "--format=%B", "main").decode()
    assert site.commits() == 2
    assert message.splitlines()[0] == "backup 20260116T010000Z-3f9a1c: 1 changed, 1 new of 3"
    assert "rtr-0: changed running +2 -1" in message
    assert "fw-1: new running" in message
    assert "rtr-1" not in message
    assert site.git("log", "-1", "--format=%(trailers:key=Run,valueonly)", "main").decode().strip() == (
        "20260116T010000Z-3f9a1c"
    )
    assert [(one.change, one.added, one.removed) for one in done.stored if one.device == "rtr-0"] == [
        (Change.CHANGED, 2, 1)
    ]
    # Devices that were not part of this run stay.
    assert len(site.reader().devices()) == 6


def test_the_commit_is_dcops_own_whatever_the_user_has_set_up(site, monkeypatch, tmp_path):
    hooks = tmp_path / "hooks"
    hooks.mkdir()
    for name in ("reference-transaction", "post-commit", "pre-commit"):
        (hooks / name).write_text(f"#!/bin/sh\ntouch {tmp_path}/hook-ran\nexit 1\n")
        (hooks / name).chmod(0o755)
    (tmp_path / ".gitconfig").write_text(
        f"[user]\nname = Somebody\nemail = s@example.net\n[core]\nhooksPath = {hooks}\nautocrlf = true\n"
        "[diff]\nexternal = false\nnoprefix = true\n[color]\nui = always\n[init]\ndefaultBranch = other\n"
    )
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("GIT_DIR", "/nonexistent")
    monkeypatch.setenv("GIT_AUTHOR_NAME", "Somebody")
    monkeypatch.setenv("GIT_EXTERNAL_DIFF", "false")

    site.store(site.entry(text="a\r\n"))
    site.store(site.entry(text="b\r\n", night=1), run="run-2")

    monkeypatch.delenv("GIT_DIR")
    assert site.git("log", "-1", "--format=%an %ae %cn", "main") == b"dcops dcops@localhost dcops\n"
    assert site.git("show", "main:rtr-edge-1/running.cfg") == b"b\r\n"
    assert site.reader().diff("rtr-edge-1")[0].text == "@@ -1 +1 @@\n-a\r\n+b\r\n"
    assert not (tmp_path / "hook-ran").exists()


def test_an_unchanged_configuration_of_a_changed_device_is_not_sealed_again(site):
    site.store(site.entry(text="a\n", startup="s\n"))

    done = site.store(site.entry(text="b\n", startup="s\n", night=1), run="run-2")

    assert done.stored[0].documents == (RUNNING,)
    assert len(site.sealed_files()) == 3
    old, new = (version.record.documents for version in reversed(site.reader().log("rtr-edge-1")))
    assert old[STARTUP] == new[STARTUP]
    assert old[RUNNING].sealed != new[RUNNING].sealed


def test_a_configuration_that_was_refused_this_time_is_kept_with_its_age(site):
    site.store(site.entry(text="a\n", startup="s\n"))
    site.store(site.entry(text="b\n", night=1), run="run-2")
    site.store(site.entry(text="c\n", night=2), run="run-3")

    newest = site.reader().log("rtr-edge-1")[0]
    assert newest.record.documents[STARTUP].kept_from == site.entry().taken
    assert newest.record.documents[RUNNING].kept_from is None
    assert site.reader().show("rtr-edge-1", source=STARTUP) == "s\n"
    assert site.reader().export("rtr-edge-1", site.identities[0], source=STARTUP) == b"s\n"


def test_a_refused_configuration_alone_makes_no_version_and_its_return_ends_the_keeping(site):
    site.store(site.entry(text="a\n", startup="s\n"))
    assert site.store(site.entry(text="a\n", night=1), run="run-2").revision is None
    site.store(site.entry(text="b\n", night=2), run="run-3")
    site.store(site.entry(text="c\n", startup="s\n", night=3), run="run-4")

    assert site.reader().log("rtr-edge-1")[0].record.documents[STARTUP].kept_from is None


def test_a_device_whose_format_changed_keeps_one_file_per_configuration(site):
    site.store(site.entry(text="a\n"))
    other = Entry(
        "rtr-edge-1", "panos", site.entry(night=1).taken, (Item(RUNNING, "xml", "<config/>\n", b"<config/>"),)
    )

    site.store(other, run="run-2")

    assert site.git("ls-tree", "--name-only", "main:rtr-edge-1").split() == [b"record.json", b"running.xml"]


def test_after_the_site_key_was_rotated_the_same_secrets_are_no_change_of_lines(site):
    site.store(site.entry(text="username a secret <secret:0123456789ab>\nend\n"))
    rotated = SiteKey(b"r" * 32)

    done = site.store(
        site.entry(text="username a secret <secret:ba9876543210>\nend\n", night=1), run="run-2", site_key=rotated
    )

    assert done.revision
    stored = done.stored[0]
    assert (stored.key_rotated, stored.added, stored.removed) == (True, 0, 0)
    assert site.reader().log("rtr-edge-1")[0].record.key_rotated
    assert "site key rotated" in site.git("log", "-1", "--format=%B", "main").decode()


def test_a_real_change_beside_a_rotated_key_is_told_as_a_change(site):
    site.store(site.entry(text="secret <secret:0123456789ab>\nend\n", startup="a\n"))

    done = site.store(
        site.entry(text="secret <secret:ba9876543210>\nend\n", startup="b\n", night=1),
        run="run-2",
        site_key=SiteKey(b"r" * 32),
    )

    stored = done.stored[0]
    assert (stored.key_rotated, stored.added, stored.removed) == (False, 1, 1)
    assert stored.note == "site key rotated, secrets not compared"


def test_a_changed_secret_under_the_same_key_is_a_change(site):
    site.store(site.entry(text="secret <secret:0123456789ab>\n"))

    done = site.store(site.entry(text="secret <secret:ba9876543210>\n", night=1), run="run-2")

    assert not done.stored[0].key_rotated
    assert (done.stored[0].added, done.stored[0].removed) == (1, 1)


def test_of_two_sessions_that_overlap_neither_is_lost(site):
    site.store(site.entry("rtr-1", "a\n"), site.entry("rtr-2", "a\n"))
    first, second = site.archive().session("run-2"), site.archive().session("run-3")
    first.put(site.entry("rtr-1", "b\n", night=1))
    second.put(site.entry("rtr-2", "b\n", night=1))

    first.commit()
    second.commit()

    assert site.reader().show("rtr-1") == "b\n"
    assert site.reader().show("rtr-2") == "b\n"
    assert site.commits() == 3


def test_of_two_sessions_with_the_same_text_only_one_makes_a_version(site):
    site.store(site.entry(text="a\n"))
    first, second = site.archive().session("run-2"), site.archive().session("run-3")
    assert first.put(site.entry(text="b\n", night=1)).change is Change.CHANGED
    assert second.put(site.entry(text="b\n", night=1)).change is Change.CHANGED

    first.commit()
    done = second.commit()

    assert done.revision is None
    assert done.stored[0].change is Change.UNCHANGED
    assert site.commits() == 2
    assert len(site.sealed_files()) == 2, "what the second sealed for nothing is gone"


def test_what_was_read_earlier_never_replaces_what_was_read_later(site):
    site.store(site.entry(text="a\n"))
    slow, fast = site.archive().session("run-2"), site.archive().session("run-3")
    slow.put(site.entry(text="b\n", night=1))
    fast.put(site.entry(text="c\n", night=2))

    fast.commit()
    done = slow.commit()

    assert done.revision is None
    assert "run-3" in done.stored[0].note
    assert site.reader().show("rtr-edge-1") == "c\n"
    assert site.reader().verify().notes == ()


def test_an_older_reading_put_after_a_newer_one_is_not_stored_either(site):
    site.store(site.entry(text="c\n", night=2))

    done = site.store(site.entry(text="b\n", night=1), run="run-2")

    assert done.stored[0].change is Change.UNCHANGED
    assert done.stored[0].note
    assert site.commits() == 1


def test_a_clock_that_once_stood_in_the_future_does_not_stop_later_backups(site):
    site.clock.now += timedelta(days=3650)
    site.store(site.entry(text="a\n", night=3650))
    site.clock.now -= timedelta(days=3650)

    assert site.store(site.entry(text="b\n", night=1), run="run-2").revision
    assert site.reader().show("rtr-edge-1") == "b\n"


def test_a_later_session_keeps_its_unchanged_startup_against_what_another_run_wrote(site):
    site.store(site.entry(text="a\n", startup="s\n"))
    later = site.archive().session("run-3")
    later.put(site.entry(text="c\n", startup="s\n", night=2))
    site.store(site.entry(text="b\n", startup="t\n", night=1), run="run-2")

    later.commit()

    assert site.reader().texts("rtr-edge-1") == {RUNNING: "c\n", STARTUP: "s\n"}
    assert site.reader().export("rtr-edge-1", site.identities[1], source=STARTUP) == b"s\n"
    assert site.reader().verify().faults == ()


def test_entries_may_be_put_from_many_threads(site):
    session = site.archive().session("run-1")
    entries = [site.entry(f"rtr-{number}", f"hostname {number}\n", startup="s\n") for number in range(40)]
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(session.put, entries))

    done = session.commit()

    assert len(done.stored) == 40
    assert len(site.reader().devices()) == 40
    assert site.reader().verify().faults == ()


@pytest.mark.parametrize(
    "name", ["..", "../x", "a/b", ".git", "", "A", "a\nb", "a b", "x" * 64, "a\0", "-x", "record.json/x"]
)
def test_a_name_that_is_no_safe_folder_is_refused(site, name):
    with pytest.raises(InvalidInput, match="cannot name a device"):
        site.store(site.entry(name))

    assert site.sealed_files() == []


@pytest.mark.parametrize("name", ["", "a b", "a\nRun: other", "../x", "x" * 81])
def test_a_run_name_that_could_forge_a_message_is_refused(site, name):
    with pytest.raises(InvalidInput, match="cannot name a run"):
        site.archive().session(name)


def test_an_entry_that_makes_no_sense_is_a_mistake_of_the_caller(site):
    entry = site.entry()
    session = site.archive().session("run-1")
    for wrong in (
        replace(entry, items=()),
        replace(entry, items=entry.items * 2),
        replace(entry, taken=entry.taken.replace(tzinfo=None)),
        replace(entry, items=(replace(entry.items[0], suffix="../x"),)),
    ):
        with pytest.raises(ValueError, match=r"entry|suffix"):
            session.put(wrong)
    session.put(entry)
    with pytest.raises(ValueError, match="twice"):
        session.put(entry)


def test_nothing_is_sealed_for_fewer_than_two_holders(site):
    with pytest.raises(CannotRun) as caught:
        site.archive(holders=site.holders[:1]).session("run-1")

    assert "dcops archive keys create dr --identity dr.key" in caught.value.next_step
    assert not site.folder.exists()


def test_a_committed_session_takes_nothing_more(site):
    session = site.archive().session("run-1")
    session.commit()

    with pytest.raises(RuntimeError):
        session.put(site.entry())
    with pytest.raises(RuntimeError):
        session.commit()


def test_a_configuration_does_not_show_in_the_representation_of_what_holds_it(site):
    entry = site.entry(exact=b"enable secret hunter2")

    assert "hunter2" not in repr(entry)


def test_a_document_of_another_source_is_not_overtaken_by_a_later_one(site):
    site.store(site.entry(text="tonight\n", night=5))
    late = Item(ConfigSource.FILE, "txt", "sha256: 1\n", b"file")

    done = site.store(Entry("rtr-edge-1", "ios", MIDNIGHT, (late,)), run="run-2")

    assert done.revision
    newest, before = site.reader().log("rtr-edge-1")
    assert newest.taken == before.taken, "versions stay in the order of their times"
    assert newest.record.documents[ConfigSource.FILE].kept_from == MIDNIGHT
    assert newest.record.read_at(ConfigSource.FILE) == MIDNIGHT
    assert site.reader().show("rtr-edge-1") == "tonight\n"


def test_what_was_read_earlier_of_the_same_source_stays_out(site):
    site.store(site.entry(text="tonight\n", night=5))

    done = site.store(site.entry(text="yesterday\n", night=4), run="run-2")

    assert done.revision is None
    assert "archived one of" in done.stored[0].note


def test_the_version_that_brought_these_bytes_is_found_again(site):
    first = site.store(site.entry(text="a\n", startup="s\n")).revision
    second = site.store(site.entry(text="b\n", startup="s\n", night=1), run="run-2").revision
    archive = site.archive()

    assert archive.with_exact("rtr-edge-1", ConfigSource.RUNNING, b"a\n").revision == first
    assert archive.with_exact("rtr-edge-1", ConfigSource.RUNNING, b"b\n").revision == second
    assert archive.with_exact("rtr-edge-1", ConfigSource.STARTUP, b"s\n").revision == first
    assert archive.with_exact("rtr-edge-1", ConfigSource.RUNNING, b"c\n") is None
    assert archive.with_exact("rtr-unknown", ConfigSource.RUNNING, b"a\n") is None


def test_without_a_running_configuration_another_stands_for_it(site):
    state = Item(ConfigSource.STATE, "json", "{}\n", b"{}\n")
    file = Item(ConfigSource.FILE, "txt", "sha256: 1\n", b"file")
    site.store(Entry("wan-1", "peplink", MIDNIGHT, (file, state)))

    assert site.reader().show("wan-1") == "{}\n"
    assert site.reader().export("wan-1", site.identities[0]) == b"file", "what restores it comes first"
