"""The web admin of a balancer over TLS: what a client meets at the wire."""

from __future__ import annotations

import json
import time

import pytest
import urllib3

from lab.peplink.configuration import read_file
from lab.peplink.sessions import PLACES
from tests.lab_self.balance import DOWNLOAD, NAME, admin, change, writer

UNAUTHORISED = {"stat": "fail", "code": 401, "message": "Unauthorized"}


@pytest.fixture(autouse=True)
def as_it_was(lab):
    """Nothing pending, the connections as they are drawn, and time enough for the web admin to be back."""
    yield
    change(lab, discard=True)
    lab.control("POST", "/clock", {"rate": 1000})
    time.sleep(0.05)


def wan(browser, number):
    return browser.get("status.wan.connection")["response"][str(number)]


def back(lab):
    """Until the web admin lets people in again."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            with admin(lab):
                return
        except (urllib3.exceptions.HTTPError, AssertionError):
            time.sleep(0.05)
    raise AssertionError("it stayed away")


# ---- sessions ----------------------------------------------------------------------------------


def test_the_certificate_is_the_authoritys_and_nobody_elses(lab):
    address, port = lab.place(NAME)
    with (
        pytest.raises(urllib3.exceptions.SSLError, match="CERTIFICATE_VERIFY_FAILED"),
        urllib3.HTTPSConnectionPool(address, port, cert_reqs="CERT_REQUIRED", retries=False) as pool,
    ):
        pool.request("GET", "/api/info.firmware")


def test_a_login_gives_a_cookie_and_says_that_the_account_may_only_read(lab):
    with admin(lab, logged_in=False) as browser:
        assert browser.login()["response"] == {"permission": {"GET": 1, "POST": 0}}
        assert len(browser.cookie) == 32
        assert browser.get("status.lan.profile")["stat"] == "ok"
        assert browser.post("logout") == {"stat": "ok"}
        assert browser.get("status.lan.profile") == UNAUTHORISED


@pytest.mark.parametrize("changed", [{"password": "wrong"}, {"username": "nobody"}, {"password": None}])
def test_a_wrong_login_is_refused_and_counted(lab, changed):
    before = lab.counters(NAME)["failed_logins"]
    with admin(lab, logged_in=False) as browser:
        assert browser.login(**changed)["code"] == 401
        assert browser.cookie == ""
    assert lab.counters(NAME)["failed_logins"] == before + 1


def test_a_token_is_granted_to_a_client_and_taken_in_the_query_only(lab):
    client = change(lab, client={"name": "dcops", "scope": "api.read-only"})
    with admin(lab, logged_in=False) as browser:
        granted = browser.grant(client)["response"]
        assert (granted["authorizationType"], granted["expiresIn"]) == (3, 172800)
        assert browser.get("status.lan.profile")["stat"] == "ok"
        assert browser.post("cmd.config.discard")["code"] == 403
        headers = {"Authorization": f"Bearer {browser.token}", "Cookie": f"bauth={browser.token}"}
        answer = browser.pool.request("GET", "/api/status.lan.profile", headers=headers)
        assert json.loads(answer.data) == UNAUTHORISED
        assert browser.post("auth.token.revoke", accessToken=browser.token)["stat"] == "ok"
        assert browser.get("status.lan.profile") == UNAUTHORISED
        assert browser.grant({**client, "clientSecret": "wrong"})["code"] == 401


def test_the_firmware_in_use_is_told_to_everybody_and_the_other_one_to_those_who_are_logged_in(lab):
    with admin(lab, logged_in=False) as browser:
        assert browser.get("info.firmware")["response"]["order"] == [1]
        browser.login()
        told = browser.get("info.firmware")["response"]
        assert told["order"] == [1, 2]
        assert [told[str(number)]["inUse"] for number in told["order"]] == [True, False]


def test_cookies_expire_when_idle_and_tokens_by_age(lab):
    client = change(lab, client={"name": "dcops", "scope": "api.read-only"})
    with admin(lab) as cookie, admin(lab, logged_in=False) as token:
        token.grant(client)
        lab.control("POST", "/clock", {"rate": 100_000})
        time.sleep(0.25)
        lab.control("POST", "/clock", {"rate": 1})
        assert cookie.get("status.lan.profile") == UNAUTHORISED, "four hours are over"
        assert token.get("status.lan.profile")["stat"] == "ok"
        lab.control("POST", "/clock", {"rate": 100_000})
        time.sleep(1.8)
        assert token.get("status.lan.profile") == UNAUTHORISED, "two days are over"


def test_the_web_admin_has_few_places_and_a_logout_gives_one_back(lab):
    browsers = []
    try:
        for _ in range(PLACES + 1):
            context = admin(lab, logged_in=False)
            browsers.append((context, context.__enter__()))
            answer = browsers[-1][1].login()
            if answer["stat"] == "fail":
                break
        assert answer["code"] == 503
        assert "Maximum" in answer["message"]
        browsers[0][1].post("logout")
        assert browsers[-1][1].login()["stat"] == "ok"
    finally:
        for context, _ in browsers:
            context.__exit__(None, None, None)


# ---- reading -----------------------------------------------------------------------------------


def test_tables_state_their_order_and_other_keys_stand_beside(lab):
    with admin(lab) as browser:
        table = browser.get("status.wan.connection")["response"]
        assert table["order"] == [1, 2, 3, 4, 5, 6]
        assert table["supportGatewayProxy"] is True
        assert [entry["id"] for entry in table["connection"]] == table["order"]
        assert browser.get("status.lan.profile")["response"]["order"] == [0, 1, 2]
        some = browser.send("GET", "/api/status.wan.connection?id=2&id=1&lite=yes")
        assert json.loads(some.data)["response"]["order"] == [1, 2]


def test_how_a_connection_fares_follows_from_what_is_applied(lab):
    with admin(lab) as browser:
        assert (wan(browser, 2)["statusLed"], wan(browser, 2)["method"]) == ("green", "staticIp")
        assert (wan(browser, 1)["method"], wan(browser, 3)["method"]) == ("dhcp", "ppp")
        disabled = wan(browser, 4)
        assert (disabled["statusLed"], disabled["message"], disabled["uptime"]) == ("gray", "Disabled", 0)
        assert not {"ip", "gateway", "mask", "dns", "priority"} & set(disabled)
        gateway = wan(browser, 2)["gateway"]
        change(lab, path="wan.2.connection.method.gateway", value="203.0.113.254")
        assert wan(browser, 2)["statusLed"] == "red"
        change(lab, path="wan.2.connection.method.gateway", value=gateway)
        assert wan(browser, 2)["statusLed"] == "green"


def test_providers_give_new_addresses_over_time_and_static_ones_stay(lab):
    with admin(lab) as browser:
        first = {number: wan(browser, number)["ip"] for number in (1, 2, 3)}
        lab.control("POST", "/clock", {"rate": 20_000})
        time.sleep(0.6)
        lab.control("POST", "/clock", {"rate": 1})
        later = {number: wan(browser, number)["ip"] for number in (1, 2, 3)}
        assert first[2] == later[2]
        assert first[1] != later[1] or first[3] != later[3]


def test_wireless_keys_are_told_and_radio_passwords_are_not(lab):
    with admin(lab) as browser:
        assert browser.get("config.ssid.profile")["response"]["1"]["security"]["key"]
        modem = wan(browser, 6)["modem"]
        assert modem["apn"] == "dc.example"
        assert not {"password", "pin"} & set(modem)


@pytest.mark.parametrize(
    "function", ["info.location", "status.client", "status.pepvpn", "status.wan.connection.allowance"]
)
def test_other_functions_answer_in_the_envelope(lab, function):
    with admin(lab) as browser:
        assert browser.get(function)["stat"] == "ok"


def test_what_the_firmware_does_not_know_is_a_failure_with_http_200(lab):
    with admin(lab) as browser:
        answer = browser.send("GET", "/api/config.firewall.rules")
        assert answer.status == 200
        assert json.loads(answer.data)["stat"] == "fail"
        assert browser.get("cmd.config.apply")["code"] == 400, "a command is posted"
        assert json.loads(browser.send("POST", "/api/login", body=["no"]).data)["code"] == 400


def test_the_web_admin_describes_itself_to_a_cookie_only(lab):
    query = {"func": "status.system.info", "infoType": "device"}
    with admin(lab, logged_in=False) as browser:
        assert json.loads(browser.send("GET", "/cgi-bin/MANGA/api.cgi", query).data) == UNAUTHORISED
        browser.login()
        device = json.loads(browser.send("GET", "/cgi-bin/MANGA/api.cgi", query).data)["response"]["device"]
    assert device["model"] == "Peplink Balance 580"
    assert device["serialNumber"] == "293400000008"


# ---- changing ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("function", "body"),
    [
        ("config.wan.connection", {"action": "update", "list": [{"id": 1, "enable": False}]}),
        ("config.wan.connection.priority", {"list": [{"connId": 1, "priority": 3}]}),
        ("cmd.config.apply", {}),
        ("cmd.config.discard", {}),
        ("auth.client", {"action": "add", "name": "x", "scope": "api"}),
    ],
)
def test_the_reading_account_cannot_write_and_every_try_is_counted(lab, function, body):
    before = lab.counters(NAME)["writes"]
    with admin(lab) as browser:
        assert browser.post(function, **body)["code"] == 403
        assert wan(browser, 1)["enable"] is True
        assert browser.get("auth.client")["code"] == 403
    assert lab.counters(NAME)["writes"] == before + 1


def test_reading_priorities_by_an_empty_list_is_no_write(lab):
    before = lab.counters(NAME)["writes"]
    with admin(lab) as browser, writer(lab) as other:
        assert browser.post("config.wan.connection.priority", list=[])["code"] == 403
        listed = other.post("config.wan.connection.priority", list=[])["response"]["list"]
    assert [item["connId"] for item in listed] == [1, 2, 3, 4, 5, 6]
    assert lab.counters(NAME)["writes"] == before


def test_a_change_waits_for_everybody_until_somebody_applies_or_discards_it(lab):
    with admin(lab) as browser, writer(lab) as other:
        file = browser.download().data
        update = {"action": "update", "list": [{"id": 4, "name": "Reserve", "ddns": {"password": "Hunter-Secret"}}]}
        assert other.post("config.wan.connection", **update)["stat"] == "ok"
        assert change(lab, path="wan.5.name", value="Other", applied=False, user="thu")["pending_by"] == [
            "changes",
            "thu",
        ]
        assert wan(browser, 4)["name"] == "WAN 4"
        assert browser.download().data == file
        other.post("cmd.config.discard")
        assert change(lab, apply=True)["applied"] is False, "there is nothing left to apply"
        assert wan(browser, 5)["name"] == "WAN 5"


def test_an_apply_makes_everything_pending_effective_and_drops_every_session(lab):
    with admin(lab) as browser, writer(lab) as other:
        before = browser.download().data
        change(lab, path="wan.5.name", value="Of Thu", applied=False, user="thu")
        other.post("config.wan.connection", action="update", list=[{"id": 4, "name": "Of a script"}])
        assert other.post("cmd.config.apply")["stat"] == "ok"
        time.sleep(0.4)
        with pytest.raises(urllib3.exceptions.HTTPError):
            browser.get("status.lan.profile")
        with pytest.raises((urllib3.exceptions.HTTPError, AssertionError)), admin(lab):
            pass
        lab.control("POST", "/clock", {"rate": 100})
        back(lab)
        lab.control("POST", "/clock", {"rate": 1})
        assert browser.get("status.lan.profile") == UNAUTHORISED
        assert other.get("status.lan.profile")["stat"] == "ok", "a token lives on"
        browser.login()
        assert (wan(browser, 4)["name"], wan(browser, 5)["name"]) == ("Of a script", "Of Thu")
        after = browser.download().data
        assert after != before
        assert read_file(after, "Balance 580")["wan"]["4"]["name"] == "Of a script"
    for number in (4, 5):
        change(lab, path=f"wan.{number}.name", value=f"WAN {number}")


def test_instant_priorities_are_effective_at_once(lab):
    with writer(lab) as other:
        other.post("config.wan.connection.priority", instantActive=True, list=[{"connId": 1, "priority": 3}])
        assert wan(other, 1)["priority"] == 3
        other.post("config.wan.connection.priority", instantActive=True, list=[{"connId": 1, "priority": 1}])
        assert wan(other, 1)["priority"] == 1
        assert other.post("config.wan.connection.priority", list=[{"connId": 77}])["code"] == 400


def test_a_reboot_forgets_logins_and_what_nobody_applied(lab):
    with admin(lab) as browser:
        change(lab, path="wan.4.name", value="Lost", applied=False)
        lab.fault(NAME, "reboot", for_seconds=0.3)
        deadline = time.monotonic() + 10
        while lab.control("GET", f"/devices/{NAME}")[1]["state"] != "up":
            assert time.monotonic() < deadline
            time.sleep(0.05)
        assert browser.get("status.lan.profile") == UNAUTHORISED
    assert change(lab, apply=True)["applied"] is False


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"nonsense": 1}, "unknown key"),
        ({"path": "wan.1.name"}, "value"),
        ({"path": "wan.1.name.deeper", "value": 1}, "nothing can be set"),
        ({"path": "ssid.2.security.radius.9.secret", "value": "x"}, "no 9"),
        ({"path": "wan.1.name", "value": "x", "applied": "yes"}, "applied"),
        ({"client": {"scope": "all"}}, "scope"),
    ],
)
def test_a_change_that_cannot_be_is_refused_with_the_reason(lab, body, words):
    status, answer = lab.control("POST", f"/devices/{NAME}/change", body)

    assert status == 400
    assert words in answer["error"]


# ---- the backup file ---------------------------------------------------------------------------


def test_the_file_is_binary_bound_to_the_model_and_the_same_until_something_is_applied(lab):
    with admin(lab) as browser:
        first, again = browser.download(), browser.download()
        assert first.headers["Content-Type"] == "application/octet-stream"
        assert first.headers["Content-Disposition"].endswith('.conf"')
        assert first.data == again.data
        assert len(first.data) % 4096 == 0
        tree = read_file(first.data, "Balance 580")
        assert tree["wan"]["3"]["connection"]["method"]["password"].encode() not in first.data
        with pytest.raises(ValueError, match="another model"):
            read_file(first.data, "Balance 710")
        with pytest.raises(ValueError, match="damaged"):
            read_file(first.data[:500] + b"\0" + first.data[501:], "Balance 580")


def test_the_file_is_given_to_a_cookie_and_a_login_page_to_everybody_else(lab):
    client = change(lab, client={"name": "dcops", "scope": "api"})
    with admin(lab, logged_in=False) as browser:
        assert browser.download().data.startswith(b"<!DOCTYPE html>")
        browser.grant(client)
        assert browser.download().data.startswith(b"<!DOCTYPE html>")
    with admin(lab) as browser:
        assert browser.send("GET", DOWNLOAD).data.startswith(b"<!DOCTYPE html>"), "the form says what is wanted"
