"""Whether a document is the whole configuration of a PAN-OS firewall, and nothing else."""

from __future__ import annotations

import re

from lxml import etree

from dcops.diff.panos.document import CutOff, HasDocumentType, NotXml, Parsed, parse, without_prolog
from dcops.diff.visible import quoted
from dcops.errors import DeviceError, ErrorKind
from dcops.model.snapshot import ConfigSource

_WEB_PAGE = re.compile(rb"<!doctype\s+html|<html[\s>]", re.IGNORECASE)
_SIGNS = ("devices", "shared", "mgt-config")
_REFUSALS = ("16", "403")
_MESSAGES = ("msg/line/line", "msg/line", "result/msg/line", "result/msg", "msg")
"""Where a device puts its words; the formats are undocumented, the first that holds any is taken."""

_RETRY = "Run the backup again; if it stays so, export the configuration by hand"


def check(content: bytes, source: ConfigSource) -> None:
    """Raise DeviceError unless the document is one whole configuration.

    PAN-OS answers many errors with HTTP 200, so the root element tells what came.
    """
    stripped = content.strip()
    if not stripped:
        raise _invalid(f"the {source} configuration is empty")
    body = without_prolog(stripped)
    if _WEB_PAGE.match(body):
        raise DeviceError(
            ErrorKind.INVALID,
            f"a web page came in place of the {source} configuration",
            next_step="Check that the address is the firewall's management interface and the API is allowed there",
        )
    if not stripped.removeprefix(b"\xef\xbb\xbf").startswith(b"<"):
        raise _invalid(f"what came for the {source} configuration is no XML")
    try:
        parsed = parse(content)
    except HasDocumentType:
        raise _invalid(f"the {source} configuration declares a document type, which no firewall does") from None
    except CutOff:
        raise DeviceError(
            ErrorKind.TRUNCATED,
            f"the {source} configuration is cut off: the end of its XML is missing",
            next_step=_RETRY,
        ) from None
    except NotXml as error:
        raise _invalid(f"the {source} configuration is broken XML at {error}") from None
    if parsed.root.tag == "response":
        _check_response(parsed, source)
    _check_root(parsed.root, source)


def _check_root(root: etree._Element, source: ConfigSource) -> None:
    if root.tag != "config":
        raise _invalid(f"what came for the {source} configuration is a `{quoted(str(root.tag)).strip('`')}` document")
    if not any(root.find(name) is not None for name in _SIGNS):
        raise _invalid(f"the {source} configuration is only a part of one: it holds none of {', '.join(_SIGNS)}")


def _check_response(parsed: Parsed, source: ConfigSource) -> None:
    root = parsed.root
    code = str(root.get("code") or "").strip()
    if root.get("status") == "success":
        raise _invalid(f"the {source} configuration is still wrapped in an API answer")
    said = f": {quoted(words, escaped=parsed.illegal > 0)}" if (words := _words(root)) else ""
    coded = f" (code {quoted(code, 12).strip('`')})" if code else ""
    if code in _REFUSALS:
        raise DeviceError(
            ErrorKind.DENIED,
            f"the firewall refused to export the {source} configuration{coded}{said}",
            next_step="Check the API key and the rights of its role",
        )
    raise _invalid(f"the firewall gave an error in place of the {source} configuration{coded}{said}")


def _words(root: etree._Element) -> str:
    for path in _MESSAGES:
        words = " ".join((element.text or "").strip() for element in root.iterfind(path)).strip()
        if words:
            return words
    return ""


def _invalid(message: str) -> DeviceError:
    return DeviceError(ErrorKind.INVALID, message, next_step=_RETRY)
