"""No secret of a firewall reaches the readable form, and nothing harmless is lost."""

from xml.sax.saxutils import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dcops.diff.formats import Formats
from dcops.diff.panos.secrets import ELEMENTS, TREES
from dcops.diff.visible import visible
from dcops.model.snapshot import ConfigSource
from tests.diff.tokens import masked
from tests.soak import SOAK

EXAMPLES = settings(max_examples=500 if SOAK else 30, deadline=None, database=None)
PANOS = Formats().of("panos")

SECRET = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cf", "Cs", "Co", "Zs", "Zl", "Zp", "Cn")),
    min_size=6,
    max_size=30,
)
PLACES = {
    **{name: f"<{name}>SECRET</{name}>" for name in ELEMENTS},
    **{f"below {name}": f'<{name}><x><y z="OTHER">SECRET</y></x></{name}>' for name in sorted(TREES)},
    "capital letters": "<PassWord>SECRET</PassWord>",
    "secure-proxy-password": "<secure-proxy-password>SECRET</secure-proxy-password>",
    "agent-user-override-key": "<agent-user-override-key>SECRET</agent-user-override-key>",
    "wmi-password": "<wmi-password>SECRET</wmi-password>",
    "md5 key": '<md5><entry name="1"><key>SECRET</key></entry></md5>',
    "manual key": "<manual-key><encryption><algorithm>aes</algorithm><key>SECRET</key></encryption></manual-key>",
    "value of a named entry": '<entry name="duo-secret-key"><value>SECRET</value></entry>',
    "value of a ddns password": '<entry name="password"><value>SECRET</value></entry>',
    "value of a header": "<entry name='1'><header>Authorization</header><value>SECRET</value></entry>",
    "attribute": '<entry password="SECRET"/>',
    "key attribute": '<entry api-key="SECRET"><x/></entry>',
    "many lines": "<private-key>SECRET\nOTHER\n</private-key>",
    "mixed": "<password>SECRET<x/>OTHER</password>",
    "commented": "<password>SECRET<!-- --></password>",
    "cdata": "<password><![CDATA[x]]>SECRET</password>",
}


def shown(inside, conceal):
    return PANOS.readable(f"<config><shared>{inside}</shared></config>".encode(), ConfigSource.RUNNING, conceal)


@pytest.mark.parametrize("place", PLACES)
@EXAMPLES
@given(secret=SECRET)
def test_no_secret_drawn_at_random_survives(place, conceal, secret):
    xml = PLACES[place].replace("SECRET", escape(secret, {'"': "&quot;"})).replace("OTHER", "hunter2")
    result = shown(xml, conceal)
    assert result.secrets >= 1
    assert "hunter2" not in result.text
    left = masked(result.text)
    for hidden in (secret, visible(secret), escape(visible(secret))):
        if hidden not in PLACES[place] + "&lt;secret&gt; config shared PassWord":
            assert hidden not in left


@pytest.mark.parametrize(
    ("text", "readable"),
    [
        ("x -AQ==0a1B2c3D=AbCd+/= y", "x &lt;secret&gt; y"),
        ("hash $5$saltsalt$0123456789abcdef", "hash &lt;secret&gt;"),
        ("https://an:p@ss@192.0.2.1/list", "https://an:&lt;secret&gt;@192.0.2.1/list"),
        ("https://192.0.2.1/list?token=abc&amp;x=1", "https://192.0.2.1/list?token=&lt;secret&gt;&amp;x=1"),
        ("-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\n", "&lt;secret&gt;\n"),
        ("-----BEGIN PRIVATE KEY-----\nMIIE", "&lt;secret&gt;"),
    ],
)
def test_a_secret_is_known_by_its_shape_in_any_text_and_attribute(text, readable, conceal):
    assert f"<url>{readable}</url>" in masked(shown(f"<url>{text}</url>", conceal).text)
    assert shown(f'<entry name="{text}"/>', conceal).secrets == 1


@pytest.mark.parametrize(
    "xml",
    [
        "<public-key>ssh-rsa AAAAB3Nza</public-key>",
        "<password-complexity>\n      <enabled>yes</enabled>\n    </password-complexity>",
        "<block-private-key>yes</block-private-key>",
        "<description>password is with the owner</description>",
        "<url>https://192.0.2.1/list?page=1</url>",
        '<entry name="password-profile"/>',
        "<username>an</username>",
        "<authentication-profile>radius</authentication-profile>",
        '<entry name="n">\n      <header>Host</header>\n      <value>192.0.2.1</value>\n    </entry>',
        "<community>\n      <append>\n        <member>64500:1</member>\n      </append>\n    </community>",
        "<action>reset-both</action>",
        "<monkey>see</monkey>",
    ],
)
def test_a_harmless_element_stays_untouched(xml, conceal):
    result = shown(xml, conceal)
    assert xml in result.text
    assert result.secrets == 0


def test_equal_secrets_are_seen_to_be_equal_and_changed_ones_to_change(conceal):
    rows = shown("<secret>a</secret><secret>a</secret><secret>b</secret>", conceal).text.split("\n")[2:5]
    assert rows[0] == rows[1] != rows[2]


def test_an_empty_secret_is_seen_to_be_empty(conceal):
    result = shown("<password/><secret></secret>", conceal)
    assert "<password/>\n    <secret/>" in result.text
    assert result.secrets == 0


def test_nothing_of_a_whole_configuration_leaks(firewall, conceal):
    result = PANOS.readable(firewall.encode(), ConfigSource.RUNNING, conceal)
    for secret in ("HASHofADMIN", "RADIUSsecret", "PRIVATEkey", "-AQ=="):
        assert secret not in result.text
    assert result.secrets == 3
    assert "password is with the owner" in result.text
