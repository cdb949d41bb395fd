"""What touches devices or opens secrets leaves a line in the audit log."""

import json


def lines(lab):
    done = lab.dcops("audit-log", "show", "--format", "json", "--limit", "1000")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)["items"]


def test_backup_export_and_maintenance_are_recorded_and_the_chain_holds(lab, tmp_path):
    router = lab.of_platform("ios")
    before = len(lines(lab))

    lab.backup("--device", router)
    file, key = tmp_path / "back", lab.folder / "keys" / "main.key"
    lab.dcops("archive", "export", router, "--to", str(file), "--identity", str(key))
    lab.dcops("maintenance", "start", "--for", "1h", "--device", router, "--reason", "test of the log")
    lab.dcops("jobs", "run", "backup", "--quiet")
    new = lines(lab)[before:]
    # Others use this lab after us, and under maintenance nobody is told of anything.
    (window,) = json.loads(lab.dcops("maintenance", "list", "--format", "json").stdout)["maintenance"]
    lab.dcops("maintenance", "end", str(window["id"]))

    assert [one["what"] for one in new] == [
        "backup",
        "archive export",
        "maintenance start",
        "jobs run backup",
        "backup",
    ]
    assert all(router in one["devices"] for one in new if one["what"] != "jobs run backup")
    assert new[0]["run"]
    assert lab.dcops("audit-log", "verify").returncode == 0


def test_a_log_that_was_tampered_with_is_named(lab):
    lab.backup("--device", lab.of_platform("ios"))
    file = lab.site / "state" / "audit.log"
    before = file.read_bytes()
    try:
        file.write_bytes(before.replace(b'"backup"', b'"nothing"', 1))
        done = lab.dcops("audit-log", "verify")
    finally:
        file.write_bytes(before)

    assert done.returncode == 1
    assert "audit.log" in done.stdout


def test_a_log_that_cannot_be_written_stops_nothing_and_is_told_of(lab):
    file = lab.site / "state" / "audit.log"
    kept = file.with_name("audit.kept")
    if file.exists():
        file.rename(kept)
    file.mkdir(parents=True)
    try:
        done = lab.dcops("backup", "--device", lab.of_platform("ios"))
    finally:
        file.rmdir()
        if kept.exists():
            kept.rename(file)

    assert done.returncode == 0, done.stderr
    assert "not in the audit log" in done.stderr
