"""What people and jobs read from the archive, and how a device comes back."""

import gzip
import subprocess
from concurrent.futures import ThreadPoolExecutor

import pyrage
import pytest

from dcops.archive.archive import Archive, Entry, Item
from dcops.archive.holders import Holder
from dcops.archive.site_key import SiteKey
from dcops.errors import ArchiveDamaged, CannotRun, UsageError
from dcops.model.snapshot import ConfigSource

RUNNING, STARTUP = ConfigSource.RUNNING, ConfigSource.STARTUP

HOSTILE = {
    "quotes and newlines": b"banner motd \"it's\" `x` $(reboot)\r\n\n\n'end'",
    "dots": b"../../../etc/passwd\n..\n.\n",
    "escapes": b"\x1b[2J\x1b]0;title\x07\x9b31m\x08\x08",
    "nul": b"a\0b\0\0c\n",
    "not UTF-8": b"\xff\xfe\xc3\x28\xed\xa0\x80",
    "one long line": b"x" * 3_000_000,
    "git's own words": b"commit refs/heads/main\ndata 5\nM 100644 inline x\n<<<<<<<\ndone\n",
    "nothing": b"",
}


@pytest.mark.parametrize("exact", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_bytes_come_back_exactly_and_lie_in_git_as_plain_text(site, exact):
    readable = exact.decode("utf-8", "surrogateescape")
    site.store(site.entry(text=readable, exact=exact), site.entry("fw-1", "quiet\n"))

    archive = site.archive()
    assert archive.export("rtr-edge-1", site.identities[1]) == exact
    assert archive.show("rtr-edge-1").encode() == readable.encode("utf-8", "backslashreplace")
    assert archive.show("fw-1") == "quiet\n"
    assert archive.verify().faults == ()
    # The same bytes tomorrow are no change.
    assert site.store(site.entry(text=readable, exact=exact, night=1), run="run-2").revision is None


def test_twenty_megabytes_go_in_and_out(site):
    lines = [f"<entry name='object-{number}'>{number * 7919 % 1_000_003}</entry>\n" for number in range(430_000)]
    exact = "".join(lines).encode()
    assert len(exact) > 18_000_000
    site.store(site.entry("fw-1", exact.decode(), exact=exact))
    lines[200_000] = "<entry name='new'/>\n"
    changed = "".join(lines)

    done = site.store(site.entry("fw-1", changed, night=1), run="run-2")

    assert (done.stored[0].added, done.stored[0].removed) == (1, 1)
    assert site.archive().export("fw-1", site.identities[0]) == changed.encode()
    assert site.archive().export("fw-1", site.identities[0], "2026-01-15T23:00:00Z") == exact
    assert "+<entry name='new'/>" in site.reader().diff("fw-1")[0].text


def test_a_sealed_file_opens_without_dcops(site):
    exact = b"hostname rtr-edge-1\nenable secret hunter2\n"
    site.store(site.entry(exact=exact))
    (file,) = site.sealed_files()

    for identity in site.identities:
        opened = pyrage.decrypt(file.read_bytes(), [pyrage.x25519.Identity.from_str(identity)])
        assert subprocess.run(["gunzip"], input=opened, capture_output=True, check=True).stdout == exact
        assert gzip.decompress(opened) == exact


def test_no_secret_is_in_any_git_object_nor_in_a_name_nor_in_another_file(site):
    secret = b"hunter2-correct-horse"
    site.store(site.entry(text="enable secret <secret:0123456789ab>\n", exact=b"enable secret " + secret))
    site.store(site.entry(text="enable secret <secret:ba9876543210>\n", exact=b"enable " + secret, night=1), run="r2")

    names = [line.split()[0] for line in site.git("cat-file", "--batch-all-objects", "--batch-check").splitlines()]
    objects = site.git("cat-file", "--batch", feed=b"\n".join(names) + b"\n")
    assert b"enable secret <secret:" in objects, "the scan reads what it should"
    assert secret not in objects
    for path in site.folder.rglob("*"):
        assert secret.decode() not in path.name
        if path.is_file():
            assert secret not in path.read_bytes()


def test_the_record_holds_no_plain_hash_of_what_is_secret(site):
    import hashlib

    exact = b"enable secret hunter2\n"
    site.store(site.entry(exact=exact))

    record = site.git("show", "main:rtr-edge-1/record.json").decode()
    for digest in (hashlib.sha256, hashlib.sha1, hashlib.md5):
        assert digest(exact).hexdigest() not in record
        assert digest(gzip.compress(exact, mtime=0)).hexdigest() not in record
    assert site.key.mark(exact) in record


def test_the_folders_are_for_their_owner_only(site):
    site.store(site.entry())

    assert site.folder.stat().st_mode & 0o077 == 0
    assert all(path.stat().st_mode & 0o077 == 0 for path in site.folder.rglob("*"))


def test_the_list_names_every_device_with_its_versions(site):
    site.store(site.entry("rtr-1", "a\n"), site.entry("fw-1", "a\n"))
    done = site.store(site.entry("rtr-1", "b\n", night=1), run="run-2")

    fw, rtr = site.reader().devices()

    assert (fw.device, fw.versions) == ("fw-1", 1)
    assert (rtr.device, rtr.versions, rtr.newest.revision) == ("rtr-1", 2, done.revision)
    assert rtr.newest.taken == site.entry(night=1).taken


def test_the_log_has_only_the_versions_of_that_device_newest_first(site):
    site.store(site.entry("rtr-1", "a\n"))
    site.store(site.entry("fw-1", "a\n"), run="run-2")
    site.store(site.entry("rtr-1", "a\nb\n", night=1), run="run-3")

    versions = site.reader().log("rtr-1")

    assert [(one.record.run, one.added, one.removed) for one in versions] == [("run-3", 1, 0), ("run-1", 1, 0)]


def test_a_wrong_name_is_answered_with_the_nearest(site):
    site.store(site.entry("rtr-edge-1"))

    for wrong in ("rtr-egde-1", "../rtr-edge-1", "rtr-edge-1\x1b[2J"):
        with pytest.raises(UsageError) as caught:
            site.reader().log(wrong)
        assert "rtr-edge-1?" in str(caught.value)
        assert "\x1b" not in str(caught.value)


def test_two_devices_of_which_one_name_begins_like_the_other_are_not_mixed_up(site):
    site.store(site.entry("rtr-1", "a\n"), site.entry("rtr-10", "b\n"), site.entry("rtr-1.x", "c\n"))

    assert site.reader().show("rtr-1") == "a\n"
    assert site.reader().show("rtr-1.x") == "c\n"
    assert len(site.reader().log("rtr-1")) == 1


def test_sizes_are_those_of_the_exact_bytes_of_the_last_version(site):
    assert site.archive().previous_sizes("rtr-edge-1") == {}
    site.store(site.entry(text="a\n", exact=b"12345", startup="123"))

    archive = site.archive()
    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(archive.previous_sizes, ["rtr-edge-1", "nobody"] * 4))
    assert found == [{RUNNING: 5, STARTUP: 3}, {}] * 4


