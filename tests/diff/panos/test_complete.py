"""Only a whole configuration passes; whatever else came is named for what it is."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dcops.diff.panos.complete import check
from dcops.errors import DeviceError, ErrorKind
from dcops.model.snapshot import ConfigSource
from tests.soak import SOAK

EXAMPLES = settings(max_examples=2000 if SOAK else 100, deadline=None, database=None)


def problem(content, source=ConfigSource.RUNNING):
    with pytest.raises(DeviceError) as caught:
        check(content if isinstance(content, bytes) else content.encode(), source)
    assert str(source) in caught.value.message
    assert caught.value.next_step
    return caught.value


def test_a_whole_configuration_passes(firewall):
    check(firewall.encode(), ConfigSource.RUNNING)
    check(b"\n" + firewall.encode() + b"\n\n", ConfigSource.CANDIDATE)
    check(b"<config><shared/></config>", ConfigSource.RUNNING)


def test_a_cut_after_an_inner_element_of_the_same_name_is_truncated():
    content = (
        b"<!-- x --><config><devices><setting><config><rematch>yes</rematch></config></setting></devices></config>"
    )
    check(content, ConfigSource.RUNNING)
    for length in range(3, len(content)):
        assert problem(content[:length]).kind is ErrorKind.TRUNCATED


def test_a_configuration_cut_at_any_byte_is_truncated(firewall):
    content = firewall.rstrip().encode()
    assert problem(b"").kind is ErrorKind.INVALID
    for length in range(1, len(content), 1 if SOAK else 7):
        assert problem(content[:length]).kind is ErrorKind.TRUNCATED
    for length in range(len(content) - 20, len(content)):
        assert problem(content[:length]).kind is ErrorKind.TRUNCATED


@pytest.mark.parametrize("code", ["16", "403"])
def test_a_refusal_is_denied_and_quoted(code):
    error = problem(
        f'<response status="error" code="{code}"><result><msg>Invalid credentials.</msg></result></response>'
    )
    assert error.kind is ErrorKind.DENIED
    assert "`Invalid credentials.`" in error.message
    assert f"code {code}" in error.message


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (
            '<response status="error" code="13"><msg><line>Failed</line><line>twice</line></msg></response>',
            "`Failed twice`",
        ),
        (
            '<response status="error" code="17"><msg><line><line>Deep</line></line></msg></response>',
            "(code 17): `Deep`",
        ),
        ('<response status="error"><msg>Plain</msg></response>', "`Plain`"),
        ('<response status="error"/>', "gave an error"),
        ('<response status="success"><result><config><shared/></config></result></response>', "wrapped"),
        ("<!DOCTYPE html><html><body>Login</body></html>", "web page"),
        ("<!-- hello -->\n<HTML lang='en'><br></HTML>", "web page"),
        ("<config/>", "part of one"),
        ("<config><predefined/></config>", "part of one"),
        ("<policy><shared/></policy>", "`policy`"),
        ("{}", "no XML"),
        ("   ", "empty"),
        ("<config><shared></config>", "broken XML"),
        ("<config><shared/></config> now what", "broken XML"),
        ('<!DOCTYPE config [<!ENTITY a "b">]><config><shared>&a;</shared></config>', "document type"),
    ],
)
def test_what_is_no_configuration_is_invalid(content, words):
    error = problem(content)
    assert error.kind is ErrorKind.INVALID
    assert words in error.message


def test_the_words_of_a_device_are_quoted_harmlessly():
    message = problem(b'<response status="error"><msg>a\x1b[2J\nb ' + b"x" * 999 + b"</msg></response>").message
    assert r"`a\x1b[2J b xxx" in message
    assert len(message) < 300


def test_an_entity_bomb_costs_nothing():
    bomb = (
        '<!DOCTYPE c [<!ENTITY a "'
        + "x" * 1000
        + '">'
        + "".join(f'<!ENTITY a{n} "{f"&a{n - 1 if n else str()};" * 10}">' for n in range(9))
    )
    assert "document type" in problem(f"{bomb}]><config><shared>&a8;</shared></config>").message


@EXAMPLES
@given(st.binary(max_size=200))
def test_any_bytes_are_judged_without_breaking(content):
    problem(content)


@EXAMPLES
@given(st.text("<>/&;![]-? \nabconfig\"'=", max_size=80))
def test_anything_like_xml_is_judged_without_breaking(content):
    problem(content)
