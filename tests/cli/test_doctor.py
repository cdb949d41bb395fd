"""What the doctor finds in a site root that is well, new, or spoilt in one place."""

import json
import os
import socket
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest
from click.testing import CliRunner

from dcops.archive.holders import create_holder
from dcops.auditlog.log import AuditLog
from dcops.cli.doctor import command
from dcops.ledger.ledger import Ledger
from dcops.model.job import RunKey, RunState, RunTrigger
from dcops.model.moment import rfc3339

INVENTORY = """\
sites: [{name: main, title: M, role: main}]
credentials: [{name: ios-backup}, {name: panos-backup}]
devices:
  - {name: r1, site: main, role: r, vendor: v, model: m, platform: ios, credential: ios-backup,
     management: {ipv4: 192.0.2.1}}
  - {name: f1, site: main, role: r, vendor: v, model: m, platform: panos, credential: panos-backup,
     management: {ipv4: 192.0.2.2}}
"""
SETTINGS = """\
[jobs.backup]
schedule = "0 1 * * *"
[mail]
host = "mail.example"
[heartbeat]
url = "https://alive.example/dcops"
"""
VALUE = "s0-made-up-value"
HOST_KEY = "AAAAC3NzaC1lZDI1NTE5AAAAIBfb3BTbVJwq1tVRTHzEQ1pXJd3HmnkGBwMeAPMqzRCw"


class Site:
    def __init__(self, root):
        self.root = root
        self.exporter = "http://127.0.0.1:1"
        (root / "dcops.toml").write_text(SETTINGS)
        for name in ("inventory", "trust"):
            (root / name).mkdir()
        (root / "inventory" / "all.yaml").write_text(INVENTORY)
        (root / "credentials.toml").write_text(
            f'["ios-backup"]\nusername = "svc"\npassword = "{VALUE}"\n["panos-backup"]\napi_key = "{VALUE}"\n'
        )
        (root / "credentials.toml").chmod(0o600)
        (root / "trust" / "known_hosts").write_text(f"192.0.2.1 ssh-ed25519 {HOST_KEY}\n")
        (root / "trust" / "pins").write_text(f"f1 sha256:{'a' * 64}\n")
        for name in ("main", "dr"):
            create_holder(root / "keys", name, root / f"{name}.key")
        (root / "state" / "archive").mkdir(parents=True, mode=0o700)
        (root / "state").chmod(0o700)
        now = datetime.now(UTC)
        with self.ledger() as ledger:
            ledger.note("scheduler:heartbeat", rfc3339(now))
            ledger.note("archive:verified", rfc3339(now))
        self.night(now - timedelta(hours=3))

    def ledger(self):
        return Ledger.open(f"sqlite:///{self.root / 'state' / 'ledger.sqlite'}")

    def night(self, due, state=RunState.OK, reason=""):
        key = RunKey("backup", due)
        with self.ledger() as ledger:
            ledger.claim(key, node="n", trigger=RunTrigger.SCHEDULE, now=due)
            ledger.start(key, now=due, run="r", process_group=None, artefact="")
            ledger.finish(key, state, now=due + timedelta(minutes=1), reason=reason)

    def doctor(self):
        done = CliRunner().invoke(command, ["--format", "json", "--exporter", self.exporter], obj=str(self.root))
        assert done.exit_code in (0, 1), done.output
        result = json.loads(done.stdout)
        return done.exit_code, {item["check"]: item for item in result["items"]}


@pytest.fixture
def site(tmp_path, monkeypatch):
    for variable in [name for name in os.environ if name.startswith("DCOPS_")]:
        monkeypatch.delenv(variable)
    return Site(tmp_path)


@pytest.fixture
def exporter(site):
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200 if self.path == "/-/healthy" else 404)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    site.exporter = f"http://127.0.0.1:{server.server_port}"
    yield server
    server.shutdown()
    server.server_close()


def test_a_site_that_is_well_has_no_problem_and_exits_0(site, exporter):
    code, found = site.doctor()

    states = {name: item["state"] for name, item in found.items()}
    host = {name: states.pop(name) for name in ("clock", "account", "free space")}
    assert code == 0, found
    assert set(states.values()) == {"ok"}, found
    assert "problem" not in host.values()
    assert "went well 2 h ago" in found["job backup"]["detail"]


def spoil_state(site):
    (site.root / "state").chmod(0o777)


def spoil_inventory(site):
    (site.root / "inventory" / "all.yaml").write_text("devices: [{name: r1}]\n")


def spoil_credentials(site):
    (site.root / "credentials.toml").write_text('["ios-backup"]\nusername = "svc"\n')


def open_credentials(site):
    (site.root / "credentials.toml").chmod(0o644)


def name_a_login_that_is_not_there(site):
    (site.root / "dcops.toml").write_text(f'{SETTINGS}[webhook]\nurl = "https://x.example"\ncredential = "hook"\n')


def lose_trust(site):
    (site.root / "trust" / "known_hosts").unlink()


def spoil_pins(site):
    (site.root / "trust" / "pins").write_text("f1 md5:1\n")


def lose_a_holder(site):
    lines = (site.root / "keys" / "holders.txt").read_text().splitlines()
    (site.root / "keys" / "holders.txt").write_text("\n".join(lines[:-2]) + "\n")


def open_site_key(site):
    (site.root / "state" / "site.key").write_text("0" * 64)
    (site.root / "state" / "site.key").chmod(0o644)


