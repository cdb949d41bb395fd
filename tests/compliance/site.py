"""What ships under compliance/, and the reference lab's Cisco devices as an audit meets them."""

from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

import yaml

from dcops.archive.site_key import SiteKey
from dcops.audit.judge import Judge
from dcops.audit.library import load
from dcops.audit.subject import Subject
from dcops.diff.ios import IosFormat
from dcops.diff.redact import keyed
from dcops.jobs.compliance.wellknown import WellKnown
from dcops.model.snapshot import ConfigSource
from dcops.model.source import Source, SourceKind
from lab.ios.build import IOS
from lab.ios.models import MODELS
from lab.ios.router import Identity, Router

ROOT = Path(__file__).resolve().parents[2]
NOW = datetime(2026, 1, 15, 1, 0, tzinfo=UTC)
SITE_KEY = SiteKey(bytes(range(32)))
FORMAT = IosFormat()


@cache
def library():
    """Everything that ships."""
    return load(ROOT / "compliance", None, date(2026, 1, 15))


@cache
def rules():
    """The rules for the configurations of Cisco devices."""
    return tuple(rule for rule in library().rules if rule.platforms == ("ios",))


@cache
def by_id():
    return {rule.id: rule for rule in rules()}


@cache
def judge_of(*ids):
    """Judges by some rules, or by all."""
    return Judge([by_id()[each] for each in ids] or rules(), library().parameters())


def subject_of(entry):
    return Subject(
        device=entry["name"],
        platform="ios",
        role=entry["role"],
        site=entry["site"],
        tags=tuple(entry.get("tags", ())),
        model=entry["model"],
        version=entry["software"],
    )


def judged(subject, text, *ids):
    """What rules say of a readable configuration."""
    weak = WellKnown({SITE_KEY.id: SITE_KEY}).among(text, site_key=SITE_KEY.id, device=subject.device)
    source = Source(subject.device, SourceKind.CONFIG, "running", NOW, "test", text, weak=weak)
    return judge_of(*ids).judge(subject, [source], NOW)


def statuses(subject, text, *ids):
    """The worst that each rule says."""
    worst = {}
    order = ["fail", "could not check", "not applicable", "pass"]
    for finding in judged(subject, text, *ids):
        seen = worst.get(finding.id, "pass")
        worst[finding.id] = min(seen, finding.status.value, key=order.index)
    return worst


def readable(raw):
    """A configuration as the archive keeps it."""
    content = raw.encode()
    FORMAT.check(content, ConfigSource.RUNNING)
    return FORMAT.readable(content, ConfigSource.RUNNING, keyed(SITE_KEY.key)).text


@cache
def devices():
    """The entries of the inventory that the lab simulates as Cisco devices."""
    known = {model for _, model in IOS.models}
    entries = [
        entry
        for file in sorted((ROOT / "inventory" / "devices").glob("*.yaml"))
        for entry in yaml.safe_load(file.read_text(encoding="utf-8"))["devices"]
        if entry.get("platform") == "ios" and entry["model"] in known
    ]
    return {entry["name"]: entry for entry in entries}


@cache
def configuration(name):
    """The readable configuration of a device of the lab."""
    entry = devices()[name]
    circuits = yaml.safe_load((ROOT / "inventory" / "circuits.yaml").read_text(encoding="utf-8"))["circuits"]
    circuit = next((each for each in circuits if each.get("device") == name), {})
    identity = Identity(
        hostname=name,
        serial=str(entry.get("serial", "")),
        software=entry["software"],
        site=entry["site"],
        ipv4=entry["management"]["ipv4"],
        ipv6=entry["management"].get("ipv6"),
        provider=circuit.get("provider", "isp-a"),
        provider_as=circuit.get("provider_as", 64601),
        rate_mbps=circuit.get("rate_mbps", 100),
    )
    router = Router(
        name, "127.0.0.1", 0, None, model=MODELS[entry["model"]], identity=identity, login=None, host_key=None
    )
    return readable(router.first_configuration())
