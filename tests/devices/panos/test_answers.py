"""What a PAN-OS answer means, case by case of the vendor's table."""

import pytest
from lxml import etree

from dcops.devices.panos import answers
from dcops.devices.panos.answers import PanosError
from dcops.errors import DeviceError, ErrorKind


def refused(body):
    with pytest.raises(PanosError) as caught:
        answers.result(answers.parse(body))
    return caught.value


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("1", ErrorKind.UNSUPPORTED),
        ("17", ErrorKind.UNSUPPORTED),
        ("2", ErrorKind.BUSY),
        ("21", ErrorKind.BUSY),
        ("6", ErrorKind.INTERNAL),
        ("18", ErrorKind.INTERNAL),
        ("13", ErrorKind.INVALID),
        ("15", ErrorKind.DENIED),
        ("16", ErrorKind.AUTH),
        ("22", ErrorKind.AUTH),
        ("403", ErrorKind.AUTH),
        ("999", ErrorKind.INVALID),
    ],
)
def test_every_code_has_a_kind(code, kind):
    error = refused(f'<response status="error" code="{code}"><msg>why</msg></response>'.encode())

    assert error.kind is kind
    assert error.code == code
    assert "why" in error.message
    assert error.next_step


@pytest.mark.parametrize(
    "inner",
    [
        "<msg><line>the reason</line></msg>",
        "<msg><line><line>the reason</line></line></msg>",
        "<result><msg><line>the reason</line></msg></result>",
        "<result><msg>the reason</msg></result>",
        "<msg>the reason</msg>",
        "<result><job><details><line>the reason</line></details></job></result>",
    ],
)
def test_the_message_is_found_wherever_it_hides(inner):
    assert "the reason" in refused(f'<response status="error" code="13">{inner}</response>'.encode()).message


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Invalid credentials.", ErrorKind.AUTH),
        ("Another commit/validate is in progress. Please try again later", ErrorKind.BUSY),
        ("Configuration is locked by admin nguyen", ErrorKind.LOCKED),
        ("Session timed out", ErrorKind.AUTH),
    ],
)
def test_a_message_without_a_code_is_known_by_its_first_words(text, kind):
    assert refused(f'<response status="error"><msg><line>{text}</line></msg></response>'.encode()).kind is kind


def test_control_characters_of_a_device_do_not_reach_the_message():
    error = refused(b'<response status="error" code="13"><msg>a&#9;b&#133;c&#x202e;d</msg></response>')

    assert error.message.endswith("a b c d")


@pytest.mark.parametrize("body", [b'<response status="succ', b"<config><devices>"])
def test_an_answer_that_breaks_off_is_truncated(body):
    with pytest.raises(DeviceError) as caught:
        answers.parse(body)
    assert caught.value.kind in (ErrorKind.TRUNCATED, ErrorKind.INVALID)


@pytest.mark.parametrize("body", [b"", b"plain words", b"<html><body><br></body></html>", b"\x00\xff"])
def test_an_answer_that_is_no_api_response_is_refused(body):
    with pytest.raises(DeviceError) as caught:
        answers.result(answers.parse(body))
    assert caught.value.kind is ErrorKind.INVALID


def test_entities_of_an_answer_are_not_expanded():
    doctype = b'<!DOCTYPE r [<!ENTITY e SYSTEM "file:///etc/hostname">]>'
    body = doctype + b'<response status="success"><result>&e;</result></response>'

    assert "".join(etree.tostring(answers.parse(body), encoding="unicode").split()).count("&e;") == 1
