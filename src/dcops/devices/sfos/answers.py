"""What an answer of SFOS means: login, refusals of the whole request, and a status for each entity.

SFOS answers every error with HTTP 200, so the document decides. The codes are those of the API help and of Sophos'
own Python SDK; which code a missing right has is not documented.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from dcops.errors import DeviceError, ErrorKind

API_OFF = "532"
ADDRESS_NOT_ALLOWED = "534"
UNKNOWN_ENTITY = "529"

_NO_RECORDS = re.compile(r"\b(?:no\.?|number) of records zero\b", re.IGNORECASE)
_FAILED = re.compile(r"\btransaction fail", re.IGNORECASE)
_DOCTYPE = re.compile(rb"(?:\xef\xbb\xbf|\s|<\?.*?\?>|<!--.*?-->)*+<!DOCTYPE", re.IGNORECASE | re.DOTALL)
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


class Refused(DeviceError):
    """The firewall refused a whole request; `code` and `words` as it gave them."""

    def __init__(self, kind: ErrorKind, code: str, words: str, next_step: str) -> None:
        said = f"SFOS answered code {code}: {words}" if code else f"SFOS answered: {words or 'nothing'}"
        super().__init__(kind, said, next_step=next_step)
        self.code = code
        self.words = words

    @property
    def is_final(self) -> bool:
        """No other question would be answered either."""
        return self.code in (API_OFF, ADDRESS_NOT_ALLOWED)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why one entity was not given."""

    entity: str
    code: str
    words: str

    @property
    def is_unknown(self) -> bool:
        """This firmware has no such entity."""
        return self.code == UNKNOWN_ENTITY

    def __str__(self) -> str:
        said = " ".join(part for part in (f"code {self.code}" if self.code else "", self.words) if part)
        return f"{self.entity} ({said})" if said else self.entity


def parse(body: bytes) -> etree._Element:
    """The `Response` of an answer whose login was accepted; raises DeviceError for anything else."""
    root = _document(body)
    if root.tag != "Response":
        raise DeviceError(
            ErrorKind.INVALID,
            f"its answer is a <{_harmless(str(root.tag))[:40]}> document and no API response",
            next_step="Is this the web console's address and port, and not a portal?",
        )
    status = root.find("Status")
    if status is not None and not _is_success(status):
        raise _refused(status)
    login = root.findtext("Login/status")
    if login is None:
        raise DeviceError(
            ErrorKind.INVALID,
            "its answer does not say whether the login was accepted",
            next_step="Try again; when it repeats, look at the device",
        )
    if "success" not in login.lower():
        raise DeviceError(
            ErrorKind.AUTH,
            f"login refused ({_harmless(login)[:80] or 'no reason given'})",
            next_step="Check the credential with dcops secrets check; the account must be a local administrator "
            "without one-time password",
        )
    return root


def entities(root: etree._Element) -> Iterator[etree._Element]:
    """What the answer holds beside the login."""
    for element in root:
        if element.tag not in ("Login", "Status"):
            yield element


def refusals(element: etree._Element) -> Iterator[Refusal]:
    """What one entity's element reports as not given; an entity without records reports nothing.

    `Status` is also a plain field of many entities (`<Status>Enable</Status>`): it is the API's when it has a code, or
    when it stands alone and says one of the two things that the API says without a code.
    """
    tag = str(element.tag)
    for status in element.iter("Status"):
        if _NO_RECORDS.search(_words(status)):
            continue
        holder = status.getparent()
        where = tag if holder is element or holder is None else f"{tag}/{holder.tag}"
        if status.get("code") is not None:
            if not _is_success(status):
                yield Refusal(where, _code(status), _words(status))
        elif holder is not None and len(holder) == 1 and _FAILED.search(_words(status)):
            yield Refusal(where, "", _words(status))


def is_empty(element: etree._Element) -> bool:
    """The firewall has no records of this entity."""
    status = element.find("Status")
    return len(element) == 1 and status is not None and bool(_NO_RECORDS.search(_words(status)))


def is_data(element: etree._Element) -> bool:
    """The element holds settings, and not only a status."""
    return not is_empty(element) and not (len(element) <= 1 and any(True for _ in refusals(element)))


def _document(body: bytes) -> etree._Element:
    if _DOCTYPE.match(body):
        raise _no_document(body)
    # Descriptions that people pasted in other encodings must not cost the whole answer.
    text = _ILLEGAL.sub(lambda match: f"\\x{ord(match[0]):02x}", body.decode("utf-8", "backslashreplace"))
    # No entities, no network, no DTD: the answer comes from outside.
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=True,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        return etree.fromstring(text.encode(), parser)
    except etree.XMLSyntaxError:
        raise _no_document(body) from None


def _no_document(body: bytes) -> DeviceError:
    stripped = body.strip()
    if re.match(rb"\s*(?:<\?xml[^>]*\?>\s*)?<Response[\s>]", body) and not stripped.endswith(b"</Response>"):
        return DeviceError(
            ErrorKind.TRUNCATED,
            f"its answer broke off after {len(body)} bytes",
            next_step="Try again; when it repeats, check the line to it and its load",
        )
    return DeviceError(
        ErrorKind.INVALID,
        "its answer is not XML" if stripped else "its answer is empty",
        next_step="Is this the web console's address and port, and not a portal or a proxy?",
    )


def _refused(status: etree._Element) -> Refused:
    kind, next_step = _meaning(_code(status))
    return Refused(kind, _code(status), _words(status), next_step)


def _meaning(code: str) -> tuple[ErrorKind, str]:
    match code:
        case "532":
            return ErrorKind.DENIED, "Turn the API on: Backup & firmware > API > API configuration"
        case "534":
            return ErrorKind.DENIED, "Add our address to Backup & firmware > API > Allowed IP address"
        case "529":
            return ErrorKind.UNSUPPORTED, "This firmware does not know what was asked"
    return ErrorKind.INVALID, "Look at the device, in Log viewer > Admin"


def _is_success(status: etree._Element) -> bool:
    return _code(status).startswith("2")


def _code(status: etree._Element) -> str:
    return _harmless(str(status.get("code") or ""))[:12]


def _words(status: etree._Element) -> str:
    return _harmless(status.text or "")[:200]


def _harmless(text: str) -> str:
    """The device's words go to a terminal: control characters do not."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
