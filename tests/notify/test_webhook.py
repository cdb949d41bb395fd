"""A webhook gets the document as it is, over a line that was checked, or the reason is known."""

import json
import socket

import pytest

from dcops.errors import InvalidInput
from dcops.model.secret import Secret
from dcops.notify.http import Endpoint
from dcops.notify.sender import NotifyError, NotifyErrorKind
from dcops.notify.webhook import WebhookSender

DOCUMENT = json.dumps({"text": "Báo cáo đêm", "failed": ["rtr-edge-2"]}, ensure_ascii=False)


def send(letter, url, **options):
    WebhookSender(Endpoint(url, **{"timeout_seconds": 5.0, **options})).send(letter(body=DOCUMENT, channel="webhook"))


def refusal(*arguments, **options):
    with pytest.raises(NotifyError) as caught:
        send(*arguments, **options)
    return caught.value


def test_the_document_arrives_as_it_is(http, letter):
    server = http()

    send(letter, f"{server.url}/hooks/abc")

    ((path, headers, body),) = server.taken
    assert path == "/hooks/abc"
    assert body.decode() == DOCUMENT
    assert headers["Content-Type"] == "application/json; charset=utf-8"
    assert "Authorization" not in headers


def test_a_token_is_a_bearer_and_a_login_is_basic(http, letter):
    server = http()

    send(letter, server.url, secret=Secret("a-token"))
    send(letter, server.url, username="noc", secret=Secret("word"))

    assert [headers["Authorization"] for _, headers, _ in server.taken] == ["Bearer a-token", "Basic bm9jOndvcmQ="]


def test_a_token_that_would_break_the_header_is_refused_without_showing_it():
    with pytest.raises(InvalidInput) as caught:
        Endpoint("https://chat.example.org", secret=Secret("tok-1\r\nX-Evil: 1"))

    assert "tok-1" not in str(caught.value)


def test_tls_is_checked_against_the_sites_authority(http, letter, server_context, ca_file):
    server = http(server_context)

    send(letter, server.url, ca_file=ca_file)
    error = refusal(letter, server.url, secret=Secret("a-token"))

    assert len(server.taken) == 1
    assert error.kind is NotifyErrorKind.TEMPORARY
    assert "certificate" in str(error)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, NotifyErrorKind.PERMANENT),
        (413, NotifyErrorKind.PERMANENT),
        (422, NotifyErrorKind.PERMANENT),
        (401, NotifyErrorKind.TEMPORARY),
        (404, NotifyErrorKind.TEMPORARY),
        (429, NotifyErrorKind.TEMPORARY),
        (500, NotifyErrorKind.TEMPORARY),
        (503, NotifyErrorKind.TEMPORARY),
    ],
)
def test_only_what_will_never_be_taken_is_refused_for_good(http, letter, status, kind):
    server = http()
    server.answers = [(status, {}, b"no\r\nthanks")]

    error = refusal(letter, server.url)

    assert error.kind is kind
    assert f"{status}: no thanks" in str(error)


def test_a_redirect_is_not_followed_with_our_token(http, letter):
    elsewhere, server = http(), http()
    server.answers = [(302, {"Location": elsewhere.url}, b"")]

    error = refusal(letter, server.url, secret=Secret("a-token"))

    assert error.kind is NotifyErrorKind.TEMPORARY
    assert elsewhere.taken == []


def test_an_address_that_is_a_secret_is_in_no_error(letter, nobody_listens):
    url = f"http://127.0.0.1:{nobody_listens}/services/T00/B00/very-secret"

    error = refusal(letter, url)

    assert error.kind is NotifyErrorKind.TEMPORARY
    assert "very-secret" not in str(error)
    assert f"http://127.0.0.1:{nobody_listens}" in str(error)
    assert "very-secret" not in repr(Endpoint(url))


def test_a_server_that_never_answers_is_left_in_time(letter):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        error = refusal(letter, f"http://127.0.0.1:{silent.getsockname()[1]}", timeout_seconds=0.3)

    assert error.kind is NotifyErrorKind.TEMPORARY
    assert "in time" in str(error)


@pytest.mark.parametrize(
    "url", ["", "example.org/hook", "ftp://example.org", "https://", "https://noc:pw1@example.org/"]
)
def test_an_address_that_cannot_be_used_is_refused_at_once_and_not_shown(url):
    with pytest.raises(InvalidInput) as caught:
        Endpoint(url)

    assert "pw1" not in str(caught.value)
