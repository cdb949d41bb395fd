"""The reference lab's firewalls and balancers as an audit meets them."""

from functools import cache

import yaml
from lxml import etree

from dcops.audit.judge import Judge
from dcops.audit.subject import Subject
from dcops.devices.peplink.state import document
from dcops.devices.sfos.entities import ENTITIES
from dcops.diff.panos import PanosFormat
from dcops.diff.peplink import PeplinkFormat
from dcops.diff.redact import keyed
from dcops.diff.sfos import SfosFormat
from dcops.jobs.compliance.wellknown import WellKnown
from dcops.model.snapshot import ConfigSource
from dcops.model.source import Source, SourceKind
from lab.clock import Clock
from lab.panos.firewall import Firewall
from lab.panos.firewall import Identity as PanosIdentity
from lab.peplink import functions
from lab.peplink.balancer import Balancer
from lab.peplink.balancer import Identity as PeplinkIdentity
from lab.sfos.firewall import Identity as SfosIdentity
from lab.sfos.firewall import SophosFirewall
from tests.compliance.site import NOW, ROOT, SITE_KEY, library

FORMATS = {"panos": PanosFormat(), "sfos": SfosFormat(), "peplink": PeplinkFormat()}
SOURCES = {"panos": ConfigSource.RUNNING, "sfos": ConfigSource.STATE, "peplink": ConfigSource.STATE}
_ORDER = ["fail", "could not check", "not applicable", "pass"]
_PAIR = {"fw-main-1": "fw-main-2", "fw-main-2": "fw-main-1"}
_NOWHERE = {"login": None, "certificate": None, "wrong_certificate": None}


@cache
def devices():
    """Their entries in the inventory."""
    entries = [
        entry
        for file in sorted((ROOT / "inventory" / "devices").glob("*.yaml"))
        for entry in yaml.safe_load(file.read_text(encoding="utf-8"))["devices"]
        if entry.get("platform") in FORMATS
    ]
    return {entry["name"]: entry for entry in entries}


@cache
def rules(platform):
    """The rules for the configurations of one platform alone."""
    return tuple(rule for rule in library().rules if rule.platforms == (platform,))


@cache
def judge_of(platform, *ids):
    """Judges by some rules, or by all."""
    return Judge([rule for rule in rules(platform) if not ids or rule.id in ids], library().parameters())


def subject_of(name):
    entry = devices()[name]
    return Subject(
        name,
        entry["platform"],
        role=entry["role"],
        site=entry["site"],
        tags=tuple(entry.get("tags", ())),
        model=entry["model"],
        version=str(entry["software"]),
    )


def judged(subject, text, *ids):
    """What rules say of a readable document."""
    weak = WellKnown({SITE_KEY.id: SITE_KEY}).among(text, site_key=SITE_KEY.id, device=subject.device)
    source = Source(subject.device, SourceKind.CONFIG, "", NOW, "test", text, weak=weak)
    return judge_of(subject.platform, *ids).judge(subject, [source], NOW)


def statuses(subject, text, *ids):
    """The worst that each rule says."""
    worst = {}
    for finding in judged(subject, text, *ids):
        seen = worst.get(finding.id, "pass")
        worst[finding.id] = min(seen, finding.status.value, key=_ORDER.index)
    return worst


def readable(platform, raw):
    """A document as the archive keeps it."""
    FORMATS[platform].check(raw, SOURCES[platform])
    return FORMATS[platform].readable(raw, SOURCES[platform], keyed(SITE_KEY.key)).text


@cache
def configuration(name):
    """The readable document of a device of the lab."""
    entry = devices()[name]
    return readable(entry["platform"], {"panos": _panos, "sfos": _sfos, "peplink": _peplink}[entry["platform"]](entry))


@cache
def without_weaknesses():
    """The access firewall as it would be if nothing had been planted in it."""
    return readable("sfos", _sfos({**devices()["fw-sophos-1"], "name": "fw-sophos-2"}))


def _panos(entry):
    name = entry["name"]
    identity = PanosIdentity(
        hostname=name,
        model=entry["model"],
        serial=str(entry["serial"]),
        software=str(entry["software"]),
        site=entry["site"],
        ipv4=entry["management"]["ipv4"],
        ipv6=entry["management"]["ipv6"],
        peer=_PAIR.get(name),
        is_first=name != "fw-main-2",
    )
    return Firewall(name, "127.0.0.1", 0, Clock(), identity=identity, **_NOWHERE).export()


def _sfos(entry):
    management = entry["management"]
    identity = SfosIdentity(entry["name"], str(entry["software"]), management["ipv4"], management["ipv6"])
    wall = SophosFirewall(entry["name"], "127.0.0.1", 0, Clock(), identity=identity, **_NOWHERE)
    root = etree.Element("Response", {"APIVersion": identity.api_version})
    for entity in ENTITIES:
        root.extend(wall.store.get(etree.Element(entity.tag)))
    return etree.tostring(root)


def _peplink(entry):
    identity = PeplinkIdentity(
        entry["name"], entry["model"], "1", str(entry["software"]), entry["site"], entry["management"]["ipv4"]
    )
    box = Balancer(entry["name"], "127.0.0.1", 0, Clock(), identity=identity, **_NOWHERE)
    answers = {
        "info.firmware": functions.firmware(box, logged_in=True),
        "status.lan.profile": functions.lan_profile(box, {}, None),
        "status.wan.connection": functions.wan_status(box, {}, None),
    }
    return document({name: answer.body for name, answer in answers.items()})
