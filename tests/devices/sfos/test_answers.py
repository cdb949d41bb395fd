"""What an answer of SFOS means, case by case."""

import pytest
from lxml import etree

from dcops.devices.sfos import answers
from dcops.devices.sfos.answers import Refused
from dcops.errors import DeviceError, ErrorKind
from tests.devices.sfos.firewall import response, status


def problem(body):
    with pytest.raises(DeviceError) as caught:
        answers.parse(body if isinstance(body, bytes) else body.encode())
    return caught.value


def refusals(entity):
    return [(each.entity, each.code) for each in answers.refusals(etree.fromstring(entity))]


def test_an_accepted_login_gives_the_entities_and_the_version():
    root = answers.parse(response("<Zone><Name>LAN</Name></Zone><Zone><Name>WAN</Name></Zone>").encode())

    assert root.get("APIVersion") == "1905.1"
    assert [element.findtext("Name") for element in answers.entities(root)] == ["LAN", "WAN"]


@pytest.mark.parametrize("words", ["Authentication Failure", "Authentication failure", "Account locked", ""])
def test_any_other_login_status_is_an_auth_error(words):
    error = problem(response("", login=f"<Login><status>{words}</status></Login>"))

    assert error.kind is ErrorKind.AUTH
    assert words in error.message
    assert error.next_step


@pytest.mark.parametrize(
    ("code", "kind", "next_step"),
    [
        ("532", ErrorKind.DENIED, "Turn the API on: Backup & firmware > API"),
        ("534", ErrorKind.DENIED, "Allowed IP address"),
        ("529", ErrorKind.UNSUPPORTED, "firmware"),
        ("500", ErrorKind.INVALID, "Look at the device"),
        ("", ErrorKind.INVALID, "Look at the device"),
    ],
)
def test_a_refusal_of_the_whole_request_says_what_to_do(code, kind, next_step):
    error = problem(response(status(code, "not so"), login=""))

    assert isinstance(error, Refused)
    assert (error.kind, error.code) == (kind, code)
    assert "not so" in error.message
    assert next_step in error.next_step
    assert error.is_final is (code in ("532", "534"))


def test_a_status_2xx_for_the_whole_request_is_no_refusal():
    assert answers.parse(response(status("216")).encode()) is not None


def test_an_answer_that_is_silent_about_the_login_is_not_believed():
    assert problem(response("<Zone/>", login="")).kind is ErrorKind.INVALID


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"   ",
        b"plain words",
        b"<!DOCTYPE html><html><body><br></body></html>",
        b"<html><body/></html>",
        b"<Response><Zone></Response>",
        b"<Configuration/>",
        b'<!DOCTYPE Response [<!ENTITY e SYSTEM "file:///etc/hostname">]><Response>&e;</Response>',
        b'<?xml version="1.0"?>\n<!-- a --><!DOCTYPE Response SYSTEM "http://192.0.2.1/x"><Response/>',
    ],
)
def test_what_is_no_api_answer_is_invalid(body):
    error = problem(body)

    assert error.kind is ErrorKind.INVALID
    assert error.next_step


def test_an_answer_cut_anywhere_is_truncated():
    whole = response("<Zone><Name>LAN</Name></Zone>").encode()
    start = whole.index(b"<Response") + len(b"<Response ")

    for length in range(start, len(whole)):
        assert problem(whole[:length]).kind is ErrorKind.TRUNCATED


def test_bytes_that_xml_does_not_allow_do_not_cost_the_answer():
    body = response("<Zone><Name>caf\udce9 \x1b[2J\x00</Name></Zone>").encode("utf-8", "surrogateescape")

    assert answers.parse(body).findtext("Zone/Name") == r"caf\xe9 \x1b[2J\x00"


@pytest.mark.parametrize(
    ("entity", "expected"),
    [
        ('<Zone><Status code="529">unknown</Status></Zone>', [("Zone", "529")]),
        ('<Zone><Status code="500">no</Status></Zone>', [("Zone", "500")]),
        ('<Zone><Status code="200">fine</Status></Zone>', []),
        ('<Zone><Status code="216">fine</Status></Zone>', []),
        ("<Zone><Status>No. of records Zero.</Status></Zone>", []),
        ("<Zone><Status>Number of records Zero.</Status></Zone>", []),
        ('<Zone><Status code="526">Number of records Zero.</Status></Zone>', []),
        ("<HAConfigure><Status>Transaction fail</Status></HAConfigure>", [("HAConfigure", "")]),
        ("<FirewallRule><Name>web</Name><Status>Enable</Status></FirewallRule>", []),
        ("<REDConfiguration><Status>Disable</Status></REDConfiguration>", []),
        ('<A><B><Status code="503">x</Status></B><C><Status code="200">y</Status></C></A>', [("A/B", "503")]),
        ('<Rule><Name>x</Name><Status code="500">half of it</Status></Rule>', [("Rule", "500")]),
    ],
)
def test_each_entity_is_judged_by_its_own_status(entity, expected):
    assert refusals(entity) == expected


@pytest.mark.parametrize(
    ("entity", "is_empty", "is_data"),
    [
        ("<Zone><Status>No. of records Zero.</Status></Zone>", True, False),
        ('<Zone><Status code="529">x</Status></Zone>', False, False),
        ("<REDConfiguration><Status>Disable</Status></REDConfiguration>", False, True),
        ("<Zone><Name>LAN</Name></Zone>", False, True),
    ],
)
def test_no_records_is_empty_and_a_refusal_is_neither(entity, is_empty, is_data):
    element = etree.fromstring(entity)

    assert (answers.is_empty(element), answers.is_data(element)) == (is_empty, is_data)


def test_control_characters_of_a_device_do_not_reach_the_message():
    error = problem(response('<Status code="500">a&#9;b&#133;c&#x202e;d</Status>', login=""))

    assert error.message.endswith("a b c d")
