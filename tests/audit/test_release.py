"""Releases are compared as their makers number them, and not at all where that means nothing."""

import pytest

from dcops.audit.release import EXAMPLES, Release, Unclear, affected, release


@pytest.mark.parametrize(
    ("platform", "older", "newer"),
    [
        ("ios", "17.09.04", "17.09.04a"),
        ("ios", "17.9.4a", "17.09.05"),
        ("ios", "16.12.10a", "17.3.1"),
        ("ios", "15.7(3)M8", "15.7(3)M9"),
        ("ios", "15.7(3)M9", "15.7(3)M10"),
        ("ios", "15.1(4)M12", "15.1(4)M12a"),
        ("ios", "12.2(55)SE9", "12.2(55)SE12"),
        ("ios", "03.16.05.S", "3.16.10S"),
        ("panos", "10.1.14", "10.1.14-h2"),
        ("panos", "10.1.14-h2", "10.1.14-h10"),
        ("panos", "9.1.16", "10.1.0"),
        ("sfos", "19.0 MR1", "SFOS 19.0.2 MR-2-Build472"),
        ("sfos", "v19.5 GA", "19.5.3"),
        ("esxi", "8.0.2 build 22380479", "8.0.2 build-24585300"),
        ("esxi", "8.0.2 build 99999999", "8.0.3 build 1"),
        ("peplink", "8.2.1s046", "8.3.0 build 5229"),
        ("nxos", "9.3(8)", "9.3(10)"),
        ("procurve", "YA.16.11.0012", "YC.16.11.0013"),
        ("fos", "v9.1.1c", "9.1.1d"),
    ],
)
def test_one_release_is_older_than_the_other(platform, older, newer):
    first, second = release(platform, older), release(platform, newer)

    assert first is not None
    assert second is not None
    assert (first.numbers, first.build or 0) < (second.numbers, second.build or 0)


@pytest.mark.parametrize(
    ("platform", "told", "found"),
    [
        ("ios", "Cisco IOS Software, C1900 Software, Version 15.7(3)M8, RELEASE SOFTWARE (fc1)", "15.7(3)M8"),
        ("ios", "Cisco IOS XE Software, Version 17.09.04a", "17.9.4a"),
        ("panos", "sw-version: 10.1.14-h2 (preferred)", "10.1.14-h2"),
        ("esxi", "VMware ESXi 8.0.2 build-22380479", "8.0.2 build 22380479"),
    ],
)
def test_a_release_is_found_wherever_it_stands_in_a_text(platform, told, found):
    assert release(platform, told) == release(platform, found)


@pytest.mark.parametrize(
    ("platform", "told"),
    [
        ("ios", "unknown"),
        ("ios", "15.7"),
        ("panos", "10.1.14-c12"),
        ("panos", "10.1"),
        ("sfos", "API 1905.1"),
        ("esxi", "8.0 U2"),
        ("peplink", ""),
    ],
)
def test_what_is_no_release_is_none(platform, told):
    assert release(platform, told) is None


@pytest.mark.parametrize(
    ("platform", "text", "version", "holds"),
    [
        ("ios", ">=17.9, <17.9.4a", "17.09.04", True),
        ("ios", ">=17.9, <17.9.4a", "17.09.04a", False),
        ("ios", ">=17.9, <17.9.4a", "17.06.05", False),
        # Another train is neither older nor newer.
        ("ios", "<17.9.4a", "15.7(3)M8", False),
        ("ios", "<15.7(3)M9", "15.2(7)E8", False),
        ("ios", ">=15.0, <15.2(7)E9", "15.2(7)E8", True),
        ("panos", ">=10.1, <10.1.14-h6", "10.1.11", True),
        ("panos", ">=10.1, <10.1.14-h6", "10.1.14-h6", False),
        ("panos", "=9.1.16", "9.1.16", True),
        ("sfos", "<=19.0.1", "SFOS 19.0.1 MR-1-Build365", True),
        ("esxi", ">=8.0.3, <8.0.3 build 24585383", "8.0.3 build 24022510", True),
        ("esxi", ">=8.0, <8.0.2 build 24585300", "8.0.1", True),
        ("esxi", ">7.0.3", "8.0.2", True),
    ],
)
def test_a_range_holds_the_releases_between_its_bounds(platform, text, version, holds):
    assert affected(platform, text).holds(release(platform, version)) is holds


def test_a_release_without_a_build_cannot_be_compared_with_one():
    with pytest.raises(Unclear):
        affected("esxi", ">=8.0, <8.0.2 build 24585300").holds(release("esxi", "8.0.2"))


def test_a_missing_build_does_not_hide_that_another_bound_is_not_met():
    assert not affected("esxi", ">=8.0.3, <8.0.3 build 24585383").holds(release("esxi", "8.0.2"))
    assert not affected("esxi", "<8.0.2 build 24585300, >=8.0.3").holds(Release((8, 0, 2)))


@pytest.mark.parametrize(
    ("platform", "text"),
    [
        ("ios", "17.9.4a"),
        ("ios", "<"),
        ("ios", "<17.9.4a or so"),
        ("ios", ">=17.9 <17.9.4a"),
        ("panos", "<10.1.14-x6"),
        ("esxi", "<ESXi80U3d-24585383"),
        ("nxos", "before 9.3(12)"),
    ],
)
def test_what_is_no_range_is_refused_with_an_example(platform, text):
    with pytest.raises(ValueError, match="such as"):
        affected(platform, text)


def test_every_example_is_a_range():
    for platform, text in EXAMPLES.items():
        for part in text.split(" or "):
            assert affected(platform, part.strip("`"))
