"""XML from a device is parsed without trusting it."""

import pytest

from dcops.diff.xml.document import HasDocumentType, NotXml, parse


def test_a_document_is_parsed_with_or_without_its_prolog():
    for content in (b"<config/>", b'\xef\xbb\xbf<?xml version="1.0"?>\n<!-- a -->\n<config/>\n', b" \n<config/>"):
        assert parse(content).root.tag == "config"


@pytest.mark.parametrize(
    "content",
    [
        b'<!DOCTYPE config [<!ENTITY a "aaaa">]><config>&a;</config>',
        b'<?xml version="1.0"?><!-- x --><!DOCTYPE config SYSTEM "http://192.0.2.1/x.dtd"><config/>',
        b'<!DOCTYPE c [<!ENTITY x SYSTEM "file:///etc/hostname">]><config>&x;</config>',
    ],
)
def test_a_document_type_is_refused_before_anything_is_read(content):
    with pytest.raises(HasDocumentType):
        parse(content)


@pytest.mark.parametrize(
    "content", [b"", b"text", b"<config>", b"<a/><b/>", b"<a>&unknown;</a>", "<a/>".encode("utf-16")]
)
def test_what_is_no_xml_is_refused(content):
    with pytest.raises(NotXml):
        parse(content)


def test_what_xml_does_not_allow_is_written_out_and_counted():
    parsed = parse(b"<config><d>caf\xe9 \x1b[2J\x00</d></config>")
    assert parsed.root.findtext("d") == r"caf\xe9 \x1b[2J\x00"
    assert parsed.illegal == 3
    assert parse("<config>café\t\x7f</config>".encode()).illegal == 0


def test_comments_and_instructions_do_not_split_a_text():
    assert (
        parse(b"<c><password>ab<!-- x -->c<?y z?>d<![CDATA[<e>]]></password></c>").root.findtext("password")
        == "abcd<e>"
    )
