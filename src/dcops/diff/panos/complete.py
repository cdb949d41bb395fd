"""Whether a document is the whole configuration of a PAN-OS firewall, and nothing else."""

from __future__ import annotations

from lxml import etree

from dcops.diff.visible import quoted
from dcops.diff.xml.document import Parsed
from dcops.diff.xml.whole import invalid, whole
from dcops.errors import DeviceError, ErrorKind
from dcops.model.snapshot import ConfigSource

_SIGNS = ("devices", "shared", "mgt-config")
_REFUSALS = ("16", "403")
_MESSAGES = ("msg/line/line", "msg/line", "result/msg/line", "result/msg", "msg")
"""Where a device puts its words; the formats are undocumented, the first that holds any is taken."""


def check(content: bytes, source: ConfigSource) -> None:
    """Raise DeviceError unless the document is one whole configuration.

    PAN-OS answers many errors with HTTP 200, so the root element tells what came.
    """
    parsed = whole(content, source)
    if parsed.root.tag == "response":
        _check_response(parsed, source)
    _check_root(parsed.root, source)


def _check_root(root: etree._Element, source: ConfigSource) -> None:
    if root.tag != "config":
        raise invalid(f"what came for the {source} configuration is a `{quoted(str(root.tag)).strip('`')}` document")
    if not any(root.find(name) is not None for name in _SIGNS):
        raise invalid(f"the {source} configuration is only a part of one: it holds none of {', '.join(_SIGNS)}")


def _check_response(parsed: Parsed, source: ConfigSource) -> None:
    root = parsed.root
    code = str(root.get("code") or "").strip()
    if root.get("status") == "success":
        raise invalid(f"the {source} configuration is still wrapped in an API answer")
    said = f": {quoted(words, escaped=parsed.illegal > 0)}" if (words := _words(root)) else ""
    coded = f" (code {quoted(code, 12).strip('`')})" if code else ""
    if code in _REFUSALS:
        raise DeviceError(
            ErrorKind.DENIED,
            f"the firewall refused to export the {source} configuration{coded}{said}",
            next_step="Check the API key and the rights of its role",
        )
    raise invalid(f"the firewall gave an error in place of the {source} configuration{coded}{said}")


def _words(root: etree._Element) -> str:
    for path in _MESSAGES:
        words = " ".join((element.text or "").strip() for element in root.iterfind(path)).strip()
        if words:
            return words
    return ""
