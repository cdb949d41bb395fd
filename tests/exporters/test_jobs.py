"""What the ledger knows, as Prometheus sees it."""

import json
import os
import shutil
import socket
import subprocess
import time
import urllib.request
from datetime import UTC, datetime, timedelta

import pytest

from dcops.jobs.pushed import arrivals
from dcops.model.job import MaintenanceWindow, RunKey, RunState, RunTrigger
from tests.databases import new_postgresql
from tests.exporters.running import Site, serving

BACKUP = (("job_name", "backup"),)


def of(*pairs):
    return tuple(sorted(pairs))


def test_last_night_is_told_in_seconds_and_states(any_site, last_night):
    any_site.night(last_night)

    with serving(any_site.root) as exporter:
        found = exporter.series()

    assert found["dcops_ledger_up"] == {(): 1}
    assert found["dcops_job_last_success_timestamp_seconds"] == {BACKUP: last_night.timestamp() + 42}
    assert found["dcops_job_last_run_timestamp_seconds"] == {BACKUP: last_night.timestamp()}
    assert found["dcops_job_last_run_success"] == {BACKUP: 1}
    assert found["dcops_job_duration_seconds"] == {BACKUP: 42}
    assert found["dcops_job_interval_seconds"][BACKUP] == 86400
    states = {dict(labels)["state"]: value for labels, value in found["dcops_job_last_run_state"].items()}
    assert states == {state.value: float(state is RunState.OK) for state in RunState}
    outcomes = {dict(labels)["result"]: value for labels, value in found["dcops_job_outcomes"].items()}
    assert outcomes == {"changed": 1, "unchanged": 1, "ok": 0, "failed": 0, "timeout": 0, "skipped": 0}
    assert found["dcops_config_backup_last_success_timestamp_seconds"] == {
        of(("site", "main"), ("device", "rtr-1")): last_night.timestamp(),
        of(("site", "dr"), ("device", "rtr-2")): last_night.timestamp(),
    }


def test_a_failed_night_leaves_the_last_good_one_in_place(site, exporter, last_night):
    before = last_night - timedelta(days=1)
    site.night(before)
    site.night(last_night, RunState.PARTIAL, ("changed", "failed"))

    found = exporter.series()

    assert found["dcops_job_last_run_success"] == {BACKUP: 0}
    assert found["dcops_job_last_success_timestamp_seconds"] == {BACKUP: before.timestamp() + 42}
    stamps = found["dcops_config_backup_last_success_timestamp_seconds"]
    assert stamps[of(("site", "main"), ("device", "rtr-1"))] == last_night.timestamp()
    assert stamps[of(("site", "dr"), ("device", "rtr-2"))] == before.timestamp()


def test_a_run_at_work_is_the_newest_and_the_one_before_still_tells_how_it_went(site, exporter, last_night):
    site.night(last_night)
    now = datetime.now(UTC)
    with site.ledger() as ledger:
        key = RunKey("backup", now)
        ledger.claim(key, node="n", trigger=RunTrigger.MANUAL, now=now)
        ledger.start(key, now=now, run="r-2", process_group=None, artefact="")

    found = exporter.series()

    states = {dict(labels)["state"] for labels, value in found["dcops_job_last_run_state"].items() if value}
    assert states == {"running"}
    assert found["dcops_job_last_run_success"] == {BACKUP: 1}
    assert found["dcops_job_duration_seconds"] == {BACKUP: 42}


PUSHING = """\
  - {name: fw-1, site: main, role: firewall, vendor: v, model: m, drop: {pattern: "Backup-*", max_age_hours: 26}}
  - {name: esx-1, site: dr, role: server, vendor: v, model: m, drop: {pattern: "*.tgz", max_age_hours: 170}}
"""


def test_what_devices_push_is_told_with_its_age_and_how_old_it_may_become(site, exporter, last_night):
    file = site.root / "inventory" / "all.yaml"
    file.write_text(file.read_text() + PUSHING)
    with site.ledger() as ledger:
        watch = arrivals.Watch.begun(last_night).arrived(
            arrivals.Arrival(last_night, last_night, "Backup-1", 123456, "00" * 32)
        )
        arrivals.write(ledger, "fw-1", watch)
        arrivals.write(ledger, "esx-1", arrivals.Watch.begun(last_night))

    found = exporter.series()

    firewall, server = of(("site", "main"), ("device", "fw-1")), of(("site", "dr"), ("device", "esx-1"))
    assert found["dcops_drop_max_age_seconds"] == {firewall: 26 * 3600, server: 170 * 3600}
    assert found["dcops_drop_last_arrival_bytes"] == {firewall: 123456}
    assert set(found["dcops_drop_last_arrival_timestamp_seconds"]) == {firewall}, "what never came has no time"
    assert abs(found["dcops_drop_last_arrival_timestamp_seconds"][firewall] - last_night.timestamp()) < 1


