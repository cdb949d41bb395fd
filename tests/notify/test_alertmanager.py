"""A real Alertmanager takes our alerts, keeps them once, and lets them go."""

import json
import shutil
import subprocess
import time
import urllib.error
import urllib.request
from datetime import UTC, datetime, timedelta

import pytest

from dcops.notify.alertmanager import Alert, AlertmanagerSender, alerts_url, as_json
from dcops.notify.http import Endpoint
from dcops.notify.sender import NotifyError, NotifyErrorKind

PROGRAM = shutil.which("prometheus-alertmanager") or shutil.which("alertmanager")
CONFIG = """
route: {receiver: hook, group_by: [alertname], group_wait: 0s, group_interval: 1s, repeat_interval: 1h}
receivers:
  - name: hook
    webhook_configs: [{url: "%s", send_resolved: true}]
"""


def alert(device="rtr-edge-2", *, minutes=60, now=None):
    moment = now or datetime.now(UTC)
    return Alert(
        {"alertname": "DcopsDeviceFailed", "job_name": "backup", "device": device, "severity": "warning"},
        starts=moment - timedelta(minutes=5),
        ends=moment + timedelta(minutes=minutes),
        annotations={"summary": f"Sao lưu cấu hình: {device} lỗi"},
    )


@pytest.mark.parametrize(
    "base", ["http://192.0.2.9:9093", "http://192.0.2.9:9093/", "http://192.0.2.9:9093/api/v2/alerts"]
)
def test_the_address_of_alerts_is_found_from_that_of_alertmanager(base):
    assert alerts_url(base) == "http://192.0.2.9:9093/api/v2/alerts"


def test_times_are_in_utc_and_texts_in_vietnamese():
    (document,) = json.loads(as_json([alert(now=datetime(2026, 1, 15, 1, 5, tzinfo=UTC))]))

    assert document["startsAt"] == "2026-01-15T01:00:00.000Z"
    assert document["endsAt"] == "2026-01-15T02:05:00.000Z"
    assert document["annotations"]["summary"] == "Sao lưu cấu hình: rtr-edge-2 lỗi"


class Running:
    """An Alertmanager of our own, and the receiver that it tells."""

    def __init__(self, folder, receiver, port):
        self.base = f"http://127.0.0.1:{port}"
        self.receiver = receiver
        self.log = (folder / "log").open("wb")
        (folder / "config.yml").write_text(CONFIG % receiver.url)
        self.process = subprocess.Popen(
            [
                PROGRAM,
                f"--config.file={folder / 'config.yml'}",
                f"--storage.path={folder / 'data'}",
                f"--web.listen-address=127.0.0.1:{port}",
                "--cluster.listen-address=",
            ],
            stdout=self.log,
            stderr=self.log,
        )
        until(self._ready)

    def _ready(self):
        try:
            with urllib.request.urlopen(f"{self.base}/-/ready", timeout=2) as answer:
                return answer.status == 200
        except (urllib.error.URLError, ConnectionError):
            return False

    def alerts(self):
        with urllib.request.urlopen(f"{self.base}/api/v2/alerts", timeout=5) as answer:
            return json.loads(answer.read())

    def send(self, letter, *alerts):
        AlertmanagerSender(Endpoint(alerts_url(self.base), timeout_seconds=5.0)).send(letter(body=as_json(alerts)))

    def told(self, status):
        return [
            one["labels"]["device"]
            for document in self.receiver.documents
            for one in document["alerts"]
            if one["status"] == status
        ]

    def close(self):
        self.process.terminate()
        self.process.wait(timeout=20)
        self.log.close()


def until(true, seconds=25):
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.1)


@pytest.fixture
def alertmanager(tmp_path, http, nobody_listens):
    if PROGRAM is None:
        pytest.skip("there is no Alertmanager on this host (Debian: prometheus-alertmanager)")
    running = Running(tmp_path, http(), nobody_listens)
    yield running
    running.close()


def test_an_alert_fires_once_however_often_it_is_renewed_and_resolves_at_its_end(alertmanager, letter):
    alertmanager.send(letter, alert(), alert("fw-main-2"))
    alertmanager.send(letter, alert(), alert("fw-main-2"))
    until(lambda: set(alertmanager.told("firing")) == {"rtr-edge-2", "fw-main-2"})
    assert len(alertmanager.alerts()) == 2

    alertmanager.send(letter, alert(minutes=0), alert("fw-main-2"))

    until(lambda: "rtr-edge-2" in alertmanager.told("resolved"))
    assert "fw-main-2" not in alertmanager.told("resolved")
    assert [one["labels"]["device"] for one in alertmanager.alerts()] == ["fw-main-2"]


def test_a_document_that_it_does_not_understand_is_refused_for_good(alertmanager, letter):
    sender = AlertmanagerSender(Endpoint(alerts_url(alertmanager.base), timeout_seconds=5.0))

    with pytest.raises(NotifyError) as caught:
        sender.send(letter(body='[{"labels": "none"}]'))

    assert caught.value.kind is NotifyErrorKind.PERMANENT
