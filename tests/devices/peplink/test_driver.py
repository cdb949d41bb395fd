"""The driver against a web admin that answers as each test tells it."""

import json
import logging
import socket
import threading
import time

import pytest

from dcops.devices.drivers import peplink
from dcops.errors import DeviceError, ErrorKind
from dcops.model.snapshot import ConfigSource
from tests.devices.peplink.conftest import FIRMWARE, LAN, SSID, WAN, fail, ok

UNAUTHORISED = [fail(401, "Unauthorized"), (401, fail(401, "Unauthorized"), {}), (401, b"", {})]
DOWNLOAD = {"download_path": "/cgi-bin/x.cgi", "download_fields": {"do": "save"}, "download_smallest_bytes": 100}
FILE = bytes(range(256)) * 8
BINARY = {"Content-Type": "application/octet-stream"}


class Tape:
    def __init__(self):
        self.exchanges, self.secrets = [], []

    def greeting(self, text, prompt):
        raise AssertionError("a web admin has no prompt")

    def add(self, exchange):
        self.exchanges.append(exchange)

    def learned(self, secret):
        self.secrets.append(secret.reveal())


def opened(driver):
    driver.open()
    return driver


def refused(call):
    with pytest.raises(DeviceError) as caught:
        call()
    assert caught.value.next_step
    return caught.value


def test_the_state_is_every_answer_as_it_came(make, admin):
    admin.answers["GET /api/info.firmware"] = b' {"stat": "ok",\n "response": {"1": {"inUse": true}, "order": [1]}}\n'

    documents, missing = opened(make()).read_configurations()

    (state,) = documents
    assert state.source is ConfigSource.STATE
    assert b'"info.firmware": {"stat": "ok",\n "response": {"1": {"inUse": true}, "order": [1]}},\n' in state.content
    assert {name: answer["stat"] for name, answer in json.loads(state.content).items()} == dict.fromkeys(
        ("info.firmware", "status.lan.profile", "status.wan.connection", "config.ssid.profile"), "ok"
    )
    assert missing == ("file: no restorable backup, set up [peplink] download_path",)


def test_a_login_is_a_cookie_that_goes_along_and_is_given_back(make, admin):
    driver = opened(make())
    driver.read_configurations()
    driver.close()
    driver.close()

    name, _, body, _ = admin.asked[0]
    assert (name, json.loads(body)) == ("POST /api/login", {"username": "svc", "password": "Login-Secret"})
    assert {cookie for _, _, _, cookie in admin.asked[1:]} == {"bauth=c0ffee"}
    assert admin.names().count("POST /api/logout") == 1
    assert admin.names()[-1] == "POST /api/logout"


def test_a_client_is_granted_a_token_that_goes_along_in_the_query_and_is_revoked(make, admin, token_login):
    driver = opened(make(**token_login))
    driver.read_configurations()
    driver.close()

    name, query, body, _ = admin.asked[0]
    assert (name, query) == ("POST /api/auth.token.grant", {})
    assert json.loads(body) == {"clientId": "client-1", "clientSecret": "Client-Secret"}
    assert all(query["accessToken"] == ["t0ken/+x"] for _, query, _, _ in admin.asked[1:])
    assert admin.names()[-1] == "POST /api/auth.token.revoke"
    assert "POST /api/login" not in admin.names()


def test_a_token_is_not_logged_taped_or_quoted(make, admin, token_login, caplog, monkeypatch):
    monkeypatch.setattr(peplink, "PAUSE_SECONDS", 0.05)
    caplog.set_level(logging.DEBUG)
    tape = Tape()
    driver = opened(make(**token_login, tape=tape))
    driver.read_configurations()
    admin.answers["GET /api/info.firmware"] = (200, b"{}", {"Content-Length": "900"})
    said = str(refused(driver.read_configurations))
    driver.close()

    assert any("api/status.wan.connection" in record.getMessage() for record in caplog.records), "nothing was logged"
    for text in (caplog.text, said, *(repr(each) for each in tape.exchanges), *map(str, tape.exchanges)):
        for secret in ("t0ken", "Client-Secret"):
            assert secret not in text
    assert tape.secrets == ["t0ken/+x"] * 2
    assert not any("accessToken" in each.parameters for each in tape.exchanges)


