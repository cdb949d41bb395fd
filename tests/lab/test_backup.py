"""The backup through the wire: what it writes, what it must not write, and what it must not spoil."""

import re
import subprocess

import yaml


def test_an_api_session_that_always_expires_fails_after_two_keys(lab):
    victim = lab.of_platform("panos")
    lab.fault(victim, "session_expired", every_key=True)
    before = lab.counters(victim)["logins"]

    _, items, _ = lab.backup("--device", victim)

    assert items[victim]["error"]["kind"] == "auth"
    assert lab.counters(victim)["logins"] - before == 2


def test_a_second_run_changes_nothing(lab):
    lab.backup()
    code, items, summary = lab.backup()

    assert code == 0
    assert {item["outcome"] for item in items.values()} <= {"unchanged", "skipped"}
    assert summary["revision"] is None


def test_a_change_by_somebody_else_is_one_new_version_and_nothing_else(lab):
    router = lab.of_platform("ios")
    lab.backup()
    lab.call("POST", f"/devices/{router}/change", {"lines": ["ntp server 192.0.2.77"]})

    _, items, summary = lab.backup()
    diff = lab.dcops("archive", "diff", router)

    assert {name for name, item in items.items() if item["outcome"] == "changed"} == {router}
    assert summary["changed"] == 1
    assert [line for line in diff.stdout.splitlines() if re.match(r"[+-][^+-]", line)] == ["+ntp server 192.0.2.77"]


def test_reading_leaves_no_trace_on_the_device(lab):
    lab.backup()
    for name in lab.devices:
        counters = lab.counters(name)
        assert counters["writes"] == counters["flash_writes"] == counters["config_mode_entries"] == 0, name


def test_no_secret_of_the_site_is_in_git_or_in_any_output(lab):
    lab.backup()
    done = lab.dcops("backup")
    credentials = re.findall(r'(?:password|enable) *= *"([^"]+)"', (lab.site / "credentials.toml").read_text())
    objects = subprocess.run(
        ["git", "--git-dir", lab.site / "state/archive/readable.git", "log", "-p", "--all"],
        capture_output=True,
        check=True,
    ).stdout.decode("utf-8", "replace")

    assert credentials
    for secret in credentials:
        assert secret not in done.stdout + done.stderr
        assert secret not in objects


def test_a_router_with_old_algorithms_is_named_with_what_it_offers_unless_it_is_allowed(lab):
    old = next(name for name in lab.devices if "lan" in name)
    files = [file for file in (lab.site / "inventory").rglob("*.yaml") if old in file.read_text()]
    texts = {file: file.read_text() for file in files}
    try:
        for file, text in texts.items():
            content = yaml.safe_load(text)
            for device in content.get("devices", ()):
                device.pop("legacy_algorithms", None)
            file.write_text(yaml.safe_dump(content))
        _, items, _ = lab.backup("--device", old)
    finally:
        for file, text in texts.items():
            file.write_text(text)

    assert items[old]["error"]["kind"] == "unsupported", items[old]
    assert "diffie-hellman-group14-sha1" in items[old]["error"]["message"]
    assert "legacy_algorithms" in items[old]["error"]["next_step"]


def test_a_shrunken_configuration_is_refused_until_it_is_accepted(lab):
    router = lab.of_platform("ios")
    file = lab.site / "dcops.toml"
    before = file.read_text()
    lab.backup("--device", router)
    try:
        file.write_text(
            before + ""
            if "[backup]" not in before
            else re.sub(r"smallest_share = [\d.]+", "smallest_share = 1.5", before)
        )
        _, refused, _ = lab.backup("--device", router)
        code, _, _ = lab.backup("--device", router, "--accept-smaller")
    finally:
        file.write_text(before)

    assert refused[router]["error"]["kind"] == "truncated"
    assert "--accept-smaller" in refused[router]["error"]["next_step"]
    assert code == 0


def test_progress_goes_to_stderr_and_the_result_to_stdout(lab):
    done = lab.dcops("backup", "--format", "json")

    assert done.stdout.startswith("{")
    assert "reading" in done.stderr


def test_an_unknown_device_is_wrong_usage_with_the_nearest_name(lab):
    name = lab.of_platform("ios")
    done = lab.dcops("backup", "--device", name + "x")

    assert done.returncode == 2
    assert name in done.stderr
