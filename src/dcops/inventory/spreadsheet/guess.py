"""What a spreadsheet leaves unsaid: the maker behind a model, the driver for it, the role in the inventory's words."""

from __future__ import annotations

import re

from dcops.inventory.spreadsheet.letters import name_of, plain

# The maker's own name for itself, so that one maker does not have five names in the inventory.
_VENDORS = (
    ("Palo Alto Networks", r"palo ?alto(?: networks)?|pan"),
    ("Cisco", r"cisco(?: systems)?"),
    ("Aruba", r"aruba|hpe aruba|hp aruba"),
    ("HPE", r"hpe|hewlett packard enterprise"),
    ("HP", r"hp|hewlett packard"),
    ("Fortinet", r"fortinet|fortigate"),
    ("Peplink", r"peplink|pepwave"),
    ("Sophos", r"sophos"),
    ("Juniper", r"juniper(?: networks)?"),
    ("Arista", r"arista(?: networks)?"),
    ("MikroTik", r"mikro ?tik"),
    ("Broadcom", r"broadcom|brocade"),
    ("Dell", r"dell(?: emc)?"),
    ("Huawei", r"huawei"),
    ("IBM", r"ibm"),
    ("Lenovo", r"lenovo"),
    ("NetApp", r"netapp|net app"),
    ("Synology", r"synology"),
    ("QNAP", r"qnap"),
    ("APC", r"apc|schneider(?: electric)?"),
    ("Eaton", r"eaton"),
    ("Vertiv", r"vertiv|liebert|emerson"),
    ("VMware", r"vmware"),
)
_VENDOR_OF_MODEL = (
    ("Cisco", r"^(?:isr|asr|ws-c|catalyst|nexus|n[3579]k|c9[2345]\d\d|c[12]9\d\d|asa ?5)"),
    ("Palo Alto Networks", r"^pa-\d"),
    ("Fortinet", r"^(?:fortigate|fg-?\d)"),
    ("Peplink", r"^(?:peplink )?balance \d"),
    ("Sophos", r"^(?:xgs? ?\d)"),
    ("MikroTik", r"^(?:ccr|crs|rb)\d"),
    ("Juniper", r"^(?:ex|mx|srx|qfx)\d"),
)
# Vendor, model, driver. The first that fits counts.
_PLATFORMS = (
    ("Cisco", r"nexus|^n[3579]k", "nxos"),
    ("Cisco", r"asr[ -]?9\d|ncs", "iosxr"),
    ("Cisco", r"isr|asr|catalyst|^ws-c|^c9\d|^c?[1-4][89]\d\d\b|^(?:19|28|29|38|39|43|44)\d\d", "ios"),
    ("Palo Alto Networks", r"pa-", "panos"),
    ("Fortinet", r"fortigate|^fg-?\d|^f\d", "fortios"),
    ("Peplink", r"balance|sdx|max", "peplink"),
    ("Sophos", r"xg|sf", "sfos"),
    ("Juniper", r"ex|mx|srx|qfx", "junos"),
    ("Arista", r".", "eos"),
    ("MikroTik", r".", "routeros"),
    ("Broadcom", r"g\d{3}|brocade|silkworm|^[356]\d{3}", "fos"),
    ("Aruba", r"25\d\d|26\d\d|28\d\d|29\d\d|38\d\d|54\d\d|procurve", "procurve"),
    ("HP", r"procurve|25\d\d|26\d\d|28\d\d|29\d\d|54\d\d", "procurve"),
    ("HPE", r"procurve|25\d\d|29\d\d|54\d\d", "procurve"),
)
# The more telling words first: `SAN switch` is no access switch.
_ROLES = (
    ("edge-router", r"router bien|dinh tuyen bien|edge router|internet router|router internet|border"),
    ("lan-router", r"router lan|lan router|dinh tuyen noi bo"),
    ("router", r"router|dinh tuyen"),
    ("firewall", r"firewall|tuong lua|ngfw|utm"),
    ("wan-balancer", r"can bang tai (?:duong truyen|wan)|wan balancer|load balanc\w* wan|multi-?wan"),
    ("load-balancer", r"load balanc\w*|can bang tai|adc"),
    ("san-switch", r"san switch|switch san|fc switch|fibre channel"),
    ("core-switch", r"core|loi|trung tam|switch l3 core"),
    ("server-switch", r"(?:switch|chuyen mach)\s*(?:server|may chu)|server switch|tor"),
    ("management-switch", r"(?:switch|chuyen mach)\s*(?:mgmt|management|quan tri)|management switch|oob"),
    ("dmz-switch", r"dmz"),
    ("distribution-switch", r"distribution|phan phoi|aggregation"),
    ("access-switch", r"access|truy (?:cap|nhap)|switch|chuyen mach"),
    ("wireless-controller", r"wlc|wireless controller|bo dieu khien (?:wifi|khong day)"),
    ("access-point", r"access point|\bap\b|wifi|khong day"),
    ("storage", r"storage|luu tru|\bsan\b"),
    ("nas", r"\bnas\b"),
    ("ups", r"\bups\b|luu dien"),
    ("pdu", r"\bpdu\b"),
    ("cooling", r"dieu hoa|lam mat|cooling|air ?con"),
    ("generator", r"may phat|generator"),
    ("camera", r"camera"),
    ("server", r"server|may chu"),
)

