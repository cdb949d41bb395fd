"""The documents that the XML API answers with."""

from __future__ import annotations

from collections.abc import Iterable

from lxml import etree

from lab.web import Answer

XML = "application/xml"
HEADERS = {"Server": "xxxx"}

SUCCEEDED = ("200", "Configuration applied successfully.")
EXISTS = ("502", "Operation could not be performed on Entity. Entity having same name already exists.")
NOT_PERFORMED = ("500", "Operation could not be performed on Entity.")
UNKNOWN = ("529", "Input request module is Invalid")
BAD_FILE = ("529", "Input request file is Invalid")
API_OFF = ("532", "API operations are not enabled. Enable API configuration to perform API operations.")
NOT_ALLOWED = ("534", "API operations are not allowed from the requester IP address.")
NO_RECORDS = "No. of records Zero."
NOTHING_FITS = "Number of records Zero."
FAILED = "Transaction fail"

LOGIN_PAGE = b"""<!DOCTYPE html>
<html><head><title>Sophos</title></head>
<body><form method="post" action="/webconsole/Controller">
<input name="username"/><input name="password" type="password"/><input type="submit" value="Login"/><br>
</form></body></html>
"""

Status = tuple[str, str]


def response(version: str, elements: Iterable[etree._Element], login: str = "Authentication Successful") -> Answer:
    """The answer to a request whose login was looked at."""
    root = _root(version)
    etree.SubElement(etree.SubElement(root, "Login"), "status").text = login
    found = list(elements)
    root.extend(found)
    return _answer(root, is_configuration=bool(found))


def refused(version: str, status: Status) -> Answer:
    """The whole request is refused, before anybody looks at the login."""
    root = _root(version)
    root.append(status_element(status))
    return _answer(root)


def status_element(status: Status) -> etree._Element:
    """`<Status code="…">words</Status>`."""
    element = etree.Element("Status", code=status[0])
    element.text = status[1]
    return element


def with_status(tag: str, status: Status) -> etree._Element:
    """An entity about which there is only a status to tell."""
    element = etree.Element(tag, transactionid="")
    element.append(status_element(status))
    return element


def without_records(tag: str, words: str) -> etree._Element:
    """An entity that there are no records of: words without a code."""
    element = etree.Element(tag, transactionid="")
    etree.SubElement(element, "Status").text = words
    return element


def login_page() -> Answer:
    """What the web console answers to a browser."""
    return Answer(LOGIN_PAGE, "text/html", headers=HEADERS)


def _root(version: str) -> etree._Element:
    return etree.Element("Response", APIVersion=version, IPS_CAT_VER="1")


def _answer(root: etree._Element, *, is_configuration: bool = False) -> Answer:
    body = b'<?xml version="1.0" encoding="UTF-8"?>\n' + etree.tostring(root, encoding="utf-8", pretty_print=True)
    return Answer(body, XML, headers=HEADERS, is_configuration=is_configuration)
