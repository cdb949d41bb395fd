"""Revisions, days and times find the version that was in force."""

import pytest

from dcops.errors import UsageError


@pytest.fixture
def archive(site):
    """Versions read at 01:00 local time on the 16th, 18th and 20th of January, other devices between."""
    for night, text in ((0, "a\n"), (2, "b\n"), (4, "c\n")):
        site.store(site.entry(text=text, night=night), run=f"run-{night}")
        site.store(site.entry("fw-1", f"{night}\n", night=night), run=f"run-{night}-fw")
    return site.reader()


@pytest.mark.parametrize(
    ("at", "text"),
    [
        (None, "c\n"),
        ("2026-01-16", "a\n"),
        ("2026-01-17", "a\n"),
        ("2026-01-18", "b\n"),
        ("2030-01-01", "c\n"),
        ("2026-01-17T18:00:00Z", "b\n"),
        ("2026-01-17T17:59:59Z", "a\n"),
        ("2026-01-18T01:00:00+07:00", "b\n"),
        ("2026-01-18T00:59:00", "a\n"),
        ("2026-01-18T01:00:00", "b\n"),
    ],
)
def test_a_day_or_time_means_what_was_in_force_at_its_end(archive, at, text):
    assert archive.show("rtr-edge-1", at) == text


def test_a_revision_may_be_cut_short_and_be_that_of_another_device(archive):
    versions = archive.log("rtr-edge-1")
    others = archive.log("fw-1")

    assert archive.show("rtr-edge-1", versions[1].revision) == "b\n"
    assert archive.show("rtr-edge-1", versions[2].revision[:12].upper()) == "a\n"
    assert archive.show("rtr-edge-1", others[1].revision) == "b\n"
    assert archive.version("fw-1", others[2].revision) == others[2]


def test_a_revision_before_the_device_was_known_is_said(archive):
    first = archive.log("rtr-edge-1")[-1].revision

    with pytest.raises(UsageError, match="not archived yet"):
        archive.show("fw-1", first)


@pytest.mark.parametrize("at", ["2026-01-15", "1999-12-31T00:00:00Z"])
def test_a_day_before_the_first_version_is_answered_with_the_oldest(archive, at):
    with pytest.raises(UsageError) as caught:
        archive.show("rtr-edge-1", at)

    assert "the oldest of 3 is" in caught.value.message
    assert "2026-01-15T18:00:00Z" in caught.value.message
    assert caught.value.next_step == "See: dcops archive log rtr-edge-1"


@pytest.mark.parametrize("at", ["0000000", "ffffffffffffffffffffffffffffffffffffffff"])
def test_an_unknown_revision_is_answered_with_what_there_is(archive, at):
    with pytest.raises(UsageError, match=r"there is no revision .*the oldest of 3"):
        archive.show("rtr-edge-1", at)


@pytest.mark.parametrize(
    "at", ["yesterday", "2026-13-01", "2026-01-32", "HEAD", "main~1", "--all", "9999-12-31", "", "a b"]
)
def test_what_is_neither_revision_nor_time_is_refused(archive, at):
    with pytest.raises(UsageError, match="is no revision, day or time"):
        archive.show("rtr-edge-1", at)


def test_a_prefix_of_several_revisions_is_refused(site):
    for night in range(40):
        site.store(site.entry(text=f"{night}\n", night=night), run=f"run-{night}")
    revisions = [version.revision for version in site.reader().log("rtr-edge-1")]
    from dcops.archive.moment import chosen

    with pytest.raises(UsageError, match="2 revisions begin with abcd"):
        chosen(site.reader().log("rtr-edge-1"), "abcd", lambda: ["abcd1", "abcd2", *revisions])
