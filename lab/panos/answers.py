"""The documents that the XML API answers with."""

from __future__ import annotations

from dataclasses import dataclass, field
from xml.sax.saxutils import escape

XML = "application/xml"
HTML = "text/html"
SERVER = {"Server": "PanWeb Server/ -"}

LOGIN_PAGE = """<!DOCTYPE html>
<html><head><title>Login</title></head>
<body><form method="post" action="/php/login.php">
<input name="user"/><input name="passwd" type="password"/><input type="submit" value="Log In"/>
</form></body></html>
"""


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP answer."""

    body: bytes
    status: int = 200
    content_type: str = XML
    headers: dict[str, str] = field(default_factory=dict)
    is_configuration: bool = False
    """Faults that spoil a configuration spoil this answer."""


def success(result: str, code: str = "", attributes: str = "", *, is_configuration: bool = False) -> Answer:
    """A `<response status="success">` around a result that is XML already."""
    with_code = f' code="{code}"' if code else ""
    body = f'<response status="success"{with_code}><result{attributes}>{result}</result></response>'
    return Answer(body.encode(), is_configuration=is_configuration)


def error(code: str, text: str) -> Answer:
    """A `<response status="error">` with HTTP 200, as PAN-OS answers nearly all of them."""
    return Answer(f'<response status="error" code="{code}"><msg><line>{escape(text)}</line></msg></response>'.encode())


def forbidden() -> Answer:
    """A bad key or a bad password: HTTP 403, and attributes in single quotes as PAN-OS writes them here."""
    body = b"<response status = 'error' code = '403'><result><msg>Invalid Credential</msg></result></response>"
    return Answer(body, status=403)


def login_page() -> Answer:
    """What the web interface answers to somebody who is not logged in."""
    return Answer(LOGIN_PAGE.encode(), content_type=HTML)