def test_a_tape_gets_every_exchange_without_logins(make, admin):
    tape = Tape()
    driver = opened(make(tape=tape))
    driver.read_configurations()
    driver.get_arp_table()

    asked = [exchange.request for exchange in tape.exchanges]
    assert asked[:2] == ["POST /api/login", "GET /api/info.firmware"]
    assert tape.exchanges[0].parameters == {}
    assert tape.exchanges[1].answer == ok(FIRMWARE)
    assert tape.exchanges[1].status == 200
    assert tape.exchanges[-1].parameters == {"activeOnly": "yes", "outputWeight": "lite"}
    assert tape.secrets == ["c0ffee"]


@pytest.mark.parametrize("form", UNAUTHORISED)
def test_a_session_that_ended_is_begun_anew_once_and_everything_is_read_again(make, admin, form):
    admin.answers["GET /api/status.wan.connection"] = [form, ok(WAN)]

    documents, _ = opened(make()).read_configurations()

    assert b"FTTH" in documents[0].content
    assert admin.names().count("POST /api/login") == 2
    # What was read before the new login may be another configuration than what came after it.
    assert admin.names().count("GET /api/info.firmware") == 2
    assert admin.names().count("GET /api/status.wan.connection") == 3


@pytest.mark.parametrize("form", UNAUTHORISED)
def test_a_session_that_ends_twice_is_an_auth_error_and_no_third_login(make, admin, form):
    admin.answers["GET /api/status.wan.connection"] = form

    error = refused(opened(make()).read_configurations)

    assert error.kind is ErrorKind.AUTH
    assert admin.names().count("POST /api/login") == 2


def test_a_token_that_expired_is_granted_anew(make, admin, token_login):
    admin.answers["GET /api/status.lan.profile"] = [fail(401), ok(LAN)]

    opened(make(**token_login)).read_configurations()

    assert admin.names().count("POST /api/auth.token.grant") == 2


def test_a_session_that_ends_in_both_readings_is_somebody_elses_apply(make, admin):
    admin.answers["GET /api/status.wan.connection"] = [fail(401), ok(WAN), fail(401), ok(WAN)]

    assert refused(opened(make()).read_configurations).kind is ErrorKind.BUSY


def test_a_connection_that_breaks_is_tried_again_after_a_pause(make, admin, monkeypatch):
    monkeypatch.setattr(peplink, "PAUSE_SECONDS", 0.05)
    admin.answers["GET /api/status.wan.connection"] = [(200, ok(WAN)[:9], {"Content-Length": "900"}), ok(WAN)]
    admin.answers["POST /api/login"] = [
        admin.answers["POST /api/login"],
        fail(503, "Applying"),
        admin.answers["POST /api/login"],
    ]

    documents, _ = opened(make()).read_configurations()

    assert b"FTTH" in documents[0].content
    assert admin.names().count("POST /api/login") == 3


def test_a_connection_that_breaks_again_is_truncated(make, admin, monkeypatch):
    monkeypatch.setattr(peplink, "PAUSE_SECONDS", 0.05)
    admin.answers["GET /api/status.wan.connection"] = (200, ok(WAN)[:9], {"Content-Length": "900"})

    assert refused(opened(make()).read_configurations).kind is ErrorKind.TRUNCATED


def test_patience_with_a_device_that_stays_away_ends(make, admin, monkeypatch):
    monkeypatch.setattr(peplink, "PAUSE_SECONDS", 0.05)
    monkeypatch.setattr(peplink, "PATIENCE_SECONDS", 0.2)
    driver = opened(make())
    admin.answers["GET /api/status.wan.connection"] = (200, b"", {"Content-Length": "900"})
    admin.answers["POST /api/login"] = fail(503, "Applying")
    started = time.monotonic()

    assert refused(driver.read_configurations).kind is ErrorKind.BUSY
    assert time.monotonic() - started < 5


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (b'{"stat":"ok","resp', ErrorKind.TRUNCATED),
        (b"<!DOCTYPE html><title>Login</title>", ErrorKind.INVALID),
        (b"no json", ErrorKind.INVALID),
        (fail(500, "Internal error"), ErrorKind.INVALID),
        (fail(403, "Permission denied"), ErrorKind.DENIED),
        (fail(999, "Unknown function"), ErrorKind.UNSUPPORTED),
        ((302, b"", {"Location": "https://192.0.2.1/?accessToken=x"}), ErrorKind.INVALID),
        ((200, b"x" * 100, {"Content-Length": "200"}), ErrorKind.TRUNCATED),
    ],
)
def test_a_function_that_is_needed_fails_the_backup_by_its_kind(make, admin, monkeypatch, answer, kind):
    monkeypatch.setattr(peplink, "PAUSE_SECONDS", 0.05)
    admin.answers["GET /api/status.wan.connection"] = answer

    assert refused(opened(make()).read_configurations).kind is kind


