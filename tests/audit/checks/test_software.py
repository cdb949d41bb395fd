"""Published weaknesses: what is found always counts, and what is not found only where the file can be believed."""

from tests.audit.checks.told import said, source

GONE = "? the advisory file is of 2025-11-01"


def advisories(*listed, **changed):
    return source(
        "inv/advisories",
        {"day": "2026-01-10", "covered": True, "example": False, "advisories": list(listed)} | changed,
    )


def advisory(affected, severity="high", fixed=("17.9.4a",), id="CVE-0000-1"):
    return {"id": id, "severity": severity, "title": "x", "affected": [affected], "fixed": list(fixed), "link": "x"}


def grave(*sources, version="17.09.03", platform="ios"):
    return said("grave-weaknesses", platform, *sources, version=version)


def test_a_weakness_is_told_with_the_next_release_without_it():
    hole = advisory(">=17.3, <17.9.4a", fixed=["16.12.10a", "17.3.8a", "17.9.4a", "17.12.1"])

    assert grave(advisories(hole)) == ["CVE-0000-1 (high): 17.09.03, fixed in 17.9.4a"]


def test_a_file_that_is_old_or_an_example_or_covers_nothing_still_accuses_and_never_acquits():
    hole, none = advisory("<17.9.4a"), advisory("<17.3.1")
    for changed, why in (
        ({"day": "2025-11-01"}, "? the advisory file is of 2025-11-01"),
        ({"example": True}, "? compliance/advisories.yaml is the example"),
        ({"covered": False}, "? the advisory file does not cover ios"),
    ):
        assert grave(advisories(hole, **changed)) == ["CVE-0000-1 (high): 17.09.03, fixed in 17.9.4a"]
        assert grave(advisories(none, **changed))[0].startswith(why)
    assert grave(advisories(none)) == []


def test_a_version_that_nobody_knows_or_can_read_is_not_safe():
    assert grave(advisories(), version="") == ["? the version of the device is not known"]
    assert grave(advisories(), version="some image") == ["? `some image` is no release of ios"]


def test_what_hangs_on_an_unknown_build_does_not_hide_what_is_certain():
    certain = advisory(">=8.0, <8.0.3", id="CVE-0000-2", fixed=["8.0.3"])
    unsure = advisory(">=8.0, <8.0.2 build 24585300")
    told = grave(advisories(unsure, certain), version="8.0.2", platform="esxi")

    assert told[0] == "CVE-0000-2 (high): 8.0.2, fixed in 8.0.3"
    assert told[1].startswith("? whether CVE-0000-1 is in 8.0.2 hangs on its build")


def test_the_two_rules_share_the_severities_between_them():
    listed = advisories(
        *(advisory("<18.0", severity, id=severity) for severity in ("critical", "high", "medium", "low"))
    )

    assert [each.split()[0] for each in grave(listed)] == ["critical", "high"]
    other = said("other-weaknesses", "ios", listed, version="17.09.03")
    assert [each.split()[0] for each in other] == ["medium", "low"]


def support(day):
    return source("inv", {"support": {"end_of_support": day}})


def test_support_that_ended_is_told_once_and_not_as_ending_too():
    ended = support("2026-01-14")

    assert said("supported", "ios", ended) == ["support ended on 2026-01-14"]
    assert said("supported-for-long", "ios", ended) == []


def test_the_last_day_of_support_is_supported():
    assert said("supported", "ios", support("2026-01-15")) == []
    assert said("supported-for-long", "ios", support("2026-01-15")) == ["support ends on 2026-01-15, in 0 days"]
    assert said("supported-for-long", "ios", support("2027-01-15")) == []


def test_a_date_that_nobody_wrote_down_is_not_far_away():
    assert said("supported", "ios", support(None))[0].startswith("?")