def test_a_clock_that_was_put_back_makes_no_pushed_backup_younger(site, exporter, last_night):
    file = site.root / "inventory" / "all.yaml"
    file.write_text(file.read_text() + PUSHING)
    ahead = datetime.now(UTC) + timedelta(days=300)
    with site.ledger() as ledger:
        watch = arrivals.Watch.begun(ahead).arrived(arrivals.Arrival(ahead, ahead, "Backup-1", 1, "00" * 32))
        arrivals.write(ledger, "fw-1", watch.at(ahead + timedelta(hours=20)))

    (stamp,) = exporter.series()["dcops_drop_last_arrival_timestamp_seconds"].values()

    assert abs(datetime.now(UTC).timestamp() - stamp - 20 * 3600) < 30


def test_without_the_ledger_only_what_the_inventory_says_of_pushed_backups_is_told(site, exporter, last_night):
    file = site.root / "inventory" / "all.yaml"
    file.write_text(file.read_text() + PUSHING)
    site.night(last_night)
    exporter.series()
    for path in site.root.glob("state/ledger.sqlite*"):
        path.rename(site.root / path.name)

    found = exporter.series()

    assert len(found["dcops_drop_max_age_seconds"]) == 2
    assert "dcops_drop_last_arrival_timestamp_seconds" not in found


def test_a_job_that_never_ran_has_an_interval_and_nothing_else(exporter):
    found = exporter.series()

    assert found["dcops_job_interval_seconds"] == {BACKUP: 86400}
    assert not [name for name in found if name.startswith("dcops_job_last")]
    assert "dcops_config_backup_last_success_timestamp_seconds" not in found
    assert "dcops_config_backup_bytes" not in found


def test_a_start_of_the_exporter_resets_nothing(site, exporter, last_night):
    site.night(last_night)
    before = exporter.series()
    with serving(site.root) as again:
        after = again.series()

    assert after == before


def test_a_window_marks_the_devices_it_covers_while_it_is_open(site, exporter):
    now = datetime.now(UTC)
    window = MaintenanceWindow(0, now - timedelta(hours=1), now + timedelta(hours=1), "an", "new fan", sites=("dr",))
    with site.ledger() as ledger:
        opened = ledger.open_window(window)

        during = exporter.series()["dcops_maintenance_active"]
        ledger.end_window(opened.id, datetime.now(UTC))
        after = exporter.series()["dcops_maintenance_active"]

    main, dr = of(("site", "main"), ("device", "rtr-1")), of(("site", "dr"), ("device", "rtr-2"))
    assert during == {main: 0, dr: 1}
    assert after == {main: 0, dr: 0}


def test_dead_letters_and_the_heartbeat_of_the_scheduler_are_told(site, exporter):
    with site.ledger() as ledger:
        message = ledger.enqueue("mail", "s", "b", now=datetime.now(UTC))
        ledger.bury(message.id, "refused")
        ledger.note("scheduler:heartbeat", "2026-01-15T01:00:00Z")

    found = exporter.series()

    assert found["dcops_notification_dead_letters"] == {(): 1}
    assert found["dcops_scheduler_last_heartbeat_timestamp_seconds"] == {
        (): datetime(2026, 1, 15, 1, tzinfo=UTC).timestamp()
    }


def test_a_ledger_that_is_gone_takes_its_series_away_and_comes_back_with_them(site, exporter, last_night):
    site.night(last_night)
    exporter.series()
    away = site.root / "away"
    away.mkdir()
    for path in site.root.glob("state/ledger.sqlite*"):
        path.rename(away / path.name)

    gone = exporter.series()

    assert gone["dcops_ledger_up"] == {(): 0}
    assert gone["dcops_inventory_up"] == {(): 1}
    assert gone["dcops_job_interval_seconds"] == {BACKUP: 86400}
    assert not [name for name in gone if "last" in name or "dead" in name or "maintenance" in name]
    assert not site.ledger_file.exists(), "an empty one must not be made in its place"

    for path in away.iterdir():
        path.rename(site.root / "state" / path.name)
    assert exporter.series()["dcops_job_last_run_success"] == {BACKUP: 1}


def test_a_ledger_that_is_rubbish_is_not_read_as_zeros(site, last_night):
    site.night(last_night)
    site.ledger_file.write_bytes(b"rubbish" * 1000)
    with serving(site.root) as exporter:
        found = exporter.series()

        assert found["dcops_ledger_up"] == {(): 0}
        assert "dcops_notification_dead_letters" not in found
        assert exporter.get("/-/healthy")[0] == 200


def test_a_database_that_hangs_is_a_silent_ledger_in_time_and_is_back_by_itself(tmp_path, last_night):
    server = new_postgresql()
    try:
        site = Site(tmp_path, server.url(server.new_database()))
        site.night(last_night)
        with serving(site.root) as exporter:
            good = exporter.series()
            server.freeze()
            begun = time.monotonic()

            status, text = exporter.get("/metrics/jobs", **{"X-Prometheus-Scrape-Timeout-Seconds": "2"})

            assert time.monotonic() - begun < 2
            assert status == 200
            assert [line for line in text.splitlines() if not line.startswith("#")] == ["dcops_ledger_up 0.0"]
            server.thaw()
            until = time.monotonic() + 60
            while exporter.series() != good:
                assert time.monotonic() < until, "the ledger did not come back"
                time.sleep(0.2)
    finally:
        server.close()


