"""Hide secrets: where a PAN-OS configuration keeps them.

An element is secret by its name, by the tree it stands in, by the name of the entry that holds it, or by the shape
of its text. Most secrets are encrypted with the firewall's master key (`-AQ==…`), which is the same on every box
whose owner never changed it: they are secrets all the same.

When in doubt too much is hidden: `<key>` and `<community>` may be harmless somewhere, and are hidden everywhere.
"""

from __future__ import annotations

import re

from lxml import etree

from dcops.diff.redact import Conceal
from dcops.diff.xml import shapes

ELEMENTS = {
    # name: where it is found
    "phash": "mgt-config/users/entry",
    "password": "server-profile, pppoe, scheduled exports, routing auth-profile",
    "passwd": "older releases",
    "passphrase": "ssh and certificates",
    "passcode": "global-protect agent",
    "pin": "cellular and mfa",
    "secret": "radius and tacplus servers, bgp auth-profile, user-id collector",
    "shared-secret": "radius",
    "key": "ike pre-shared-key, ospf md5, manual-key, api",
    "auth-key": "panorama registration",
    "authpwd": "snmp v3 users",
    "privpwd": "snmp v3 users",
    "private-key": "certificate entries",
    "pre-shared-key": "ike gateways",
    "snmp-community-string": "snmp v2c access",
    "community": "log-settings snmptrap v2c servers",
    "bind-password": "ldap",
    "api-key": "vm information sources, http servers",
    "apikey": "as api-key",
    "access-key": "cloud providers",
    "secret-key": "cloud providers",
    "client-secret": "oauth, azure",
    "token": "mfa vendors",
    "keytab": "kerberos",
    "kerberos-keytab": "kerberos single sign-on",
    "authcode": "licences",
    "auth-code": "licences",
    "otp": "one-time passwords of satellites",
    "psk": "ike",
    "cookie-key": "global-protect override",
    "master-key": "deviceconfig",
}

TREES = frozenset(
    {
        "passcode",
        "passphrase",
        "passwd",
        "password",
        "phash",
        "pre-shared-key",
        "private-key",
        "secret",
        "shared-secret",
    }
)
"""Elements below which every text and every attribute is secret, whatever it is called."""

_ENDINGS = re.compile(
    r"(?:password|passwd|pwd|passphrase|passcode|secret|token|credentials?|keytab|psk|phash|community-string"
    r"|^key|(?<!public)[-_]key)$"
)
"""Names that end so are secret as well, unless they only switch something on or off."""

_SPOKEN_OF = re.compile(
    r"(?:password|passwd|pwd|passphrase|secret|token|credential|cookie|authorization"
    r"|api[-_ ]?key|(?<!public)[-_ ]key|^key)",
    re.IGNORECASE,
)
"""Names of entries and headers whose value is secret: `<entry name="duo-secret-key"><value>`."""

_MASTER_KEY: shapes.Shape = ("-A", re.compile(r"(?P<secret>-A[A-Za-z0-9]==[A-Za-z0-9+/=]+)"))
_SHAPES = (_MASTER_KEY, *shapes.COMMON)

_SWITCHES = frozenset({"yes", "no"})


class Hider:
    """Knows the way from the root to the element being written, and conceals what is secret there."""

    def __init__(self, conceal: Conceal) -> None:
        self._conceal = conceal
        self._way: list[tuple[etree._Element, bool, bool]] = []
        self.count = 0

    def enter(self, element: etree._Element, name: str) -> None:
        """Go below an element."""
        inside = self._inside or name.lower() in TREES
        self._way.append((element, inside, _speaks_of_secret(element)))

    def leave(self) -> etree._Element:
        """Come back up and give the element that was left."""
        return self._way.pop()[0]

    def text(self, element: etree._Element, text: str) -> str:
        """The element's text, concealed where it is secret."""
        if self._is_secret(element, text):
            return self._hide(text)
        return self._shapes(text)

    def attribute(self, element: etree._Element, name: str, value: str) -> str:
        """An attribute's value, concealed where it is secret."""
        lowered = name.lower()
        if value and (self._inside or _local(element) in TREES or lowered in ELEMENTS or _ENDINGS.search(lowered)):
            return self._hide(value)
        return self._shapes(value)

    @property
    def _inside(self) -> bool:
        return bool(self._way) and self._way[-1][1]

    def _is_secret(self, element: etree._Element, text: str) -> bool:
        name = _local(element)
        if self._inside or name in ELEMENTS:
            return True
        if _ENDINGS.search(name):
            return text.strip() not in _SWITCHES
        return name == "value" and bool(self._way) and self._way[-1][2]

    def _shapes(self, text: str) -> str:
        return shapes.concealed(text, _SHAPES, self._hide)

    def _hide(self, text: str) -> str:
        self.count += 1
        return self._conceal(text)


def _local(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[2].lower()


def _speaks_of_secret(element: etree._Element) -> bool:
    """An entry named like a secret, or beside a header named like one: its `value` is secret."""
    if _SPOKEN_OF.search(str(element.get("name") or "")):
        return True
    return bool(_SPOKEN_OF.search(element.findtext("header") or ""))
