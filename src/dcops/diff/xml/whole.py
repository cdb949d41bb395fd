"""Whether what came is one whole XML document, before anybody asks what it says."""

from __future__ import annotations

import re

from dcops.diff.xml.document import CutOff, HasDocumentType, NotXml, Parsed, parse, without_prolog
from dcops.errors import DeviceError, ErrorKind
from dcops.model.snapshot import ConfigSource

_WEB_PAGE = re.compile(rb"<!doctype\s+html|<html[\s>]", re.IGNORECASE)

RETRY = "Run the backup again; if it stays so, export the configuration by hand"


def whole(content: bytes, source: ConfigSource) -> Parsed:
    """Parse a configuration; raises DeviceError that says what came in place of it."""
    stripped = content.strip()
    if not stripped:
        raise invalid(f"the {source} configuration is empty")
    if _WEB_PAGE.match(without_prolog(stripped)):
        raise DeviceError(
            ErrorKind.INVALID,
            f"a web page came in place of the {source} configuration",
            next_step="Check that the address is the firewall's management interface and the API is allowed there",
        )
    if not stripped.removeprefix(b"\xef\xbb\xbf").startswith(b"<"):
        raise invalid(f"what came for the {source} configuration is no XML")
    try:
        return parse(content)
    except HasDocumentType:
        raise invalid(f"the {source} configuration declares a document type, which no firewall does") from None
    except CutOff:
        raise DeviceError(
            ErrorKind.TRUNCATED,
            f"the {source} configuration is cut off: the end of its XML is missing",
            next_step=RETRY,
        ) from None
    except NotXml as error:
        raise invalid(f"the {source} configuration is broken XML at {error}") from None


def invalid(message: str) -> DeviceError:
    """The error for a document that is not what was asked for."""
    return DeviceError(ErrorKind.INVALID, message, next_step=RETRY)
