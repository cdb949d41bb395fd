"""What goes wrong on the wire, over real sockets, held against what the simulator has counted."""

import hashlib
import ssl
import threading

import pytest

from dcops.errors import DeviceError, ErrorKind


def looked(inventory):
    with pytest.raises(DeviceError) as caught:
        inventory.wait(0)
    assert str(caught.value).startswith("vc-lab: ")
    assert caught.value.next_step
    return caught.value


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ({"kind": "hang", "where": "request"}, ErrorKind.TIMEOUT),
        ({"kind": "hang", "where": "answer"}, ErrorKind.TIMEOUT),
        ({"kind": "slow", "milliseconds": 400}, ErrorKind.TIMEOUT),
        ({"kind": "cut", "where": "request"}, ErrorKind.UNREACHABLE),
        ({"kind": "cut", "where": "answer"}, ErrorKind.TRUNCATED),
        ({"kind": "reset"}, ErrorKind.UNREACHABLE),
        ({"kind": "unavailable"}, ErrorKind.UNREACHABLE),
        ({"kind": "garbage"}, ErrorKind.INVALID),
        ({"kind": "truncate"}, ErrorKind.INVALID),
        ({"kind": "soap-fault", "fault": "RuntimeFault"}, ErrorKind.INVALID),
    ],
    ids=lambda value: "-".join(map(str, value.values())) if isinstance(value, dict) else "",
)
def test_a_fault_is_told_and_the_next_look_is_as_before(simulator, ask, fault, kind):
    vcenter = ask(call_seconds=1.0)
    inventory = vcenter.inventory()
    inventory.wait(0)
    simulator.control.do("fault", method="WaitForUpdatesEx", **fault)
    before = len(inventory.present)
    error = looked(inventory)
    simulator.control.do("heal")

    assert error.kind is kind
    assert inventory.wait(0).left == ()
    assert len(inventory.present) == before
    stats = simulator.control.stats()
    assert (stats["logins"], stats["sessions_now"], stats["filters_now"]) == (1, 1, 1)


def test_a_silent_vcenter_is_reported_while_others_who_ask_it_go_on(simulator, ask):
    vcenter = ask(call_seconds=1.0)
    inventory, details = vcenter.inventory(), vcenter.details()
    inventory.wait(0)
    simulator.control.do("fault", kind="hang", method="WaitForUpdatesEx")
    found = []
    waiting = threading.Thread(target=lambda: found.append(looked(inventory)))
    waiting.start()
    assert abs(details.read_clock()) < 30
    waiting.join()

    assert found[0].kind is ErrorKind.TIMEOUT
    assert "WaitForUpdatesEx was not answered within 1 s" in str(found[0])


def test_a_vcenter_that_refuses_connections_is_asked_again_in_the_same_session(simulator, vcenter):
    inventory = vcenter.inventory()
    inventory.wait(0)
    simulator.control.do("fault", kind="refuse")
    kinds = {looked(inventory).kind for _ in range(3)}
    simulator.control.do("heal")

    assert kinds <= {ErrorKind.REFUSED, ErrorKind.UNREACHABLE}
    assert not inventory.wait(0).full
    assert simulator.control.stats()["logins"] == 1


def test_idle_connections_that_were_cut_are_made_anew_without_a_word(simulator, vcenter):
    inventory, details = vcenter.inventory(), vcenter.details()
    inventory.wait(0)
    details.read_clock()
    simulator.control.do("cut")

    assert not inventory.wait(0).full
    assert abs(details.read_clock()) < 30
    assert simulator.control.stats()["logins"] == 1
    assert vcenter.calls.now().failures == {}


def test_a_login_that_hangs_ends_in_its_time_and_costs_no_session(simulator, ask):
    simulator.control.do("fault", kind="hang", method="RetrieveServiceContent")
    inventory = ask(login_seconds=0.5).inventory()

    assert looked(inventory).kind is ErrorKind.TIMEOUT
    assert simulator.control.stats()["sessions_now"] == 0


def test_a_vcenter_that_never_answers_the_handshake_is_reported(simulator, ask):
    simulator.control.do("fault", kind="hang", where="connect")
    error = looked(ask(connect_seconds=0.5).inventory())

    assert error.kind is ErrorKind.TIMEOUT


@pytest.mark.parametrize("seconds", [0.3, pytest.param(30, marks=pytest.mark.soak)])
def test_a_slow_vcenter_is_waited_for(simulator, vcenter, seconds):
    simulator.control.do("delay", milliseconds=1000 * seconds)
    inventory = vcenter.inventory()

    assert inventory.wait(0).full
    assert vcenter.calls.now().seconds["WaitForUpdatesEx"] >= seconds


def test_a_certificate_of_another_authority_is_refused_before_anything_is_sent(simulator, vcenter):
    simulator.control.do("fault", kind="wrong-certificate")
    error = looked(vcenter.inventory())

    assert error.kind is ErrorKind.CERTIFICATE
    assert "dcops trust add" in error.next_step
    assert simulator.control.stats()["requests"] == 0


def shown(simulator):
    return hashlib.sha256(
        ssl.PEM_cert_to_DER_cert(ssl.get_server_certificate((simulator.host, simulator.port)))
    ).hexdigest()


def test_a_pinned_certificate_is_proof_enough(simulator, ask, nobody):
    assert ask(context=nobody, pin=shown(simulator)).inventory().wait(0).full


def test_another_certificate_than_the_pinned_one_is_refused_before_anything_is_sent(simulator, ask, nobody):
    pin = shown(simulator)
    simulator.control.do("fault", kind="wrong-certificate")
    error = looked(ask(context=nobody, pin=pin).inventory())

    assert error.kind is ErrorKind.CERTIFICATE
    assert "not the pinned one" in str(error)
    assert simulator.control.stats()["requests"] == 0


def test_a_port_that_does_not_speak_tls_is_reported(simulator, ask):
    port = int(simulator.control.url.rpartition(":")[2])

    assert looked(ask(port=port).inventory()).kind is ErrorKind.UNREACHABLE


def test_an_answer_that_is_too_large_is_not_read(simulator, ask):
    error = looked(ask(answer_bytes=50_000).inventory())

    assert error.kind is ErrorKind.INVALID
    assert "larger than" in str(error)


def test_nobody_is_told_the_password(simulator, ask, target):
    vcenter = ask()
    vcenter.open()
    ticket = vcenter._session.ticket(vcenter._own)
    texts = [repr(target), repr(ticket), repr(vcenter.calls.now())]

    assert not any(simulator.password in text or ticket.cookie in text for text in texts)