@pytest.mark.parametrize(
    "answer", [fail(999, "Unknown function"), fail(403, "Permission denied"), (404, b"<html>", {})]
)
def test_a_function_that_the_firmware_lacks_is_named_as_missing(make, admin, answer):
    admin.answers["GET /api/config.ssid.profile"] = answer

    documents, missing = opened(make()).read_configurations()

    assert missing[0].startswith("config.ssid.profile: it answered")
    assert "config.ssid.profile" not in json.loads(documents[0].content)


def test_a_hiccup_of_a_function_that_is_not_needed_is_no_missing_function(make, admin):
    admin.answers["GET /api/config.ssid.profile"] = b'{"stat":"ok","response":{"1":{"na'

    assert refused(opened(make()).read_configurations).kind is ErrorKind.TRUNCATED


def test_priorities_are_asked_for_only_where_the_site_wants_it(make, admin):
    opened(make()).read_configurations()
    assert "POST /api/config.wan.connection.priority" not in admin.names()

    documents, missing = opened(make(read_priorities=True)).read_configurations()
    assert missing[0].startswith("config.wan.connection.priority: ")
    bodies = [body for name, _, body, _ in admin.asked if name == "POST /api/config.wan.connection.priority"]
    assert [json.loads(body) for body in bodies] == [{"list": []}]

    admin.answers["POST /api/config.wan.connection.priority"] = ok({"list": [{"connId": 1, "priority": 1}]})
    documents, missing = opened(make(read_priorities=True)).read_configurations()
    assert json.loads(documents[0].content)["config.wan.connection.priority"]["response"]["list"]
    assert len(missing) == 1


# ---- the backup file ---------------------------------------------------------------------------


def test_the_file_comes_where_a_path_is_set_up(make, admin):
    admin.answers["GET /cgi-bin/x.cgi"] = (200, FILE, BINARY)
    tape = Tape()

    documents, missing = opened(make(**DOWNLOAD, tape=tape)).read_configurations()

    assert [each.source for each in documents] == [ConfigSource.FILE, ConfigSource.STATE]
    assert documents[0].content == FILE
    assert missing == ()
    assert next(query for name, query, _, _ in admin.asked if name == "GET /cgi-bin/x.cgi") == {"do": ["save"]}
    # Nothing can take the secrets out of it, so a recording does not hold it.
    assert next(each.answer for each in tape.exchanges if "x.cgi" in each.request) == b""


def test_the_file_may_want_a_posted_form(make, admin):
    admin.answers["POST /cgi-bin/x.cgi"] = (200, FILE, BINARY)

    opened(make(**DOWNLOAD, download_method="POST")).read_configurations()

    assert next(body for name, _, body, _ in admin.asked if name == "POST /cgi-bin/x.cgi") == b"do=save"


def test_a_login_page_in_place_of_the_file_is_a_session_that_ended(make, admin):
    admin.answers["GET /cgi-bin/x.cgi"] = [
        (200, b"<html>Login</html>", {"Content-Type": "text/html"}),
        (200, FILE, BINARY),
    ]
    admin.answers["GET /api/status.lan.profile"] = [ok(LAN), fail(401), ok(LAN)]

    documents, _ = opened(make(**DOWNLOAD)).read_configurations()

    assert documents[0].content == FILE


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ((200, b"<html>Login</html>" * 20, {"Content-Type": "text/html"}), ErrorKind.INVALID),
        ((200, FILE, {"Content-Type": "text/html; charset=utf-8"}), ErrorKind.INVALID),
        ((200, b'{"stat":"fail"}' + b" " * 200, BINARY), ErrorKind.INVALID),
        ((200, b"<?xml version='1.0'?>" + b" " * 200, BINARY), ErrorKind.INVALID),
        ((200, FILE[:99], BINARY), ErrorKind.TRUNCATED),
        ((404, b"", {}), ErrorKind.INVALID),
        ((403, b"", {}), ErrorKind.DENIED),
        ((302, b"", {"Location": "/login"}), ErrorKind.INVALID),
    ],
)
def test_what_cannot_be_the_file_fails_the_backup(make, admin, answer, kind):
    admin.answers["GET /cgi-bin/x.cgi"] = answer

    assert refused(opened(make(**DOWNLOAD)).read_configurations).kind is kind


