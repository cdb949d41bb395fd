"""The SFOS XML API of the lab's Sophos firewall, as a client of few lines."""

from __future__ import annotations

import contextlib
from xml.sax.saxutils import escape

import urllib3
from lxml import etree

PATH = "/webconsole/APIController"


def name_of(lab):
    """The Sophos firewall of the lab."""
    return next(entry["name"] for entry in lab.endpoints["devices"] if entry["platform"] == "sfos")


class Api:
    """The XML API of one firewall."""

    def __init__(self, pool, login):
        self.pool = pool
        self.login = login

    def post(self, inside, **changed):
        login = {**self.login, **changed}
        request = (
            f"<Request><Login><Username>{escape(login['username'])}</Username>"
            f"<Password>{escape(login['password'])}</Password></Login>{inside}</Request>"
        )
        return self.pool.request("POST", PATH, fields={"reqxml": request}, encode_multipart=False)

    def ask(self, inside, **changed):
        return etree.fromstring(self.post(inside, **changed).data)

    def names(self, tag, filter_=""):
        root = self.ask(f"<Get><{tag}>{filter_}</{tag}></Get>")
        return [element.findtext("Name") for element in root.iterfind(tag)]


@contextlib.contextmanager
def connected(lab, wall, timeout=5):
    """A connection that trusts the site root's authority and no other."""
    address, port = lab.place(wall)
    with urllib3.HTTPSConnectionPool(
        address, port, ca_certs=str(lab.site / "trust" / "ca.pem"), timeout=timeout, retries=False
    ) as pool:
        yield Api(pool, lab.login("sfos-backup"))
