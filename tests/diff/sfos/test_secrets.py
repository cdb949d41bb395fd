"""No secret of a Sophos firewall reaches the readable form, and nothing harmless is lost."""

import pytest

from dcops.diff.formats import Formats
from dcops.diff.sfos.secrets import ELEMENTS
from dcops.model.snapshot import ConfigSource
from tests.diff.tokens import masked

SFOS = Formats().of("sfos")


def shown(inside, conceal):
    return SFOS.readable(f"<Response><X>{inside}</X></Response>".encode(), ConfigSource.STATE, conceal)


@pytest.mark.parametrize("name", [*ELEMENTS, "PreSharedKey", "PassphrasePSK", "ProxyPassword", "WPAKey", "ApiToken"])
def test_an_element_is_secret_by_its_name(name, conceal):
    result = shown(f"<{name}>hunter2 &amp; more</{name}>", conceal)
    assert f"<{name}>&lt;secret&gt;</{name}>" in masked(result.text)
    assert result.secrets == 1


@pytest.mark.parametrize("form", ["hashform='mode1'", "passwordform='encrypt'", "HashForm='1'"])
def test_an_element_with_a_form_is_secret_whatever_it_is_called(form, conceal):
    result = shown(f"<Whatever {form}>hunter2</Whatever>", conceal)
    assert "hunter2" not in result.text
    assert form.split("'")[1] in result.text


@pytest.mark.parametrize("name", ["Password", "PresharedKey", "SharedSecret"])
def test_what_stands_below_or_beside_a_secret_is_secret_too(name, conceal):
    result = shown(f"<{name}>hunter1<Value a='hunter2'>hunter3</Value>hunter4</{name}>", conceal)
    assert "hunter" not in result.text


@pytest.mark.parametrize(
    ("inside", "readable"),
    [
        ("<D>x $sfos$7$0$QUJD+/=$REVG y</D>", "<D>x &lt;secret&gt; y</D>"),
        ("<D>https://an:p@ss@192.0.2.1/x</D>", "<D>https://an:&lt;secret&gt;@192.0.2.1/x</D>"),
        ("<D>https://192.0.2.1/?token=abc</D>", "<D>https://192.0.2.1/?token=&lt;secret&gt;</D>"),
        ("<D>-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----</D>", "<D>&lt;secret&gt;</D>"),
        ("<D apikey='abc'/>", '<D apikey="&lt;secret&gt;"/>'),
    ],
)
def test_a_secret_is_known_by_its_shape_or_its_attribute(inside, readable, conceal):
    assert readable in masked(shown(inside, conceal).text)


@pytest.mark.parametrize(
    "parameter",
    [
        "<Name>api_key</Name><Value>hunter2</Value>",
        "<Name>password</Name><Value>hunter2</Value>",
        "<Value>hunter2</Value><ParameterName>auth token</ParameterName>",
    ],
)
def test_the_value_of_a_parameter_that_speaks_of_a_secret_is_one(parameter, conceal):
    assert "hunter2" not in shown(f"<Parameter>{parameter}</Parameter>", conceal).text


def test_of_a_gateway_for_short_messages_address_and_parameters_are_hidden(conceal):
    gateway = (
        "<SMSGateway><Name>sms</Name><URL>https://sms.example.test/hunter1</URL>"
        "<RequestParameters><Parameter><Name>u</Name><Value>hunter2</Value></Parameter></RequestParameters></SMSGateway>"
    )
    text = SFOS.readable(f"<Response>{gateway}</Response>".encode(), ConfigSource.STATE, conceal).text
    assert "hunter" not in text
    assert "<Name>sms</Name>" in text


@pytest.mark.parametrize(
    "inside",
    [
        "<MinimumPasswordLength>Enable</MinimumPasswordLength>",
        "<IncludePassword>Enable</IncludePassword>",
        "<PublicKey>ssh-rsa AAAAB3Nza</PublicKey>",
        "<KeyLife>28800</KeyLife>",
        "<Description>password is with the owner</Description>",
        "<Username>an</Username>",
        "<AuthenticationType>PresharedKey</AuthenticationType>",
        "<Parameter>\n      <Name>from</Name>\n      <Value>noc</Value>\n    </Parameter>",
        "<PasswordComplexity>\n      <MinimumPasswordLengthValue>12</MinimumPasswordLengthValue>\n"
        "    </PasswordComplexity>",
    ],
)
def test_a_harmless_element_stays_untouched(inside, conceal):
    result = shown(inside, conceal)
    assert inside in result.text
    assert result.secrets == 0


def test_the_right_to_change_passwords_is_no_password(conceal):
    profile = (
        "<AdministrationProfile><Name>x</Name><System><Password>Read-Only</Password></System></AdministrationProfile>"
    )
    text = SFOS.readable(f"<Response>{profile}</Response>".encode(), ConfigSource.STATE, conceal).text
    assert "<Password>Read-Only</Password>" in text
    assert "Read-Only" not in shown("<Password>Read-Only</Password>", conceal).text


def test_equal_secrets_are_seen_to_be_equal_and_changed_ones_to_change(conceal):
    rows = shown("<Secret>a</Secret><Secret>a</Secret><Secret>b</Secret>", conceal).text.split("\n")[2:5]
    assert rows[0] == rows[1] != rows[2]


def test_any_answer_is_redacted_in_its_own_order_and_stays_xml(conceal):
    answer = (
        b'<Response APIVersion="1905.1"><Login><status>Authentication Successful</status></Login>'
        b'<Zone transactionid=""/><IPHost/><User><Password>hunter2</Password></User></Response>'
    )
    text = SFOS.redacted(answer, conceal).decode()
    assert "hunter2" not in text
    assert "<status>Authentication Successful</status>" in text
    assert text.index('<Zone transactionid=""/>') < text.index("<IPHost/>")
    assert SFOS.redacted(text.encode(), conceal).decode().count("Authentication Successful") == 1


@pytest.mark.parametrize("answer", [b"<Response><User><Password>hunter2", b"hunter2", b"<html><br>hunter2</html>"])
def test_an_answer_that_cannot_be_read_is_hidden_as_a_whole(answer, conceal):
    assert masked(SFOS.redacted(answer, conceal).decode()) == "<secret>"


def test_an_empty_answer_stays_empty(conceal):
    assert SFOS.redacted(b"", conceal) == b""
