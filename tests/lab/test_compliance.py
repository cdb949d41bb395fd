"""The small lab audited through the wire: fresh and archived alike, faults as what they are."""

import json

import pytest

CONFIGURED = ("ios", "panos", "sfos", "peplink")
"""Platforms of which nothing is asked but their configuration."""


def some(lab):
    """One device of each of them, as words of a selection."""
    return [word for platform in CONFIGURED for word in ("--device", lab.of_platform(platform))]


def audit(lab, *arguments):
    done = lab.dcops("audit", "compliance", "--format", "json", "--quiet", *arguments)
    assert done.returncode in (0, 1), done.stderr
    return done.returncode, json.loads(done.stdout)


def of_configurations(result, device=None):
    """The findings that come from configurations, of all devices or of one."""
    return [
        one
        for one in result["findings"]
        if (one["source"] or "").startswith("config") and device in (None, one["device"])
    ]


def told(findings):
    return {(one["id"], one["device"], one["status"], one["evidence"], one["fingerprint"]) for one in findings}


@pytest.fixture
def allowing(lab):
    """Writes exceptions of the site, for one test."""
    folder = lab.site / "compliance"
    file = folder / "exceptions.yaml"

    def allow(text):
        folder.mkdir(exist_ok=True)
        file.write_text(f"exceptions:\n  - {text}\n")

    yield allow
    file.unlink(missing_ok=True)


def test_what_is_read_now_and_what_was_archived_are_judged_alike(lab):
    lab.backup(*some(lab))

    code, fresh = audit(lab, *some(lab))
    _, archived = audit(lab, *some(lab), "--from-archive")

    assert code == 1
    assert fresh["summary"]["checks"]["fail"] > 0
    assert fresh["summary"]["checks"]["pass"] > 0
    assert told(of_configurations(fresh)) == told(of_configurations(archived))
    assert {one["device"] for one in of_configurations(fresh)} >= {lab.of_platform("ios"), lab.of_platform("panos")}
    assert all(one["evidence"] for one in fresh["findings"])


def test_the_archive_is_judged_without_touching_a_device(lab):
    router = lab.of_platform("ios")
    lab.backup("--device", router)
    before = lab.counters(router)

    audit(lab, "--from-archive", "--device", router)

    assert lab.counters(router) == before


def test_a_device_that_refuses_the_login_passes_nothing_and_is_told_of(lab):
    router = lab.of_platform("ios")
    lab.fault(router, "auth_fail")
    try:
        code, result = audit(lab, "--device", router)
        table = lab.dcops("audit", "compliance", "--quiet", "--device", router, "--lang", "en")
    finally:
        lab.heal()

    assert code == 1
    assert {one["status"] for one in of_configurations(result, router)} == {"could not check"}
    assert [item["error"]["kind"] for item in result["items"]] == ["auth"]
    assert table.returncode == 1
    assert "refused" in table.stdout


def test_nothing_is_written_on_any_device(lab):
    before = {name: lab.counters(name)["writes"] for name in lab.devices}

    audit(lab, *some(lab))

    assert {name: lab.counters(name)["writes"] for name in lab.devices} == before


def test_a_table_says_what_is_wrong_and_what_to_do_in_the_language_that_was_asked_for(lab):
    router = lab.of_platform("ios")
    english = lab.dcops("audit", "compliance", "--quiet", "--device", router, "--lang", "en").stdout
    vietnamese = lab.dcops("audit", "compliance", "--quiet", "--device", router, "--lang", "vi").stdout

    assert "What to do about it:" in english
    assert "mapped to TCVN" in english
    assert english != vietnamese


def test_an_exception_that_ends_soon_is_warned_of_and_covers_what_it_allows(lab, allowing):
    from datetime import UTC, datetime, timedelta

    router = lab.of_platform("ios")
    _, before = audit(lab, "--device", router)
    rule = next(one["id"] for one in before["findings"] if one["status"] == "fail")
    soon = (datetime.now(UTC) + timedelta(days=10)).date()
    allowing(f"{{rule: {rule}, device: {router}, owner: noc, reason: test, ticket: C-1, until: {soon}}}")

    _, after = audit(lab, "--device", router)
    table = lab.dcops("audit", "compliance", "--quiet", "--device", router).stdout

    assert {one["status"] for one in after["findings"] if one["id"] == rule} == {"exception"}
    assert after["exceptions"][0]["ends_soon"]
    assert "Exceptions that end" in table
    assert "C-1" in table


def test_an_exception_with_a_mistake_stops_the_audit_and_names_its_line(lab, allowing):
    allowing("{rule: IOS-999, device: a, owner: noc, reason: test, ticket: C-1, until: 2030-01-01}")

    done = lab.dcops("audit", "compliance", "--quiet")

    assert done.returncode == 2
    assert "exceptions.yaml:2" in done.stderr


def test_only_what_is_new_is_told_against_a_baseline(lab):
    router = lab.of_platform("ios")
    audit(lab, "--device", router)

    code, again = audit(lab, "--device", router, "--baseline", "last")

    assert code == 0
    assert again["summary"]["findings"] == 0
    assert again["summary"]["checks"]["fail"] > 0


def test_a_past_time_needs_the_archive(lab):
    done = lab.dcops("audit", "compliance", "--at", "2026-01-15")

    assert done.returncode == 2
    assert "--from-archive" in done.stderr


def test_the_job_leaves_its_row_and_its_part_of_the_report(lab):
    lab.backup()
    # The others answer slowly, and what they say is not what this is about.
    settings = lab.site / "dcops.toml"
    before = settings.read_text()
    settings.write_text(f"{before}\n[jobs.compliance]\nplatforms = {json.dumps(CONFIGURED)}\n")
    try:
        done = lab.dcops("jobs", "run", "compliance", "--quiet")
    finally:
        settings.write_text(before)
    report = json.loads(lab.dcops("report", "nightly", "--format", "json").stdout)

    assert done.returncode == 1, done.stderr
    assert report["compliance"]["checks"]["fail"] > 0
    assert report["compliance"]["devices"] > 0


def test_what_was_audited_is_in_the_audit_log(lab):
    router = lab.of_platform("ios")

    audit(lab, "--device", router)

    log = json.loads(lab.dcops("audit-log", "show", "--format", "json", "--limit", "5").stdout)["items"]
    line = next(one for one in log if one["what"] == "audit compliance")
    assert line["devices"] == [router]
    assert "read now" in line["detail"]
