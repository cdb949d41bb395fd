"""Logins, sessions and faults of the wire, as clients meet them; counted by the simulator."""

import contextlib
import http.client
import json
import ssl
import subprocess
import sys
import urllib.error
import urllib.request
from base64 import b64encode
from pathlib import Path

import pytest
from pyVmomi import vim

from tests.lab.vsphere.conftest import until

ROOT = Path(__file__).parents[3]
QUESTION = (
    '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body><RetrieveServiceContent xmlns="urn:vim25">'
    '<_this type="ServiceInstance">ServiceInstance</_this></RetrieveServiceContent></e:Body></e:Envelope>'
)
LEAVES_A_PROGRAM = """
import lab.vsphere, os, signal
with lab.vsphere.serve(hosts=2, vms=2) as vcenter:
    print(vcenter.pid, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_the_wrong_password_is_refused_and_counted(small, log_in):
    with pytest.raises(vim.fault.InvalidLogin):
        log_in(small, password="nonsense")
    stats = small.control.stats()
    assert (stats["logins"], stats["failed_logins"], stats["sessions_now"]) == (0, 1, 0)
    log_in(small)
    assert small.control.stats()["logins"] == 1


def test_a_changed_password_leaves_sessions_alone_unless_told(small, log_in):
    first = log_in(small)
    small.control.do("password", password="another")
    with pytest.raises(vim.fault.InvalidLogin):
        log_in(small)
    assert first.read("HostSystem", "name")[0]
    log_in(small, password="another")
    assert small.control.do("password", password="third", kill_sessions=True) == {"killed": 2}
    with pytest.raises(vim.fault.NotAuthenticated):
        first.view("HostSystem")


def test_sessions_are_listed_with_who_and_from_where(small, client):
    (one,) = small.control.ask("sessions")["sessions"]
    assert (one["user"], one["address"]) == (small.user, "127.0.0.1")
    assert "pyvmomi" in one["agent"].lower()
    client.close()
    stats = small.control.stats()
    assert (stats["sessions_now"], stats["logouts"]) == (0, 1)


def test_the_rest_door_wants_the_password_too(small):
    def enter(password):
        request = urllib.request.Request(
            f"https://{small.host}:{small.port}/rest/com/vmware/cis/session", method="POST"
        )
        request.add_header("Authorization", "Basic " + b64encode(f"{small.user}:{password}".encode()).decode())
        with urllib.request.urlopen(request, context=small.context(), timeout=10) as answer:
            return json.load(answer)["value"]

    with pytest.raises(urllib.error.HTTPError, match="401") as refused:
        enter("nonsense")
    refused.value.close()
    assert enter(small.password)


def post(small, seconds=5, context=None):
    line = http.client.HTTPSConnection(small.host, small.port, context=context or small.context(), timeout=seconds)
    try:
        line.request("POST", "/sdk", QUESTION, {"Content-Type": "text/xml"})
        answer = line.getresponse()
        return answer.status, answer.read()
    finally:
        line.close()


@pytest.mark.parametrize(
    ("order", "error"),
    [
        ({"kind": "refuse"}, ConnectionRefusedError),
        ({"kind": "reset"}, ConnectionResetError),
        ({"kind": "cut", "where": "request"}, http.client.RemoteDisconnected),
        ({"kind": "cut", "where": "answer"}, http.client.IncompleteRead),
        ({"kind": "hang", "where": "connect"}, TimeoutError),
        ({"kind": "hang"}, TimeoutError),
        ({"kind": "hang", "where": "answer"}, TimeoutError),
        ({"kind": "wrong-certificate"}, ssl.SSLCertVerificationError),
    ],
)
def test_a_fault_strikes_and_is_healed(small, order, error):
    whole = post(small)
    small.control.do("fault", **order)
    with pytest.raises(error):
        post(small, seconds=0.5)
    small.control.do("heal")
    assert post(small) == whole


@pytest.mark.parametrize(
    ("order", "status", "holds"),
    [
        ({"kind": "unavailable"}, 503, b"503 Service Unavailable"),
        ({"kind": "garbage"}, 200, b"<br>"),
        ({"kind": "soap-fault", "fault": "SystemError"}, 500, b'xsi:type="SystemError"'),
    ],
)
def test_another_document_comes_in_place_of_the_answer(small, order, status, holds):
    small.control.do("fault", **order)
    answered, text = post(small)
    assert answered == status
    assert holds in text


def test_half_an_answer_can_look_whole_to_http(small):
    _, whole = post(small)
    small.control.do("fault", kind="truncate")
    assert post(small) == (200, whole[: len(whole) // 2])


def test_a_fault_can_strike_one_method_so_many_times(small, client):
    small.control.do("fault", kind="unavailable", method="CurrentTime", times=2)
    assert client.read("HostSystem", "name")[0]
    failed = 0
    for _ in range(4):
        try:
            client.instance.CurrentTime()
        except Exception:  # noqa: BLE001 - pyvmomi has its own for each way in which HTTP fails
            failed += 1
    assert failed == 2


def test_cut_connections_are_counted_and_a_client_may_come_again(small):
    line = http.client.HTTPSConnection(small.host, small.port, context=small.context(), timeout=5)
    line.connect()
    assert small.control.stats()["connections_now"] == 1
    assert small.control.do("cut") == {"cut": 1}
    with contextlib.closing(line):
        assert is_broken(line)
    assert post(small)[0] == 200


def is_broken(line):
    try:
        line.request("GET", "/sdk/vimServiceVersions.xml")
        line.getresponse()
    except OSError:
        return True
    return False


def test_a_delay_is_waited_before_every_call_or_one_method(small):
    small.control.do("delay", milliseconds=300, method="RetrieveServiceContent")
    with pytest.raises(TimeoutError):
        post(small, seconds=0.1)
    small.control.do("heal")
    assert post(small)[0] == 200


def test_the_program_ends_with_whoever_started_it():
    done = subprocess.run(
        [sys.executable, "-c", LEAVES_A_PROGRAM], cwd=ROOT, capture_output=True, text=True, check=False, timeout=60
    )
    pid = int(done.stdout)
    until(lambda: has_ended(pid))


def has_ended(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] == "Z"
    except OSError:
        return True
