"""What a Peplink answer means: the envelope, both forms of 401, cut answers, and tables by their order."""

import json

import pytest

from dcops.devices.peplink import answers
from dcops.devices.peplink.answers import PeplinkError
from dcops.errors import DeviceError, ErrorKind


def refused(body, status=200):
    with pytest.raises(DeviceError) as caught:
        answers.response(status, body if isinstance(body, bytes) else json.dumps(body).encode())
    assert caught.value.next_step
    return caught.value


def test_success_gives_what_stands_in_the_envelope():
    assert answers.response(200, b'{"stat":"ok","response":{"a":1},"notice":{"status":"beta"}}') == {"a": 1}


def test_success_without_data_is_success():
    assert answers.response(200, b'{"stat":"ok"}') is None


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, b'{"stat":"fail","code":401,"message":"Unauthorized"}'),
        (401, b'{"stat":"fail","code":401,"message":"Unauthorized"}'),
        (401, b"<html>Login</html>"),
        (401, b""),
    ],
)
def test_both_forms_of_401_are_one(status, body):
    error = refused(body, status)

    assert isinstance(error, PeplinkError)
    assert error.kind is ErrorKind.AUTH
    assert error.code == answers.UNAUTHORISED


@pytest.mark.parametrize(
    ("code", "message", "kind"),
    [
        (400, "bad", ErrorKind.INTERNAL),
        (403, "no", ErrorKind.DENIED),
        (404, "", ErrorKind.UNSUPPORTED),
        (501, "", ErrorKind.UNSUPPORTED),
        (409, "", ErrorKind.BUSY),
        (423, "", ErrorKind.LOCKED),
        (429, "", ErrorKind.BUSY),
        (503, "", ErrorKind.BUSY),
        (999, "Unknown function status.nothing", ErrorKind.UNSUPPORTED),
        (7, "Not supported on this model", ErrorKind.UNSUPPORTED),
        (7, "Permission denied", ErrorKind.DENIED),
        (7, "Maximum number of sessions reached", ErrorKind.BUSY),
        (7, "System is busy", ErrorKind.BUSY),
        (7, "Not logged in", ErrorKind.AUTH),
        (500, "Internal error", ErrorKind.INVALID),
        (None, "", ErrorKind.INVALID),
        (True, "odd", ErrorKind.INVALID),
    ],
)
def test_a_failure_has_a_kind_by_its_number_or_its_words(code, message, kind):
    error = refused({"stat": "fail", "code": code, "message": message})

    assert error.kind is kind
    assert message in error.message


@pytest.mark.parametrize(
    ("status", "kind"),
    [(403, ErrorKind.DENIED), (404, ErrorKind.UNSUPPORTED), (503, ErrorKind.BUSY), (302, ErrorKind.INVALID)],
)
def test_an_http_status_without_an_envelope_has_a_kind(status, kind):
    assert refused(b"<html>no</html>", status).kind is kind
    assert refused(b"{}", status).kind is kind


def test_the_words_of_a_device_cannot_act_on_a_screen():
    error = refused({"stat": "fail", "code": 7, "message": "no\x1b[2J\u202e such"})

    assert error.message == "it answered code 7: no [2J such"


def test_an_answer_that_stops_early_is_truncated_wherever_it_stops():
    whole = json.dumps(
        {"stat": "ok", "response": {"1": {"name": 'a "quoted" näme', "enable": True, "uptime": -12.5}, "order": [1]}}
    ).encode()
    for length in range(1, len(whole)):
        assert refused(whole[:length]).kind is ErrorKind.TRUNCATED, whole[:length]


@pytest.mark.parametrize(
    "body",
    [
        b"<!DOCTYPE html><title>Web Admin</title>",
        b"",
        b"hello",
        b"[1,2]",
        b'{"answer":42}',
        b'{"stat":"ok"} trailing',
        b'{"stat":"ok","response":1' + b"0" * 5000 + b"}",
        b'{"stat":"ok","response":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    ],
)
def test_what_is_no_answer_of_the_api_is_invalid(body):
    assert refused(body).kind is ErrorKind.INVALID


def test_a_byte_that_is_no_text_does_not_hide_an_answer():
    assert answers.response(200, b'{"stat":"ok","response":{"name":"caf\xe9"}}') == {"name": "caf\udce9"}


def test_a_table_is_read_by_its_order_and_never_by_its_keys():
    table = {
        "order": [7, 2, 3],
        "2": {"name": "b"},
        "7": {"name": "a"},
        "9": {"name": "left over"},
        "supportGatewayProxy": True,
        "connection": [{"name": "again"}],
    }

    assert [(number, entry["name"]) for number, entry in answers.ordered(table)] == [(7, "a"), (2, "b")]


@pytest.mark.parametrize("table", [None, [], {"1": {}}, {"order": "1"}])
def test_a_table_without_an_order_is_invalid(table):
    with pytest.raises(DeviceError) as caught:
        list(answers.ordered(table))
    assert caught.value.kind is ErrorKind.INVALID
