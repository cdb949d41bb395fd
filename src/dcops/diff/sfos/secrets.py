"""Hide secrets: where the entities of a Sophos firewall keep them.

An element is secret by its name, by an attribute that tells how its secret is written down (`hashform`,
`passwordform`), by the name of the parameter beside it, or by the shape of its text. SFOS 18 and later give most
secrets as salted hashes (`$sfos$7$0$…`), older ones encrypted or in the clear: all of them are hidden.

When in doubt too much is hidden.
"""

from __future__ import annotations

import re

from lxml import etree

from dcops.diff.redact import Conceal
from dcops.diff.xml import shapes

ELEMENTS = {
    # name in lower case: where it is found
    "password": "User, AuthenticationServer, BackupRestore, Notification, ProxyServer, DynamicDNS, PPPoE, RED",
    "passphrase": "WirelessNetwork, HAConfigure, certificates",
    "passcode": "hotspots",
    "presharedkey": "VPNIPSecConnection, L2TP, remote access",
    "psk": "WirelessNetwork",
    "sharedsecret": "RADIUS and TACACS+ servers",
    "secret": "OTP tokens, TACACS+",
    "community": "SNMP",
    "communitystring": "SNMPCommunity",
    "privatekey": "certificates",
    "encryptionpassword": "BackupRestore, SNMPv3User",
    "authenticationpassword": "SNMPv3User",
    "privacypassword": "SNMPv3User of older releases",
    "encryptedpassword": "User of older releases",
    "bindpassword": "LDAP",
    "otp": "CentralManagement",
    "pin": "cellular WAN",
    "pincode": "cellular WAN",
    "unlockcode": "RED",
    "activationcode": "licences, hotspots",
    "key": "routing protocols, WEP, manual keys",
    "passwordoftheday": "hotspots",
    "tokenkey": "OTP",
}

FORMS = frozenset({"hashform", "passwordform"})
"""Attributes that only a secret has: they tell in which form it is given."""

_ENDINGS = re.compile(
    r"(?:password|passwd|passphrase|passcode|secret|token|credentials?|community(?:string)?|psk"
    r"|(?<!public)key)$"
)
"""Names that end so are secret as well, unless they only switch something on or off."""

_SPOKEN_OF = re.compile(
    r"pass(?:word|wd|phrase|code)?$|pwd|secret|token|credential|api[-_ ]?(?:key|id)|auth[-_ ]?key"
    r"|(?<!public)[-_ ]?key$",
    re.IGNORECASE,
)
"""Names of parameters whose value is secret: `<Parameter><Name>api_key</Name><Value>`."""

_VALUES = frozenset({"value", "parametervalue"})
_GATEWAY = "smsgateway"
"""The address of an SMS gateway often carries the login, in a form of the gateway's own: all of it is hidden."""
_GATEWAY_SECRETS = frozenset({"url", "value", "parametervalue", "responseformat"})

_SFOS_HASH: shapes.Shape = ("$sfos$", re.compile(r"(?P<secret>\$sfos\$[^\s<>\"']{4,})"))
_SHAPES = (_SFOS_HASH, *shapes.COMMON)

_RIGHTS = frozenset({"Read-Write", "Read-Only", "None"})
"""What an administration profile says of `Password`: the right to change it, not one."""

_SWITCHES = frozenset({"enable", "disable", "enabled", "disabled", "yes", "no", "on", "off", "true", "false", "none"})


class Hider:
    """Knows the way from the root to the element being written, and conceals what is secret there."""

    def __init__(self, conceal: Conceal) -> None:
        self._conceal = conceal
        self._way: list[tuple[etree._Element, bool, bool]] = []
        self.count = 0

    def enter(self, element: etree._Element, name: str) -> None:
        """Go below an element. What stands below a secret is part of it."""
        lowered = name.lower()
        inside = self._inside or _has_form(element) or (lowered in ELEMENTS and lowered not in ("key", "community"))
        self._way.append((element, inside, self._in_gateway or lowered == _GATEWAY))

    def leave(self) -> etree._Element:
        """Come back up and give the element that was left."""
        return self._way.pop()[0]

    def text(self, element: etree._Element, text: str) -> str:
        """The element's text, concealed where it is secret."""
        if self._is_secret(element, text):
            return self._hide(text)
        return shapes.concealed(text, _SHAPES, self._hide)

    def attribute(self, element: etree._Element, name: str, value: str) -> str:  # noqa: ARG002
        """An attribute's value, concealed where it is secret."""
        lowered = name.lower()
        if value and lowered not in FORMS and (self._inside or lowered in ELEMENTS or _ENDINGS.search(lowered)):
            return self._hide(value)
        return shapes.concealed(value, _SHAPES, self._hide)

    @property
    def _inside(self) -> bool:
        return bool(self._way) and self._way[-1][1]

    @property
    def _in_gateway(self) -> bool:
        return bool(self._way) and self._way[-1][2]

    @property
    def _in_profile(self) -> bool:
        return any(element.tag == "AdministrationProfile" for element, _, _ in self._way[:2])

    def _is_secret(self, element: etree._Element, text: str) -> bool:
        name = str(element.tag).rpartition("}")[2].lower()
        if self._inside or _has_form(element):
            return True
        if name in ELEMENTS:
            return not (text.strip() in _RIGHTS and self._in_profile)
        if _ENDINGS.search(name):
            return text.strip().lower() not in _SWITCHES
        if self._in_gateway and name in _GATEWAY_SECRETS:
            return True
        return name in _VALUES and self._names_a_secret(element)

    def _names_a_secret(self, element: etree._Element) -> bool:
        """The parameter's name beside a value speaks of a secret."""
        beside = element.getparent()
        if beside is None:
            return False
        return any(
            _SPOKEN_OF.search((other.text or "").strip())
            for other in beside
            if other is not element and str(other.tag).lower().endswith("name")
        )

    def _hide(self, text: str) -> str:
        self.count += 1
        return self._conceal(text)


def _has_form(element: etree._Element) -> bool:
    return any(str(name).lower() in FORMS for name in element.attrib)