# ---- logins ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (fail(401, "Invalid user name or password"), ErrorKind.AUTH),
        (fail(7, "wrong"), ErrorKind.AUTH),
        ((401, b"", {}), ErrorKind.AUTH),
        (fail(7, "Maximum number of sessions reached"), ErrorKind.BUSY),
        ((404, b"<html>", {}), ErrorKind.UNSUPPORTED),
        (ok({"permission": {"GET": 1}}), ErrorKind.INVALID),
        (b"<html>", ErrorKind.INVALID),
    ],
)
def test_a_login_that_gives_no_session_has_a_kind_and_is_tried_once(make, admin, answer, kind):
    admin.answers["POST /api/login"] = answer

    error = refused(make().open)

    assert error.kind is kind
    assert "Login-Secret" not in str(error)
    assert admin.names() == ["POST /api/login"]


@pytest.mark.parametrize("answer", [ok({}), ok(None), ok({"accessToken": 7})])
def test_a_grant_without_a_token_is_invalid(make, admin, token_login, answer):
    admin.answers["POST /api/auth.token.grant"] = answer

    assert refused(make(**token_login).open).kind is ErrorKind.INVALID


def test_a_credential_without_anything_asks_nobody(make, admin):
    assert refused(make(password="").open).kind is ErrorKind.AUTH
    assert admin.asked == []


def test_a_logout_that_nobody_answers_does_not_hold_up_the_end(make, admin, monkeypatch):
    monkeypatch.setattr("dcops.devices.peplink.client.GOODBYE_SECONDS", 0.2)
    admin.answers["POST /api/logout"] = lambda: time.sleep(1) or ok()
    driver = opened(make())
    started = time.monotonic()
    driver.close()

    assert time.monotonic() - started < 0.9


def test_an_abort_ends_a_reading_that_waits_and_nothing_is_tried_again(make, admin):
    release = threading.Event()
    admin.answers["GET /api/status.wan.connection"] = lambda: release.wait(10) and ok(WAN)
    driver = opened(make())
    caught = []

    def read():
        try:
            driver.read_configurations()
        except DeviceError as error:
            caught.append(error)

    thread = threading.Thread(target=read, daemon=True)
    thread.start()
    while "GET /api/status.wan.connection" not in admin.names():
        time.sleep(0.01)
    driver.abort()
    thread.join(2)
    release.set()

    assert not thread.is_alive()
    assert caught[0].kind in (ErrorKind.UNREACHABLE, ErrorKind.TRUNCATED)
    assert admin.names().count("POST /api/login") == 1


def test_another_server_under_the_same_address_is_not_believed(make, admin, tmp_path):
    from dcops.devices.trust import Trust
    from lab.pki import Authority

    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "ca.pem").write_text(Authority("Somebody else").pem)

    error = refused(make(trust=Trust.load(tmp_path / "other")).open)

    assert error.kind is ErrorKind.CERTIFICATE
    assert admin.asked == []


def test_nobody_listening_is_refused(make, admin):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

    assert refused(make(port=port).open).kind is ErrorKind.REFUSED


# ---- facts, hosts, calls -----------------------------------------------------------------------


def test_facts_come_from_the_firmware_in_use_and_are_empty_where_nothing_is_promised(make, admin):
    admin.answers["GET /api/info.firmware"] = ok(
        {"1": {"version": "8.3.0", "inUse": False}, "2": {"version": "8.4.1", "inUse": True}, "order": [1, 2]}
    )
    facts = opened(make()).get_facts()

    assert facts["os_version"] == "8.4.1"
    assert facts["interface_list"] == ["FTTH", "LAN"]
    assert (facts["model"], facts["serial_number"], facts["uptime"]) == ("", "", -1.0)

    device = {"model": "Peplink Balance 580", "serialNumber": "2934-EXAM-0001", "host": "wan-1", "legal": True}
    admin.answers["GET /cgi-bin/MANGA/api.cgi"] = ok({"device": device})
    facts = opened(make()).get_facts()
    assert (facts["model"], facts["serial_number"], facts["hostname"]) == (device["model"], "2934-EXAM-0001", "wan-1")


