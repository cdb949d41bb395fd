"""What is refused in place of a Peplink's state or of its backup file."""

import json

import pytest

from dcops.errors import DeviceError, ErrorKind
from dcops.model.snapshot import ConfigSource


def refused(format_, content, source=ConfigSource.STATE):
    with pytest.raises(DeviceError) as caught:
        format_.check(content, source)
    assert caught.value.next_step
    return caught.value


def test_a_whole_state_is_accepted(format_, state):
    format_.check(state.content, ConfigSource.STATE)


def test_a_state_without_what_is_not_needed_is_accepted(format_, state):
    del state.answers["config.ssid.profile"]
    format_.check(state.content, ConfigSource.STATE)


@pytest.mark.parametrize("function", ["info.firmware", "status.lan.profile", "status.wan.connection"])
def test_a_state_without_what_is_needed_is_refused(format_, state, function):
    del state.answers[function]
    error = refused(format_, state.content)

    assert error.kind is ErrorKind.INVALID
    assert function in error.message


@pytest.mark.parametrize("function", ["info.firmware", "config.ssid.profile"])
def test_a_failure_among_the_answers_is_refused_by_its_name(format_, state, function):
    state.answers[function] = {"stat": "fail", "code": 500, "message": "Internal \x1b error"}
    error = refused(format_, state.content)

    assert error.kind is ErrorKind.INVALID
    assert f"{function} answered a failure code 500" in error.message
    assert "\x1b" not in error.message
    state.answers[function] = {"stat": "fail", "code": 401}
    assert refused(format_, state.content).kind is ErrorKind.DENIED


@pytest.mark.parametrize("answer", [{"1": {}}, [], "ok", None])
def test_what_is_no_answer_among_the_answers_is_refused(format_, state, answer):
    state.answers["config.ssid.profile"] = answer

    assert refused(format_, state.content).kind is ErrorKind.INVALID


def test_a_table_that_lacks_an_entry_of_its_order_is_refused(format_, state):
    del state["status.wan.connection"]["3"]
    assert "entry" in refused(format_, state.content).message
    state["status.wan.connection"]["3"] = "gone"
    assert "entry" in refused(format_, state.content).message


@pytest.mark.parametrize("order", [None, [], {}, "1"])
def test_a_table_without_an_order_is_refused(format_, state, order):
    state["status.lan.profile"]["order"] = order

    assert "order" in refused(format_, state.content).message


def test_a_state_that_stops_early_is_truncated_wherever_it_stops(format_, state):
    content = state.content
    for length in range(1, len(content) - 1, 7):
        assert refused(format_, content[:length]).kind is ErrorKind.TRUNCATED, content[:length]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b" \n",
        b"[]",
        b"<!DOCTYPE html><html></html>",
        b'{"stat":"ok","response":{}}',
        b'{"stat":"fail","code":401,"message":"Unauthorized"}',
        b'{"info.firmware": ' + b"[" * 2000 + b"]" * 2000 + b"}",
        b'{"info.firmware": ' + b"[" * 100 + b"]" * 100 + b"}",
        b'{"info.firmware": 1' + b"0" * 5000 + b"}",
    ],
)
def test_what_is_no_state_is_refused(format_, content):
    assert refused(format_, content).kind in (ErrorKind.INVALID, ErrorKind.DENIED)


FILE = bytes(range(256)) * 16


def test_a_binary_file_is_accepted(format_):
    format_.check(FILE, ConfigSource.FILE)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html>Login</html>" * 20,
        b"<?xml version='1.0'?><config>" + b"x" * 500,
        json.dumps({"stat": "fail", "code": 401, "message": "no" * 100}).encode(),
        json.dumps({"wan": ["x" * 500]}).encode(),
        FILE[:63],
    ],
)
def test_what_is_no_binary_file_is_refused(format_, content):
    assert refused(format_, content, ConfigSource.FILE).kind in (ErrorKind.INVALID, ErrorKind.TRUNCATED)


def test_a_file_is_told_by_size_and_hash_only(format_, conceal):
    told = format_.readable(FILE, ConfigSource.FILE, conceal)

    assert told.text.startswith("type: data\nsize: 4096 bytes\nsha256: ")
    assert (format_.suffix(ConfigSource.FILE), format_.suffix(ConfigSource.STATE)) == ("txt", "json")