def test_a_database_that_was_killed_is_a_silent_ledger_and_is_back_by_itself(tmp_path, last_night):
    server = new_postgresql()
    try:
        site = Site(tmp_path, server.url(server.new_database()))
        site.night(last_night)
        with serving(site.root) as exporter:
            good = exporter.series()
            server.kill()

            gone = exporter.series()

            assert gone["dcops_ledger_up"] == {(): 0}
            assert gone["dcops_inventory_up"] == {(): 1}
            assert "dcops_job_last_run_success" not in gone
            server.start()
            assert exporter.series() == good
    finally:
        server.close()


@pytest.mark.parametrize(
    ("file", "spoilt", "up"),
    [("dcops.toml", "[[[", "dcops_settings_up"), ("inventory/all.yaml", "devices: [{", "dcops_inventory_up")],
)
def test_a_file_that_was_spoilt_takes_away_what_needs_it_until_it_is_mended(
    site, exporter, last_night, file, spoilt, up
):
    site.night(last_night)
    good = exporter.series()
    text = (site.root / file).read_text()
    (site.root / file).write_text(spoilt)

    bad = exporter.series()

    assert bad[up] == {(): 0}
    assert bad["dcops_ledger_up"] == {(): 1}
    assert bad["dcops_job_last_run_success"] == {BACKUP: 1}
    missing = {"dcops_settings_up": "dcops_job_interval_seconds", "dcops_inventory_up": "dcops_maintenance_active"}[up]
    assert missing not in bad
    (site.root / file).write_text(text)
    assert exporter.series() == good


def test_a_device_that_left_the_inventory_leaves_the_metrics(site, exporter, last_night):
    site.night(last_night)
    assert len(exporter.series()["dcops_config_backup_last_success_timestamp_seconds"]) == 2
    file = site.root / "inventory" / "all.yaml"
    file.write_text(file.read_text().split("  - {name: rtr-2")[0])

    assert len(exporter.series()["dcops_config_backup_last_success_timestamp_seconds"]) == 1


def test_a_spoilt_schedule_is_no_reason_to_be_silent_about_the_runs(site, exporter, last_night):
    site.night(last_night)
    (site.root / "dcops.toml").write_text('[jobs.backup]\nschedule = "every night"\n')

    found = exporter.series()

    assert found["dcops_settings_up"] == {(): 0}
    assert found["dcops_job_last_run_success"] == {BACKUP: 1}


@pytest.mark.skipif(not shutil.which("promtool"), reason="promtool (package prometheus) is not installed")
@pytest.mark.parametrize("path", ["/metrics/jobs", "/metrics"])
def test_promtool_has_nothing_to_say(site, exporter, last_night, path):
    site.night(last_night)
    text = exporter.get(path)[1]

    done = subprocess.run(["promtool", "check", "metrics"], input=text, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_no_label_takes_a_name_that_belongs_to_prometheus_and_none_is_a_free_text(site, exporter, last_night):
    site.night(last_night)
    found = exporter.series()
    # Texts of the inventory stand in info series, which are there to be joined with.
    labels = {
        name for metric, series in found.items() if not metric.endswith("_info") for one in series for name, _ in one
    }

    assert labels == {"job_name", "state", "result", "site", "device"}


@pytest.mark.skipif(not shutil.which("prometheus"), reason="prometheus is not installed")
def test_the_real_prometheus_scrapes_it_and_sees_a_silent_ledger(site, exporter, last_night, tmp_path):
    site.night(last_night)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    target = exporter.url.removeprefix("http://")
    (tmp_path / "prometheus.yml").write_text(
        "global: {scrape_interval: 1s, scrape_timeout: 1s}\n"
        "scrape_configs:\n"
        f"  - {{job_name: dcops, metrics_path: /metrics/jobs, static_configs: [{{targets: ['{target}']}}]}}\n"
    )
    server = subprocess.Popen(
        [
            "prometheus",
            f"--config.file={tmp_path / 'prometheus.yml'}",
            f"--storage.tsdb.path={tmp_path / 'tsdb'}",
            f"--web.listen-address=127.0.0.1:{port}",
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={"PATH": os.environ["PATH"]},
    )

    def ask(query):
        url = f"http://127.0.0.1:{port}/api/v1/query?query={query}"
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                return [one["value"][1] for one in json.load(answer)["data"]["result"]]
        except OSError:
            return []

    def wait_for(query, values):
        until = time.monotonic() + 30
        while (found := ask(query)) != values:
            assert time.monotonic() < until, f"{query} is {found}"
            time.sleep(0.2)

    try:
        wait_for("dcops_job_last_run_success{job_name='backup'}".replace("'", "%22"), ["1"])
        wait_for("up", ["1"])
        site.ledger_file.rename(tmp_path / "away")
        wait_for("dcops_ledger_up", ["0"])
        wait_for("dcops_job_last_run_success", [])
        assert ask("up") == ["1"]
    finally:
        server.terminate()
        server.wait(20)