def test_reading_needs_no_key_and_an_absent_archive_is_said_and_not_made(site):
    for question in (Archive.devices, Archive.verify, lambda archive: archive.log("rtr-1")):
        with pytest.raises(CannotRun, match="no archive"):
            question(site.reader())

    assert not site.folder.exists()


def test_a_difference_is_that_of_the_last_change_unless_told_otherwise(site):
    for night, text in enumerate(("a\n", "a\nb\n", "a\nb\nc\n")):
        site.store(site.entry(text=text, night=night), run=f"run-{night}")
    archive = site.reader()

    assert archive.diff("rtr-edge-1")[0].text == "@@ -1,2 +1,3 @@\n a\n b\n+c\n"
    assert archive.diff("rtr-edge-1", "2026-01-16")[0].text == "@@ -1 +1,3 @@\n a\n+b\n+c\n"
    assert archive.diff("rtr-edge-1", "2026-01-16", "2026-01-17")[0].text == "@@ -1 +1,2 @@\n a\n+b\n"
    assert archive.diff("rtr-edge-1", "2026-01-18", "2026-01-18")[0].text == ""


def test_a_difference_covers_every_configuration_and_one_that_came_or_went(site):
    site.store(site.entry(text="a\n"))
    site.store(site.entry(text="a\n", startup="s\n", night=1), run="run-2")

    found = {one.source: one.text for one in site.reader().diff("rtr-edge-1")}

    assert found == {RUNNING: "", STARTUP: "@@ -0,0 +1 @@\n+s\n"}
    assert [one.source for one in site.reader().diff("rtr-edge-1", source=STARTUP)] == [STARTUP]
    with pytest.raises(UsageError, match="no candidate configuration"):
        site.reader().diff("rtr-edge-1", source=ConfigSource.CANDIDATE)


def test_a_single_version_has_nothing_to_be_compared_with(site):
    site.store(site.entry())

    with pytest.raises(UsageError, match="no version of rtr-edge-1 before"):
        site.reader().diff("rtr-edge-1")


def test_across_a_rotated_site_key_secrets_are_not_compared_and_the_rest_is(site):
    site.store(site.entry(text="secret <secret:0123456789ab>\na\n&lt;secret:0123456789ab&gt;\n"))
    changed = site.entry(text="secret <secret:ba9876543210>\nb\n&lt;secret:ba9876543210&gt;\n", night=1)
    site.store(changed, run="run-2", site_key=SiteKey(b"r" * 32))

    (found,) = site.reader().diff("rtr-edge-1")

    assert found.key_rotated
    assert "-a\n+b\n" in found.text
    assert "0123456789ab" not in found.text
    assert "ba9876543210" not in found.text


