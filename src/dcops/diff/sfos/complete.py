"""Whether a document holds the entities of a Sophos firewall, and nothing else."""

from __future__ import annotations

from lxml import etree

from dcops.diff.visible import quoted
from dcops.diff.xml.document import Parsed
from dcops.diff.xml.whole import invalid, whole
from dcops.errors import DeviceError, ErrorKind
from dcops.model.snapshot import ConfigSource

RULES = ("FirewallRule", "SecurityPolicy")
"""The rules of a firewall: 18 and later, and before."""


def check(content: bytes, source: ConfigSource) -> None:
    """Raise DeviceError unless the document is what the entities of a firewall look like.

    SFOS answers every error with HTTP 200, so what is inside tells what came.
    """
    parsed = whole(content, source)
    root = parsed.root
    if root.tag != "Response":
        raise invalid(f"what came for the {source} configuration is a `{quoted(str(root.tag)).strip('`')}` document")
    refused = root.find("Status")
    if refused is not None:
        raise DeviceError(
            ErrorKind.DENIED,
            f"the firewall refused to give its {source} configuration{_said(refused, parsed)}",
            next_step="Check Backup & firmware > API on the firewall, and the rights of the account's profile",
        )
    if root.find("Login") is not None:
        raise invalid(f"the {source} configuration is still wrapped in an API answer")
    rules = [element for tag in RULES for element in root.iterfind(tag)]
    if not rules:
        raise invalid(f"the {source} configuration is only a part of one: it holds no firewall rules")
    if all((status := each.find("Status")) is not None and status.get("code") for each in rules):
        raise invalid(f"the firewall gave an error in place of its rules{_said(rules[0].find('Status'), parsed)}")


def _said(status: etree._Element | None, parsed: Parsed) -> str:
    if status is None:
        return ""
    code = str(status.get("code") or "").strip()
    coded = f" (code {quoted(code, 12).strip('`')})" if code else ""
    words = (status.text or "").strip()
    return f"{coded}: {quoted(words, escaped=parsed.illegal > 0)}" if words else coded
