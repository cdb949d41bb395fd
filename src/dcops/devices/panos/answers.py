"""What a PAN-OS answer means: the envelope, the places where messages hide, and the error codes.

PAN-OS answers many errors with HTTP 200, so the document decides. Codes: PAN-OS and Panorama API
guide, "API error codes".
"""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from dcops.errors import DeviceError, ErrorKind

# Where a message may sit, in the order in which it is most telling; the formats are not documented.
MESSAGE_PATHS = (
    "msg/line",
    "msg/line/line",
    "result/msg/line",
    "result/msg",
    "msg",
    "result/job/details/line",
)

INTERNAL_CODES = {"2", "3", "4", "5", "9", "11", "21"}
"""One retry after a pause, then a failure."""
SESSION_TIMED_OUT = "22"


class PanosError(DeviceError):
    """An error document of PAN-OS; `code` as the device gave it."""

    def __init__(self, kind: ErrorKind, message: str, *, code: str, next_step: str = "") -> None:
        super().__init__(kind, message, next_step=next_step)
        self.code = code


def parse(body: bytes) -> etree._Element:
    """The root element of an answer; raises DeviceError when it is no XML."""
    # No entities, no network, no DTD: the answer comes from outside.
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True)
    try:
        return etree.fromstring(body, parser)
    except etree.XMLSyntaxError:
        start = body.lstrip()[:1]
        if start == b"<" and not body.rstrip().endswith(b">"):
            raise DeviceError(
                ErrorKind.TRUNCATED,
                f"its answer broke off after {len(body)} bytes",
                next_step="Try again; when it repeats, check the line to it and its load",
            ) from None
        raise DeviceError(
            ErrorKind.INVALID,
            "its answer is not XML",
            next_step="Is this the management address, and not a portal or a proxy?",
        ) from None


def result(root: etree._Element) -> etree._Element:
    """The `response` element when it reports success; raises PanosError when it reports an error."""
    if root.tag != "response":
        raise DeviceError(ErrorKind.INVALID, f"its answer is a <{str(root.tag)[:40]}> document and no API response")
    if root.get("status") == "success":
        return root
    raise error(root)


def error(root: etree._Element, http_status: int = 200) -> PanosError:
    """The error that a `<response status="error">` or an HTTP status reports."""
    code = root.get("code") or ("403" if http_status == 403 else "")
    text = " ".join(dict.fromkeys(_messages(root)))[:300] or "no message"
    kind, next_step = _meaning(code, text)
    said = f"PAN-OS answered code {code}: {text}" if code else f"PAN-OS answered: {text}"
    return PanosError(kind, said, code=code, next_step=next_step)


def _messages(root: etree._Element) -> Iterator[str]:
    for path in MESSAGE_PATHS:
        for element in root.iterfind(path):
            # The device's words go to a terminal: control characters do not.
            text = " ".join("".join(sign if sign.isprintable() else " " for sign in (element.text or "")).split())
            if text:
                yield text


def _meaning(code: str, text: str) -> tuple[ErrorKind, str]:
    # Texts are matched by prefix, as the vendor's own libraries do: many of them come without a code.
    if text.startswith("Invalid credential"):
        return ErrorKind.AUTH, "Check the credential with dcops secrets check, and the account on the device"
    if code in ("403", "16"):
        # Never tried again: repeated failures lock the account.
        return ErrorKind.AUTH, "The API key or the role does not allow it: check the account on the device"
    if code == "22" or text.startswith("Session timed out"):
        return ErrorKind.AUTH, "The API session expired twice in a row: check the key lifetime on the device"
    if text.startswith(("Another commit", "A commit is in progress", "Another sync", "You cannot commit while")):
        return ErrorKind.BUSY, "Wait until it is done and try again"
    if text.startswith(("Configuration is locked by", "Commit lock is already held", "You already own a config lock")):
        return ErrorKind.LOCKED, "Find out who holds the lock"
    if code in ("1", "17"):
        return ErrorKind.UNSUPPORTED, "This PAN-OS version does not know the command"
    if code == "15":
        return ErrorKind.DENIED, "The passive member of a pair refuses this: use the active one"
    if code in INTERNAL_CODES:
        return ErrorKind.BUSY, "The management plane is in trouble: look at the device"
    if code in ("6", "18", "400"):
        return ErrorKind.INTERNAL, "dcops asked wrongly: please report it"
    return ErrorKind.INVALID, "Look at the device"