def test_each_holder_opens_it_and_nobody_else(site):
    site.store(site.entry(exact=b"secret"))

    for identity in site.identities:
        commented = f"# created: long ago\n{identity}\n"
        assert site.reader().export("rtr-edge-1", commented) == b"secret"
    stranger = str(pyrage.x25519.Identity.generate())
    with pytest.raises(UsageError, match="sealed for dr, main") as caught:
        site.reader().export("rtr-edge-1", stranger)
    assert stranger not in str(caught.value)


@pytest.mark.parametrize("text", ["", "age1abc", "AGE-SECRET-KEY-1QQQQ", "# only a comment\n", "\0\xff"])
def test_what_is_no_identity_is_refused_without_showing_it(site, text):
    site.store(site.entry())

    with pytest.raises(UsageError, match="no identity of age") as caught:
        site.reader().export("rtr-edge-1", text)
    if text:
        assert text not in str(caught.value)


def test_a_new_holder_opens_what_is_sealed_from_then_on(site):
    site.store(site.entry(text="a\n"))
    third = pyrage.x25519.Identity.generate()
    holders = (*site.holders, Holder("offline", str(third.to_public())))
    site.store(site.entry(text="b\n", night=1), run="run-2", holders=holders)

    assert site.reader().export("rtr-edge-1", str(third)) == b"b\n"
    with pytest.raises(UsageError, match="sealed for dr, main"):
        site.reader().export("rtr-edge-1", str(third), "2026-01-16")


def test_a_sealed_file_swapped_for_another_good_one_is_noticed(site):
    """Anybody can seal for the holders: the hash in git and the mark tell our file from theirs."""
    site.store(site.entry(text="a\n", exact=b"mine!"))
    (file,) = site.sealed_files()
    recipients = [pyrage.x25519.Recipient.from_str(holder.recipient) for holder in site.holders]
    file.chmod(0o600)
    file.write_bytes(pyrage.encrypt(gzip.compress(b"yours"), recipients))

    with pytest.raises(ArchiveDamaged, match="not what its name says"):
        site.reader().export("rtr-edge-1", site.identities[0])


def test_a_forged_record_with_a_forged_sealed_file_fails_at_the_mark(site):
    site.store(site.entry(text="a\n", exact=b"mine!"))
    forger = site.archive(site_key=SiteKey(b"f" * 32)).session("run-2")
    forger.put(site.entry(text="b\n", exact=b"yours", night=1))
    forger.commit()
    record = site.git("show", "main:rtr-edge-1/record.json")
    forged = record.replace(SiteKey(b"f" * 32).id.encode(), site.key.id.encode())
    blob = site.git("hash-object", "-w", "--stdin", feed=forged).decode().strip()
    tree = site.git("ls-tree", "main:rtr-edge-1").decode().splitlines()
    tree = [f"100644 blob {blob}\trecord.json" if line.endswith("record.json") else line for line in tree]
    inner = site.git("mktree", feed="\n".join(tree).encode()).decode().strip()
    outer = site.git("mktree", feed=f"040000 tree {inner}\trtr-edge-1\n".encode()).decode().strip()
    identity = ("-c", "user.name=x", "-c", "user.email=x@example.net")
    commit = site.git(*identity, "commit-tree", outer, "-p", "main", "-m", "forged").decode().strip()
    site.git("update-ref", "refs/heads/main", commit)

    with pytest.raises(ArchiveDamaged, match="its mark differs"):
        site.archive().export("rtr-edge-1", site.identities[0])


def test_a_lost_history_is_never_mistaken_for_a_new_archive(site):
    site.store(site.entry())
    (site.folder / "readable.git/refs/heads/main").unlink()

    for question in (lambda: site.store(site.entry(night=1), run="run-2"), lambda: site.reader().devices()):
        with pytest.raises(ArchiveDamaged, match="is lost"):
            question()


@pytest.mark.parametrize("content", [b"", b"garbage\n", b"0123456789012345678901234567890123456789\n"])
def test_a_damaged_branch_stops_the_backup(site, content):
    site.store(site.entry())
    (site.folder / "readable.git/refs/heads/main").write_bytes(content)

    with pytest.raises(ArchiveDamaged, match="points to no commit"):
        site.store(site.entry(text="other\n", night=1), run="run-2")


def test_facts_stand_in_the_record(site):
    item = Item(RUNNING, "cfg", "a\n", b"a\n", {"changed_by": "ngoc", "odd": 'q"\n\x1b'})
    site.store(Entry("rtr-1", "ios", site.entry().taken, (item,)))

    facts = site.reader().log("rtr-1")[0].record.documents[RUNNING].facts

    assert facts == {"changed_by": "ngoc", "odd": 'q"\n\x1b'}