def spoil_ledger(site):
    (site.root / "state" / "ledger.sqlite").write_bytes(b"rubbish" * 1000)


def spoil_schedule(site):
    (site.root / "dcops.toml").write_text('[jobs.backup]\nschedule = "at night"\n')


def forget_the_schedule(site):
    (site.root / "dcops.toml").write_text('[mail]\nhost = "m"\n[heartbeat]\nurl = "https://x.example"\n')


def stop_the_scheduler(site):
    with site.ledger() as ledger:
        ledger.note("scheduler:heartbeat", rfc3339(datetime.now(UTC) - timedelta(hours=9)))


def bury_a_message(site):
    with site.ledger() as ledger:
        message = ledger.enqueue("mail", "s", "b", now=datetime.now(UTC))
        ledger.bury(message.id, "no such mailbox")


def verify_long_ago(site):
    with site.ledger() as ledger:
        ledger.note("archive:verified", rfc3339(datetime.now(UTC) - timedelta(days=90)))


def change_the_audit_log(site):
    log = AuditLog(site.root / "state")
    log.append(what="backup", result="ok")
    file = site.root / "state" / "audit.log"
    file.write_bytes(file.read_bytes().replace(b'"ok"', b'"no"'))


def fail_last_night(site):
    site.night(datetime.now(UTC) - timedelta(hours=1), RunState.PARTIAL, "1 of 2 failed")


def take_the_channels_away(site):
    (site.root / "dcops.toml").write_text('[jobs.backup]\nschedule = "0 1 * * *"\n')


def spoil_a_platform(site):
    (site.root / "platforms").mkdir()
    (site.root / "platforms" / "other.yaml").write_text("title: Other\nlogins: {}\n")


@pytest.mark.parametrize(
    ("spoil", "check", "state", "words"),
    [
        (spoil_a_platform, "platforms", "problem", "other.yaml:2"),
        (spoil_state, "state", "problem", "can be changed by others"),
        (spoil_inventory, "inventory", "problem", "all.yaml"),
        (spoil_credentials, "credentials", "problem", "ios-backup, panos-backup"),
        (open_credentials, "credentials", "problem", "credentials.toml"),
        (name_a_login_that_is_not_there, "credentials", "problem", "hook (webhook)"),
        (lose_trust, "trust", "warning", "r1"),
        (spoil_pins, "trust", "problem", "pins:1"),
        (lose_a_holder, "holders", "problem", "1 of at least 2"),
        (open_site_key, "site key", "problem", "can be read by others"),
        (spoil_ledger, "ledger", "problem", "ledger"),
        (spoil_schedule, "schedules", "problem", "at night"),
        (forget_the_schedule, "schedules", "warning", "nothing backs up by itself"),
        (stop_the_scheduler, "scheduler", "problem", "silent for 9 h"),
        (bury_a_message, "messages", "problem", "mail: no such mailbox"),
        (verify_long_ago, "archive", "warning", "90 days ago"),
        (change_the_audit_log, "audit log", "problem", "audit.log:1"),
        (fail_last_night, "job backup", "warning", "last partial: 1 of 2 failed"),
        (take_the_channels_away, "channels", "warning", "nobody is told"),
        (take_the_channels_away, "heartbeat", "warning", "no heartbeat leaves"),
    ],
)
def test_what_is_spoilt_is_found_with_a_next_step(site, exporter, spoil, check, state, words):
    spoil(site)

    code, found = site.doctor()

    assert (found[check]["state"], words in found[check]["detail"]) == (state, True), found[check]
    assert found[check]["next_step"]
    assert code == (1 if state == "problem" else 0)


def test_without_the_ledger_what_lies_in_it_is_neither_good_nor_bad(site, exporter):
    spoil_ledger(site)

    found = site.doctor()[1]

    assert {found[name]["state"] for name in ("scheduler", "jobs", "archive", "messages")} == {"could not check"}
    assert found["inventory"]["state"] == "ok"


def test_a_backup_that_is_half_a_day_late_is_a_problem(tmp_path):
    site = Site(tmp_path)
    for file in (tmp_path / "state").glob("ledger.sqlite*"):
        file.unlink()
    site.night(datetime.now(UTC) - timedelta(hours=40))

    found = site.doctor()[1]

    assert found["job backup"]["state"] == "problem"
    assert "went well 39 h ago" in found["job backup"]["detail"]


def test_an_exporter_that_does_not_answer_is_a_warning_that_says_where(site):
    with socket.create_server(("127.0.0.1", 0)) as free:
        site.exporter = f"http://127.0.0.1:{free.getsockname()[1]}"

    found = site.doctor()[1]

    assert found["exporter"]["state"] == "warning"
    assert site.exporter in found["exporter"]["detail"]


def test_looking_at_a_new_site_makes_nothing_in_it(tmp_path):
    (tmp_path / "dcops.toml").touch()
    (tmp_path / "inventory").mkdir()

    code, found = Site.doctor(type("New", (), {"root": tmp_path, "exporter": "http://127.0.0.1:1"}))

    assert code == 1
    assert found["state"]["state"] == "warning"
    assert found["ledger"]["state"] == "warning"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["dcops.toml", "inventory"]


def test_no_secret_is_ever_shown(site, exporter):
    done = CliRunner().invoke(command, ["--exporter", site.exporter], obj=str(site.root))

    assert VALUE not in done.output
    assert "What to do next" in done.output or done.exit_code == 0
