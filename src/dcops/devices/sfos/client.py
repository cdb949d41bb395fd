"""A client of the SFOS XML API: one form post per question, the login inside every one of them."""

from __future__ import annotations

from collections.abc import Sequence

from lxml import etree

from dcops.devices.https import FormPoster
from dcops.devices.sfos import answers
from dcops.errors import DeviceError, ErrorKind
from dcops.model.secret import Secret
from dcops.model.transcript import Exchange, Tape

PATH = "/webconsole/APIController"


class SfosClient:
    """Speaks with one firewall. It only ever asks: requests are made of `Get` alone.

    The body of every request holds the password, so no body is kept, quoted or taped: the tape is given the `Get`.
    """

    def __init__(self, poster: FormPoster, username: str, password: Secret, tape: Tape) -> None:
        self._poster = poster
        self._username = username
        self._password = password
        self._tape = tape

    def close(self) -> None:
        """Close the connection."""
        self._poster.close()

    def abort(self) -> None:
        """Cut the connection from another thread."""
        self._poster.abort()

    def get(self, tags: Sequence[str]) -> etree._Element:
        """Ask for entities; gives the `Response`, whose login was accepted and which was not refused as a whole."""
        question = etree.Element("Get")
        for tag in tags:
            etree.SubElement(question, tag)
        asked = etree.tostring(question, encoding="unicode")
        reply = self._poster.post(PATH, {"reqxml": self._request(question)}, (self._password,))
        self._tape.add(Exchange(f"POST {PATH}", reply.body, {"reqxml": asked}, reply.status, reply.content_type))
        if reply.status != 200:
            raise DeviceError(
                ErrorKind.INVALID,
                f"its API answered HTTP {reply.status}",
                next_step="Is this the web console's address and port, and is the API on?",
            )
        return answers.parse(reply.body)

    def _request(self, question: etree._Element) -> str:
        request = etree.Element("Request")
        login = etree.SubElement(request, "Login")
        try:
            etree.SubElement(login, "Username").text = self._username
            etree.SubElement(login, "Password").text = self._password.reveal()
        except ValueError:
            raise DeviceError(
                ErrorKind.AUTH,
                "the login holds characters that XML cannot carry",
                next_step="Give the account a name and a password without control characters",
            ) from None
        request.append(question)
        return etree.tostring(request, encoding="unicode")
