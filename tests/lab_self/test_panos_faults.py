"""Each fault of a firewall, seen at the wire."""

from __future__ import annotations

import socket
import time

import pytest
import urllib3
from lxml import etree


def code(answer):
    return etree.fromstring(answer.data).get("code")


def test_refuse_closes_the_port(lab, wall):
    lab.fault(wall, "refuse")
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(lab.place(wall), timeout=2)


def test_auth_fail_refuses_password_and_key(lab, wall):
    with lab.api(wall) as api:
        api.keygen()
        lab.fault(wall, "auth_fail")
        assert api.post(type="keygen", **api.account).status == 403
        assert api.export().status == 403


def test_hang_accepts_and_never_speaks(lab, wall):
    lab.fault(wall, "hang")
    with lab.api(wall) as api, pytest.raises(urllib3.exceptions.TimeoutError):
        api.pool.request("GET", "/api/", timeout=0.5)


def test_hang_in_the_middle_of_an_answer(lab, wall):
    with lab.api(wall) as api:
        api.keygen()
        lab.fault(wall, "hang", where="answer")
        with pytest.raises(urllib3.exceptions.ReadTimeoutError):
            api.pool.request(
                "POST",
                "/api/",
                fields={"type": "export", "category": "configuration", "key": api.key},
                encode_multipart=False,
                timeout=0.5,
            )


def test_drop_mid_answer_breaks_the_connection(lab, wall):
    lab.fault(wall, "drop_mid_answer")
    with lab.api(wall) as api, pytest.raises(urllib3.exceptions.ProtocolError):
        api.export()


def test_slow_delays_and_trickles_every_answer(lab, wall):
    with lab.api(wall) as api:
        api.keygen()
        lab.fault(wall, "slow", delay_seconds=0.3)
        start = time.monotonic()
        answer = api.export()
        assert time.monotonic() - start > 0.5
    assert answer.data.rstrip().endswith(b"</config>")


def test_truncate_is_a_well_formed_answer_with_half_a_file(lab, wall):
    lab.fault(wall, "truncate")
    with lab.api(wall) as api:
        answer = api.export()
        assert answer.status == 200
        assert int(answer.headers["Content-Length"]) == len(answer.data)
        with pytest.raises(etree.XMLSyntaxError):
            etree.fromstring(answer.data)
        assert 'status="success"' in api.op("<show><system><info></info></system></show>")


def test_error_document_comes_with_http_200(lab, wall):
    with lab.api(wall) as api:
        lab.fault(wall, "error_document")
        answer = api.export()
        assert (answer.status, code(answer)) == (200, "13")
        lab.fault(wall, "error_document", code="16")
        assert code(api.export()) == "16"
        lab.fault(wall, "error_document", variant="html")
        answer = api.export()
        assert answer.status == 200
        assert answer.data.startswith(b"<!DOCTYPE html>")


def test_wrong_certificate_is_signed_by_somebody_else(lab, wall):
    lab.fault(wall, "wrong_certificate")
    with lab.api(wall) as api, pytest.raises(urllib3.exceptions.SSLError, match="CERTIFICATE_VERIFY_FAILED"):
        api.keygen()


def test_session_expired_ends_a_key_at_its_first_use_and_its_successor_lives(lab, wall):
    lab.fault(wall, "session_expired")
    for _ in range(2):
        with lab.api(wall) as api:
            assert code(api.export()) == "22"
            api.keygen()
            assert api.export().data.startswith(b"<?xml")
            assert api.export().data.startswith(b"<?xml")


def test_session_expired_for_every_key(lab, wall):
    lab.fault(wall, "session_expired", every_key=True)
    with lab.api(wall) as api:
        for _ in range(3):
            assert code(api.export()) == "22"
            api.keygen()


def test_reboot_drops_refuses_and_comes_back(lab, wall):
    with lab.api(wall) as api:
        api.keygen()
        lab.fault(wall, "reboot", for_seconds=0.5)
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(lab.place(wall), timeout=2)
        deadline = time.monotonic() + 5
        while lab.control("GET", f"/devices/{wall}")[1]["state"] != "up":
            assert time.monotonic() < deadline
            time.sleep(0.05)
    with lab.api(wall) as api:
        info = etree.fromstring(api.op("<show><system><info></info></system></show>").encode())
        assert info.findtext("result/system/uptime").startswith("0 days, 0:00:")


def test_a_share_afflicts_some_connections(lab, wall):
    lab.fault(wall, "auth_fail", share=0.5)
    seen = set()
    deadline = time.monotonic() + 10
    while len(seen) < 2 and time.monotonic() < deadline:
        with lab.api(wall) as api:
            seen.add(api.post(type="keygen", **api.account).status)
    assert seen == {200, 403}
