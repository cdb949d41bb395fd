"""Each fault of a balancer, seen at the wire."""

from __future__ import annotations

import json
import socket
import time

import pytest
import urllib3

from tests.lab_self.balance import NAME, admin

WAN = "/api/status.wan.connection"


def test_refuse_closes_the_port(lab):
    lab.fault(NAME, "refuse")
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(lab.place(NAME), timeout=2)


def test_auth_fail_refuses_password_and_cookie(lab):
    with admin(lab) as browser:
        lab.fault(NAME, "auth_fail")
        assert browser.get("status.lan.profile")["code"] == 401
        assert browser.login()["code"] == 401
        lab.control("DELETE", f"/devices/{NAME}/fault")
        browser.login()


def test_hang_accepts_and_never_speaks(lab):
    lab.fault(NAME, "hang")
    with socket.create_connection(lab.place(NAME), timeout=0.4) as stream:
        # The start of a TLS greeting: whoever speaks TLS would answer, if only to refuse it.
        stream.sendall(b"\x16\x03\x01\x00\x02\x01\x00")
        with pytest.raises(TimeoutError):
            stream.recv(1)


def test_hang_in_the_middle_of_an_answer(lab):
    with admin(lab) as browser:
        lab.fault(NAME, "hang", where="answer")
        with pytest.raises(urllib3.exceptions.ReadTimeoutError):
            browser.send("GET", WAN, timeout=0.4)
        assert browser.get("info.firmware")["stat"] == "ok", "only configurations hang"


@pytest.mark.parametrize("path", [WAN, "/api/config.ssid.profile", "/cgi-bin/MANGA/configuration.cgi?action=download"])
def test_drop_mid_answer_breaks_the_connection(lab, path):
    with admin(lab) as browser:
        lab.fault(NAME, "drop_mid_answer")
        with pytest.raises(urllib3.exceptions.ProtocolError):
            browser.send("GET", path)


def test_slow_delays_and_trickles_every_answer(lab):
    with admin(lab) as browser:
        lab.fault(NAME, "slow", delay_seconds=0.3)
        start = time.monotonic()
        answer = browser.send("GET", WAN)
        assert time.monotonic() - start > 0.5
        assert json.loads(answer.data)["stat"] == "ok"


def test_truncate_is_a_well_formed_answer_with_half_a_document(lab):
    with admin(lab) as browser:
        whole = len(browser.send("GET", "/api/config.ssid.profile").data)
        lab.fault(NAME, "truncate")
        answer = browser.send("GET", "/api/config.ssid.profile")
        assert answer.status == 200
        assert int(answer.headers["Content-Length"]) == len(answer.data) == whole // 2
        with pytest.raises(json.JSONDecodeError):
            json.loads(answer.data)
        assert browser.download().headers["Content-Type"] == "application/octet-stream"


def test_error_document_comes_with_http_200(lab):
    with admin(lab) as browser:
        lab.fault(NAME, "error_document")
        answer = browser.send("GET", WAN)
        assert (answer.status, json.loads(answer.data)["stat"]) == (200, "fail")
        lab.fault(NAME, "error_document", variant="html")
        answer = browser.send("GET", WAN)
        assert answer.status == 200
        assert answer.data.startswith(b"<!DOCTYPE html>")


def test_wrong_certificate_is_signed_by_somebody_else(lab):
    lab.fault(NAME, "wrong_certificate")
    with (
        admin(lab, logged_in=False) as browser,
        pytest.raises(urllib3.exceptions.SSLError, match="CERTIFICATE_VERIFY_FAILED"),
    ):
        browser.login()


@pytest.mark.parametrize(("form", "status"), [("body", 200), ("http", 401)])
def test_session_expired_ends_a_session_at_its_first_use_and_its_successor_lives(lab, form, status):
    lab.fault(NAME, "session_expired", form=form)
    with admin(lab) as browser:
        answer = browser.send("GET", WAN)
        assert (answer.status, json.loads(answer.data)["code"]) == (status, 401)
        browser.login()
        assert browser.get("status.wan.connection")["stat"] == "ok"
        assert browser.get("status.wan.connection")["stat"] == "ok"


def test_session_expired_for_every_session(lab):
    lab.fault(NAME, "session_expired", every_key=True)
    with admin(lab) as browser:
        for _ in range(3):
            assert browser.get("status.wan.connection")["code"] == 401
            browser.login()


def test_a_share_afflicts_some_connections(lab):
    lab.fault(NAME, "auth_fail", share=0.5)
    seen = set()
    deadline = time.monotonic() + 10
    while len(seen) < 2 and time.monotonic() < deadline:
        with admin(lab, logged_in=False) as browser:
            seen.add(browser.login()["stat"])
    assert seen == {"ok", "fail"}
