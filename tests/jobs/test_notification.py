"""People are told once what turned bad or good."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from dcops.jobs.notification import (
    ALERT_HOLDS,
    Audience,
    announce,
)
from dcops.model.job import MaintenanceWindow, RunState, RunTrigger
from dcops.templates.render import Texts
from tests.jobs.nights import DAY, ONE_AM, Site, device, result

ROUTER, FIREWALL = device("rtr-edge-1"), device("fw-main-1", role="firewall", platform="panos", site="dr")
WELL = (result("rtr-edge-1"), result("fw-main-1"))
BROKEN = (
    result("rtr-edge-1"),
    result("fw-main-1", "failed", kind="refused", message="the connection was refused", next_step="Is the API on?"),
)
ALL = ("mail", "webhook", "alertmanager")


class Nights(Site):
    """A site whose runs are announced as they end."""

    language = "en"
    channels = ALL
    root = None

    def night(self, number, state, outcomes=(), **how):
        """Run a night and give what was queued, by channel."""
        run = self.ran(state, outcomes, due=ONE_AM + number * DAY, **how)
        return self.announced(run)

    def announced(self, run):
        queued = announce(
            self.ledger,
            run,
            self.ledger.outcomes(run.key),
            audience=Audience(
                self.name, Texts.of(self.root, language=self.language, timezone="Asia/Ho_Chi_Minh"), self.channels
            ),
            devices=self.devices,
            archive=self.archive,
            now=run.finished or run.due,
        )
        return {message.channel: message for message in queued}


@pytest.fixture
def site(tmp_path):
    one = Nights(tmp_path, [ROUTER, FIREWALL])
    one.store("rtr-edge-1", "hostname rtr-edge-1\n", taken=ONE_AM - 5 * DAY, run="run-0")
    yield one
    one.close()


def alerts(queued):
    message = queued["alertmanager"]
    found = {}
    for alert in json.loads(message.body):
        ends = datetime.fromisoformat(alert["endsAt"])
        found[alert["labels"].get("device", "")] = "firing" if ends > message.created else "resolved"
    return found


# What is told


def test_a_well_night_is_silence(site):
    assert site.night(0, RunState.OK, WELL) == {}


def test_a_job_that_turns_bad_is_told_and_staying_bad_is_not_repeated(site):
    site.night(0, RunState.OK, WELL)

    first = site.night(1, RunState.PARTIAL, BROKEN)
    second = site.night(2, RunState.PARTIAL, BROKEN)

    assert first["mail"].subject == "[ict-centre] Configuration backup: done in part, 1 device failed"
    assert "fw-main-1: refuses the connection" in first["mail"].body
    assert "-> Is the API on?" in first["mail"].body
    assert set(second) == {"alertmanager"}
    assert alerts(second) == {"": "firing", "fw-main-1": "firing"}


def test_what_turns_good_again_is_told_once(site):
    site.night(0, RunState.PARTIAL, BROKEN)

    good = site.night(1, RunState.OK, WELL)
    silence = site.night(2, RunState.OK, WELL)

    assert good["mail"].subject == "[ict-centre] Configuration backup: well again"
    assert "WELL AGAIN: fw-main-1" in good["mail"].body
    assert alerts(good) == {"": "resolved", "fw-main-1": "resolved"}
    assert silence == {}


def test_a_second_device_that_fails_is_told_beside_the_first(site):
    site.night(0, RunState.PARTIAL, BROKEN)

    second = site.night(1, RunState.PARTIAL, [result("rtr-edge-1", "timeout", kind="timeout"), BROKEN[1]])

    assert second["mail"].subject == "[ict-centre] Configuration backup: 1 device newly failed"
    assert "STILL FAILING FROM BEFORE: fw-main-1" in second["mail"].body


def test_many_devices_that_fail_at_once_are_one_message(site):
    queued = site.night(
        0, RunState.PARTIAL, [result(name, "failed", kind="refused") for name in ("rtr-edge-1", "fw-main-1")]
    )

    assert (
        len([message for message in site.ledger.due_messages(datetime.now(UTC) + DAY) if message.channel == "mail"])
        == 1
    )
    assert alerts(queued) == {"": "firing", "rtr-edge-1": "firing", "fw-main-1": "firing"}


@pytest.mark.parametrize("state", [RunState.FAILED, RunState.TIMEOUT, RunState.LOST, RunState.SKIPPED])
def test_a_run_without_results_is_told_and_does_not_call_devices_well(site, state):
    site.night(0, RunState.PARTIAL, BROKEN)

    queued = site.night(1, state, reason="its process vanished")

    assert "its process vanished" in queued["mail"].body
    assert "runs/backup/" in queued["mail"].body
    assert alerts(queued) == {"": "firing", "fw-main-1": "firing"}


def test_vietnamese_readers_get_vietnamese(site):
    site.language = "vi"

    queued = site.night(0, RunState.PARTIAL, BROKEN)

    assert queued["mail"].subject == "[ict-centre] Sao lưu cấu hình: xong một phần, 1 thiết bị lỗi"
    assert "THIẾT BỊ MỚI BỊ LỖI\n- fw-main-1: từ chối kết nối" in queued["mail"].body
    assert "01:00 ngày 15/01/2026 (giờ Việt Nam, UTC+7)" in queued["mail"].body


def test_a_changed_configuration_is_told_with_its_difference(site):
    site.store("rtr-edge-1", "hostname rtr-edge-1\nsnmp-server community <secret:0123456789ab> RO\n", run="run-1")

    queued = site.night(0, RunState.OK, [result("rtr-edge-1", "changed"), WELL[1]], run="run-1")

    assert queued["mail"].subject == "[ict-centre] configuration changed: rtr-edge-1"
    assert "+snmp-server community <secret:0123456789ab> RO" in queued["mail"].body
    document = json.loads(queued["webhook"].body)
    assert document["changed"][0]["added"] == 1
    assert document["text"].startswith(queued["mail"].subject)
    assert "alertmanager" not in queued


def test_a_first_version_is_not_called_a_change(site):
    site.store("fw-main-1", "set deviceconfig\n", run="run-1")

    queued = site.night(0, RunState.OK, [WELL[0], result("fw-main-1", "changed")], run="run-1")

    assert queued["mail"].subject == "[ict-centre] first configuration of 1 device"
    assert "FIRST VERSIONS: fw-main-1" in queued["mail"].body


def test_a_large_change_does_not_make_a_large_mail(site):
    site.store("rtr-edge-1", "".join(f"line {n} {'x' * 500}\n" for n in range(3000)), run="run-1")

    queued = site.night(0, RunState.OK, [result("rtr-edge-1", "changed"), WELL[1]], run="run-1")

    assert len(queued["mail"].body) < 20_000
    assert "dcops archive diff rtr-edge-1" in queued["mail"].body


def test_bad_news_gets_out_when_the_archive_is_damaged(site, tmp_path):
    (tmp_path / "archive" / "readable.git" / "HEAD").unlink()

    queued = site.night(0, RunState.PARTIAL, [result("rtr-edge-1", "changed"), BROKEN[1]])

    assert "fw-main-1: refuses the connection" in queued["mail"].body
    assert "THE ARCHIVE CANNOT BE READ\n(rtr-edge-1:" in queued["mail"].body


def test_bad_news_gets_out_when_the_inventory_cannot_be_read(site):
    site.night(0, RunState.PARTIAL, BROKEN)
    site.devices = None

    queued = site.night(1, RunState.FAILED, reason="the inventory has 3 mistakes")

    assert "the inventory has 3 mistakes" in queued["mail"].body
    assert alerts(queued) == {"": "firing", "fw-main-1": "firing"}


def test_a_mistake_in_the_sites_own_template_does_not_keep_an_alarm_back(site, tmp_path):
    folder = tmp_path / "templates" / "message" / "en"
    folder.mkdir(parents=True)
    (folder / "run.txt.j2").write_text("{{ news.nothing }}")
    site.root = tmp_path

    queued = site.night(0, RunState.PARTIAL, BROKEN)

    assert queued["mail"].subject.endswith("done in part, 1 device failed")
    assert "run.txt.j2:1" in queued["mail"].body


def test_announcing_the_same_run_twice_queues_nothing_twice(site):
    run = site.ran(RunState.PARTIAL, BROKEN)

    assert set(site.announced(run)) == set(ALL)
    assert site.announced(run) == {}


def test_a_crash_between_queue_and_note_loses_and_doubles_nothing(site):
    run = site.ran(RunState.PARTIAL, BROKEN)
    site.announced(run)
    site.ledger.note("announced:backup", "")

    assert site.announced(run) == {}
    assert site.night(1, RunState.PARTIAL, BROKEN).keys() == {"alertmanager"}


def test_an_older_due_time_that_ends_late_says_nothing(site):
    site.night(1, RunState.OK, WELL)

    assert site.night(0, RunState.PARTIAL, BROKEN) == {}


def test_a_run_by_hand_of_one_device_does_not_call_the_job_well(site):
    site.night(0, RunState.FAILED)

    queued = site.announced(
        site.ran(RunState.OK, [WELL[0]], due=ONE_AM + timedelta(hours=2), trigger=RunTrigger.MANUAL)
    )
    whole = site.announced(site.ran(RunState.OK, WELL, due=ONE_AM + timedelta(hours=3), trigger=RunTrigger.MANUAL))

    assert alerts(queued) == {"": "firing"}
    assert whole["mail"].subject.endswith("well again")


def test_a_device_that_left_the_inventory_stops_being_an_alarm(site):
    site.night(0, RunState.PARTIAL, BROKEN)
    site.devices = (ROUTER,)

    assert alerts(site.night(1, RunState.OK, [WELL[0]]))["fw-main-1"] == "resolved"


def test_alerts_carry_the_inventorys_labels_and_end_by_themselves(site):
    queued = site.night(0, RunState.PARTIAL, BROKEN)

    job, of_device = json.loads(queued["alertmanager"].body)
    assert job["labels"] == {
        "alertname": "DcopsJobFailed",
        "job_name": "backup",
        "severity": "critical",
        "source": "dcops",
    }
    assert (of_device["labels"]["device"], of_device["labels"]["site"]) == ("fw-main-1", "dr")
    ends = datetime.fromisoformat(of_device["endsAt"])
    assert ends - queued["alertmanager"].created == ALERT_HOLDS


def test_a_renewed_alert_is_the_same_alert(site):
    first = json.loads(site.night(0, RunState.PARTIAL, BROKEN)["alertmanager"].body)
    other_fault = [WELL[0], result("fw-main-1", "timeout", kind="timeout")]
    second = json.loads(site.night(1, RunState.PARTIAL, other_fault)["alertmanager"].body)

    assert [alert["labels"] for alert in first] == [alert["labels"] for alert in second]
    assert [alert["startsAt"] for alert in first] == [alert["startsAt"] for alert in second]


# Maintenance


def maintained(site, hours=3, **selection):
    start = ONE_AM.astimezone(UTC) - timedelta(hours=1)
    site.ledger.open_window(MaintenanceWindow(0, start, start + timedelta(hours=hours), "an", "work", **selection))


def test_a_device_under_maintenance_is_silent_and_told_when_it_is_still_bad_afterwards(site):
    maintained(site, devices=("fw-main-1",))

    during = site.night(0, RunState.PARTIAL, BROKEN)
    after = site.night(1, RunState.PARTIAL, BROKEN)

    assert during == {}
    assert "fw-main-1" in after["mail"].body


def test_another_device_is_told_all_the_same(site):
    maintained(site, devices=("rtr-edge-1",))

    assert "fw-main-1" in site.night(0, RunState.PARTIAL, BROKEN)["mail"].body


def test_what_was_bad_before_the_maintenance_stays_so(site):
    site.night(-1, RunState.PARTIAL, BROKEN)
    maintained(site, devices=("fw-main-1",))

    during = site.night(0, RunState.PARTIAL, BROKEN)

    assert "mail" not in during
    assert alerts(during)["fw-main-1"] == "firing"


def test_a_window_about_everything_silences_jobs_too(site):
    maintained(site)

    assert site.night(0, RunState.FAILED) == {}


def test_a_window_about_one_device_does_not_silence_a_job_that_died(site):
    maintained(site, devices=("fw-main-1",))

    assert "mail" in site.night(0, RunState.LOST)
