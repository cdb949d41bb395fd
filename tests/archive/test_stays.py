"""Since when until when a line stood in a configuration."""

import pytest

from dcops.archive.grep import Pattern
from dcops.archive.history import History
from dcops.archive.search import Query
from dcops.archive.site_key import SiteKey
from dcops.archive.stays import stays
from dcops.errors import UsageError
from dcops.model.snapshot import ConfigSource
from tests.archive.test_inspection import flip, loose_object

RUNNING, STARTUP = ConfigSource.RUNNING, ConfigSource.STARTUP


@pytest.fixture
def grown(site):
    """A line that came, went, came again and stayed; another that startup kept longer."""
    nights = ["a\nold\n", "a\nold\nguest\n", "a\n", "a\nguest\n"]
    for night, text in enumerate(nights):
        site.store(site.entry("rtr-1", text, startup=nights[max(0, night - 1)], night=night), run=f"run-{night}")
    site.store(site.entry("rtr-2", "guest\n", night=9), run="run-9")
    return site


def find(site, text, **how):
    return stays(History(site.folder), Query(Pattern(text), **how))


def told(site, found):
    """Each stay as numbers of versions, the oldest being 0."""
    numbers = {}
    for device in {one.device for one in found.matches}:
        numbers |= {version.revision: n for n, version in enumerate(reversed(site.reader().log(device)))}
    return [
        (
            one.device,
            one.sources,
            one.text,
            numbers[one.since.revision],
            numbers[one.last.revision],
            numbers[one.gone.revision] if one.gone else None,
        )
        for one in found.matches
    ]


def test_a_line_that_came_and_went_and_came_again_has_stayed_twice(grown):
    found = find(grown, "guest", devices=["rtr-1"], source=RUNNING)

    assert told(grown, found) == [
        ("rtr-1", (RUNNING,), "guest", 3, 3, None),
        ("rtr-1", (RUNNING,), "guest", 1, 1, 2),
    ]
    versions = grown.reader().log("rtr-1")
    assert [one.since.taken for one in found.matches] == [versions[0].taken, versions[2].taken]
    assert found.matches[1].gone.taken == versions[1].taken


def test_what_stands_there_still_comes_first_and_what_went_last_next(grown):
    found = find(grown, "guest")

    assert [(one.device, one.gone is None) for one in found.matches] == [
        ("rtr-2", True),
        ("rtr-1", True),
        ("rtr-1", False),
        ("rtr-1", False),
    ]


def test_configurations_in_which_a_line_came_and_went_at_once_share_a_stay(grown):
    assert told(grown, find(grown, "a", devices=["rtr-1"])) == [("rtr-1", (RUNNING, STARTUP), "a", 0, 3, None)]
    assert told(grown, find(grown, "old")) == [
        ("rtr-1", (STARTUP,), "old", 0, 2, 3),
        ("rtr-1", (RUNNING,), "old", 0, 1, 2),
    ]


def test_a_document_that_a_device_no_longer_gives_is_kept_and_so_is_its_line(site):
    site.store(site.entry("rtr-1", "a\n", startup="only here\n"))
    site.store(site.entry("rtr-1", "b\n", night=1), run="run-2")

    assert told(site, find(site, "only here")) == [("rtr-1", (STARTUP,), "only here", 0, 1, None)]


def test_the_place_and_surroundings_are_those_of_the_last_version_with_it(site):
    site.store(site.entry("rtr-1", "interface x\n shutdown\n"))
    site.store(site.entry("rtr-1", "hostname a\ninterface y\n shutdown\n", night=1), run="run-2")

    (stay,) = find(site, "shutdown", context=1).matches

    assert (stay.line, stay.around.under, stay.around.before) == (3, ("interface y",), ("interface y",))


def test_each_text_is_read_once_however_many_versions_have_it(grown):
    assert find(grown, "a").texts == 5


def test_versions_that_cannot_be_read_are_named_and_hide_no_others(grown):
    flip(loose_object(grown, f"{grown.reader().log('rtr-1')[2].revision}:rtr-1/running.cfg"))

    found = find(grown, "guest")

    assert [text.split(" in ")[0] for text in found.unread] == ["running of rtr-1", "startup of rtr-1"]
    assert ("rtr-1", (RUNNING,), "guest", 3, 3, None) in told(grown, found)


def test_versions_under_another_site_key_are_named(site):
    other = SiteKey(bytes(32))
    site.store(site.entry("rtr-1", "password <secret:0123456789ab>\n"), site_key=other)
    site.store(site.entry("rtr-1", "password <secret:ba9876543210>\n", night=1), run="run-2")

    found = find(site, "secret:", site_key=site.key.id)

    assert found.unread == (f"running of rtr-1 up to 2026-01-15: secrets were hashed with site key {other.id}",)


def test_an_unknown_device_is_refused_and_an_empty_archive_has_nothing(site):
    site.store()
    assert find(site, "a").total == 0
    with pytest.raises(UsageError, match="no device"):
        find(site, "a", devices=["rtr-1"])
