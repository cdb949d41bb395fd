"""The login is in every request, and nowhere else."""

import pytest
import urllib3
from lxml import etree

from dcops.devices.https import FormPoster, Reply
from dcops.devices.sfos.client import SfosClient
from dcops.errors import DeviceError, ErrorKind
from dcops.model.secret import Secret
from dcops.model.transcript import NoTape
from tests.devices.sfos.firewall import FakePoster, RecordingTape

PASSWORD = "p&w<\"'>%+ é"


def client(poster, tape=None, password=PASSWORD):
    return SfosClient(poster, "svc <dcops>", Secret(password), tape or NoTape())


def test_a_request_carries_the_login_and_the_question():
    poster = FakePoster()
    client(poster).get(("Zone", "IPHost"))

    ((path, text),) = poster.requests
    request = etree.fromstring(text)
    assert path == "/webconsole/APIController"
    assert [part.tag for part in request] == ["Login", "Get"]
    assert (request.findtext("Login/Username"), request.findtext("Login/Password")) == ("svc <dcops>", PASSWORD)
    assert [element.tag for element in request.find("Get")] == ["Zone", "IPHost"]


def test_the_tape_is_given_the_question_without_the_login():
    tape = RecordingTape()
    client(FakePoster(), tape).get(("Zone",))

    (exchange,) = tape.exchanges
    assert exchange.request == "POST /webconsole/APIController"
    assert exchange.parameters == {"reqxml": "<Get><Zone/></Get>"}
    assert (exchange.status, exchange.content_type) == (200, "application/xml")
    assert b"records Zero" in exchange.answer
    assert "svc" not in str(exchange)


def test_a_refused_login_is_on_the_tape_too():
    tape = RecordingTape()
    with pytest.raises(DeviceError):
        client(FakePoster(whole="<html/>"), tape).get(("Zone",))

    assert tape.exchanges[0].answer == b"<html/>"


@pytest.mark.parametrize("status", [301, 403, 404, 500])
def test_any_http_status_but_200_is_no_answer(status):
    class Other(FakePoster):
        def post(self, path, fields, secrets=()):
            return Reply(status, "text/html", b"<html/>")

    with pytest.raises(DeviceError, match=str(status)) as caught:
        client(Other()).get(("Zone",))
    assert caught.value.kind is ErrorKind.INVALID


def test_a_password_that_xml_cannot_carry_is_not_sent_and_not_shown():
    poster = FakePoster()
    with pytest.raises(DeviceError) as caught:
        client(poster, password="secret\x07bell").get(("Zone",))

    assert caught.value.kind is ErrorKind.AUTH
    assert "bell" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert not poster.requests


class TalkativePool:
    """Fails with everything that it was given in its message."""

    def __init__(self, error):
        self.error = error

    def request(self, method, url, body, **kwargs):
        raise self.error(f"could not send {body} to {url}")

    def close(self):
        pass


@pytest.mark.parametrize("error", [RuntimeError, ValueError, urllib3.exceptions.HTTPError])
def test_what_a_library_says_of_a_request_does_not_show_the_password(error):
    with pytest.raises(DeviceError) as caught:
        client(FormPoster(TalkativePool(error)), password="Plain-Pass word&1").get(("Zone",))

    for form in ("Plain-Pass", "Pass+word", "word%26", "word&amp;1"):
        assert form not in str(caught.value)


def test_closing_and_aborting_close_the_connection():
    for way in (SfosClient.close, SfosClient.abort):
        poster = FakePoster()
        way(client(poster))
        assert poster.closed