def test_the_undocumented_source_of_facts_may_refuse_a_token_and_nothing_happens(make, admin, token_login):
    admin.answers["GET /cgi-bin/MANGA/api.cgi"] = (401, b"", {})

    assert opened(make(**token_login)).get_facts()["model"] == ""
    assert admin.names().count("POST /api/auth.token.grant") == 1


def test_hosts_are_told_with_the_network_that_they_are_in(make, admin):
    admin.answers["GET /api/status.lan.profile"] = ok(
        {"0": {"ip": "192.0.2.18"}, "1": {"name": "IOC", "vlanId": 110}, "order": [0, 1]}
    )
    hosts = [
        {"ip": "192.0.2.30", "mac": "00:00:5E:00:53:01"},
        {"ip": "203.0.113.2", "mac": "00:00:5E:00:53:02", "vlanId": 110},
        {"ip": "203.0.113.3", "mac": "00:00:5E:00:53:03", "vlanId": 7},
        {"ip": "203.0.113.4", "name": "without a MAC"},
    ]
    admin.answers["GET /api/status.client"] = ok({"list": hosts, "client": hosts})

    table = opened(make()).get_arp_table()

    assert [(host["interface"], host["ip"]) for host in table] == [
        ("LAN", "192.0.2.30"),
        ("IOC", "203.0.113.2"),
        ("VLAN 7", "203.0.113.3"),
    ]
    assert {host["age"] for host in table} == {-1.0}


def test_calls_name_every_question_and_what_came_of_it(make, admin):
    admin.answers["GET /cgi-bin/x.cgi"] = (200, FILE, BINARY)
    driver = opened(make(**DOWNLOAD))
    told = {call.name: (call.why, call.needed) for call in driver.calls()}

    assert told == {
        "POST /api/login": ("rights", True),
        "GET /api/info.firmware": ("backup", True),
        "GET /api/status.lan.profile": ("backup", True),
        "GET /api/status.wan.connection": ("backup", True),
        "GET /api/config.ssid.profile": ("backup", False),
        "GET status.system.info": ("facts", False),
        "GET /api/status.client": ("neighbours", False),
        "GET /cgi-bin/x.cgi": ("backup file", True),
    }
    details = {call.name: call.ask().detail for call in driver.calls() if "system.info" not in call.name}
    assert details["GET /api/info.firmware"] == "firmware 8.3.0 build 1"
    assert details["GET /api/status.wan.connection"] == "1 connections, 1 up"
    assert details["GET /cgi-bin/x.cgi"] == "2,048 bytes"
    (system,) = [call for call in driver.calls() if "system.info" in call.name]
    assert refused(system.ask).kind is ErrorKind.UNSUPPORTED


@pytest.mark.parametrize(
    ("permission", "warning"),
    [({"GET": 1, "POST": 0}, ""), ({"GET": 1, "POST": 1}, "may also write"), ({}, "does not say")],
)
def test_an_account_that_may_write_is_warned_of(make, admin, permission, warning):
    admin.permission = permission
    told = opened(make()).calls()[0].ask()

    assert warning in told.warning
    assert bool(warning) == bool(told.warning)


def test_an_account_that_may_not_read_is_denied(make, admin):
    admin.permission = {"GET": 0, "POST": 1}

    assert refused(opened(make()).calls()[0].ask).kind is ErrorKind.DENIED


def test_what_a_token_may_do_is_said_to_be_unknown(make, admin, token_login):
    assert "api.read-only" in opened(make(**token_login)).calls()[0].ask().warning


def test_the_recorded_wireless_key_is_nowhere_but_in_the_document(make, admin, caplog):
    caplog.set_level(logging.DEBUG)
    documents, _ = opened(make()).read_configurations()

    assert SSID["1"]["security"]["key"].encode() in documents[0].content
    assert SSID["1"]["security"]["key"] not in caplog.text + repr(documents)
