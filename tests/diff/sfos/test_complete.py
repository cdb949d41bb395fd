"""Only the entities of a firewall pass; whatever else came is named for what it is."""

import pytest

from dcops.diff.sfos.complete import check
from dcops.errors import DeviceError, ErrorKind
from dcops.model.snapshot import ConfigSource

RULE = "<FirewallRule><Name>web</Name></FirewallRule>"


def problem(content):
    with pytest.raises(DeviceError) as caught:
        check(content.encode() if isinstance(content, str) else content, ConfigSource.STATE)
    assert caught.value.next_step
    return caught.value


@pytest.mark.parametrize(
    "inside",
    [
        RULE,
        "<SecurityPolicy><Name>web</Name></SecurityPolicy>",
        "<FirewallRule><Status>No. of records Zero.</Status></FirewallRule>",
        f"{RULE}<NATRule><Status code='529'>unknown</Status></NATRule>",
    ],
)
def test_the_entities_of_a_firewall_pass(inside):
    check(f"<Response APIVersion='1905.1'>{inside}</Response>".encode(), ConfigSource.STATE)


def test_a_document_cut_at_any_byte_is_truncated():
    content = f"<Response APIVersion='1905.1'>{RULE}</Response>".encode()
    for length in range(1, len(content)):
        assert problem(content[:length]).kind is ErrorKind.TRUNCATED


@pytest.mark.parametrize(
    ("content", "kind", "words"),
    [
        ("", ErrorKind.INVALID, "empty"),
        ("{}", ErrorKind.INVALID, "no XML"),
        ("<!DOCTYPE html><html><body>Login</body></html>", ErrorKind.INVALID, "web page"),
        ("<config><shared/></config>", ErrorKind.INVALID, "`config`"),
        ("<Response/>", ErrorKind.INVALID, "no firewall rules"),
        ("<Response><Zone><Name>LAN</Name></Zone></Response>", ErrorKind.INVALID, "no firewall rules"),
        (f"<Response><Login><status>x</status></Login>{RULE}</Response>", ErrorKind.INVALID, "wrapped"),
        ("<Response><Status code='534'>not you</Status></Response>", ErrorKind.DENIED, "(code 534): `not you`"),
        ("<Response><Status code='532'>off</Status></Response>", ErrorKind.DENIED, "(code 532): `off`"),
        (
            "<Response><FirewallRule><Status code='500'>no\x1b[2J</Status></FirewallRule></Response>",
            ErrorKind.INVALID,
            r"in place of its rules (code 500): `no\x1b[2J`",
        ),
        ('<!DOCTYPE r [<!ENTITY a "b">]><Response>&a;</Response>', ErrorKind.INVALID, "document type"),
    ],
)
def test_what_is_no_picture_of_a_firewall_is_refused(content, kind, words):
    error = problem(content)
    assert error.kind is kind
    assert words in error.message