_ROLES_BY_NAME = (
    ("router", r"(?:rtr|router|rt|gw)(?:[-.\d]|$)"),
    ("firewall", r"(?:fw|firewall|pa)(?:[-.\d]|$)"),
    ("access-switch", r"(?:sw|switch)(?:[-.\d]|$)"),
    ("server", r"(?:srv|sv|server|esxi?|host)(?:[-.\d]|$)"),
    ("ups", r"ups(?:[-.\d]|$)"),
    ("nas", r"nas(?:[-.\d]|$)"),
    ("storage", r"(?:san|storage)(?:[-.\d]|$)"),
)


def vendor(text: str) -> str:
    """The maker under its own name; as it was written where it is not known."""
    words = plain(text)
    return next((name for name, pattern in _VENDORS if re.fullmatch(pattern, words)), text)


def vendor_in_front(text: str) -> tuple[str, str]:
    """Maker and model from one text: `Cisco ISR 4461`. The maker is empty when the text begins with none."""
    words = text.replace("/", " ").split()
    for length in (3, 2, 1):
        first = plain(" ".join(words[:length]))
        for name, pattern in _VENDORS:
            if len(words) > length and re.fullmatch(pattern, first):
                return name, " ".join(words[length:])
    return "", " ".join(text.split())


def vendor_of_model(model: str) -> str:
    """The maker that a model is known for; empty when it is not known."""
    return next((name for name, pattern in _VENDOR_OF_MODEL if re.search(pattern, plain(model))), "")


def platform(maker: str, model: str) -> str:
    """The driver for a model; empty when none is likely."""
    words = plain(model)
    fitting = (name for known, pattern, name in _PLATFORMS if known == maker and re.search(pattern, words))
    return next(fitting, "")


def role(text: str) -> str:
    """The role that a text names in the inventory's words; empty when it names none of those."""
    words = plain(text).replace("-", " ")
    return next((name for name, pattern in _ROLES if re.search(pattern, words)), "")


def role_of_name(name: str) -> str:
    """The role that the name of a device hints at: `sw-tang-2` is a switch. Empty when it hints at none."""
    return next((role_ for role_, pattern in _ROLES_BY_NAME if re.match(pattern, name)), "")


def role_name(text: str) -> tuple[str, bool]:
    """The role for what somebody wrote, and whether it had to be guessed: a role in our words stays as it is."""
    written = name_of(text)
    known = {name for name, _ in _ROLES}
    if written in known:
        return written, False
    guessed = role(text)
    return (guessed, True) if guessed else (written, False)
