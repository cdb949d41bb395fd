"""Each fault of a Sophos firewall, seen at the wire."""

from __future__ import annotations

import socket
import time

import pytest
import urllib3
from lxml import etree

from tests.lab_self.sophos import PATH, connected, name_of

RULES = "<Get><FirewallRule/></Get>"


@pytest.fixture
def wall(lab):
    return name_of(lab)


@pytest.fixture
def api(lab, wall):
    with connected(lab, wall) as api:
        yield api


def test_refuse_closes_the_port(lab, wall):
    lab.fault(wall, "refuse")
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(lab.place(wall), timeout=2)


def test_auth_fail_refuses_the_right_password(lab, wall, api):
    lab.fault(wall, "auth_fail")
    assert api.ask(RULES).findtext("Login/status") == "Authentication Failure"


@pytest.mark.parametrize("where", ["connect", "answer"])
def test_hang_never_finishes(lab, wall, where):
    lab.fault(wall, "hang", where=where)
    with connected(lab, wall, timeout=0.5) as api, pytest.raises(urllib3.exceptions.TimeoutError):
        api.post(RULES)


def test_drop_mid_answer_breaks_the_connection(lab, wall, api):
    lab.fault(wall, "drop_mid_answer")
    with pytest.raises(urllib3.exceptions.ProtocolError):
        api.post(RULES)


def test_slow_delays_and_trickles_every_answer(lab, wall, api):
    lab.fault(wall, "slow", delay_seconds=0.3)
    start = time.monotonic()
    assert api.ask(RULES).find("FirewallRule") is not None
    assert time.monotonic() - start > 0.5


def test_truncate_is_a_whole_http_answer_with_half_a_document(lab, wall, api):
    lab.fault(wall, "truncate")
    answer = api.post(RULES)
    assert int(answer.headers["Content-Length"]) == len(answer.data)
    with pytest.raises(etree.XMLSyntaxError):
        etree.fromstring(answer.data)


def test_error_document_refuses_each_entity_by_itself(lab, wall, api):
    lab.fault(wall, "error_document")
    root = api.ask("<Get><FirewallRule/><Zone/></Get>")
    assert root.findtext("Login/status") == "Authentication Successful"
    assert [element.find("Status").get("code") for element in root[1:]] == ["500", "500"]


@pytest.mark.parametrize("code", ["529", "532", "534"])
def test_error_document_refuses_the_whole_request_before_the_login(lab, wall, api, code):
    lab.fault(wall, "error_document", variant=code)
    answer = api.post(RULES, password="wrong")
    root = etree.fromstring(answer.data)
    assert answer.status == 200
    assert root.find("Status").get("code") == code
    assert root.find("Login") is None


def test_error_document_can_be_a_web_page(lab, wall, api):
    lab.fault(wall, "error_document", variant="html")
    answer = api.post(RULES)
    assert answer.status == 200
    assert answer.data.startswith(b"<!DOCTYPE html>")


def test_wrong_certificate_is_signed_by_somebody_else(lab, wall):
    lab.fault(wall, "wrong_certificate")
    with connected(lab, wall) as api, pytest.raises(urllib3.exceptions.SSLError, match="CERTIFICATE_VERIFY_FAILED"):
        api.post(RULES)


def test_there_is_no_session_that_could_expire(lab, wall):
    status, answer = lab.control("POST", f"/devices/{wall}/fault", {"kind": "session_expired"})
    assert status == 400
    assert "session_expired" in answer["error"]


def test_reboot_drops_refuses_and_comes_back_with_its_settings(lab, wall):
    with connected(lab, wall) as api:
        before = api.names("FirewallRule")
    lab.fault(wall, "reboot", for_seconds=0.5)
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(lab.place(wall), timeout=2)
    deadline = time.monotonic() + 5
    while lab.control("GET", f"/devices/{wall}")[1]["state"] != "up":
        assert time.monotonic() < deadline
        time.sleep(0.05)
    with connected(lab, wall) as api:
        assert api.names("FirewallRule") == before


def test_a_share_afflicts_some_connections(lab, wall):
    lab.fault(wall, "auth_fail", share=0.5)
    seen = set()
    deadline = time.monotonic() + 10
    while len(seen) < 2 and time.monotonic() < deadline:
        with connected(lab, wall) as api:
            seen.add(api.ask("").findtext("Login/status"))
    assert seen == {"Authentication Successful", "Authentication Failure"}


def test_the_path_of_the_api_is_the_only_one(lab, wall, api):
    assert api.pool.request("DELETE", PATH).status == 405
