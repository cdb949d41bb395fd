"""A profile of a few lines, a walk of a few lines, and what comes out: through a real socket."""

import asyncio

from dcops.exporters import catalogue
from dcops.exporters.snmp import reading
from dcops.exporters.snmp.page import page
from dcops.exporters.snmp.places import Places
from dcops.exporters.snmp.probe import Collector, probe
from dcops.model.secret import Secret
from dcops.snmp.client import Client
from dcops.snmp.community import Community
from dcops.snmp.target import Limits, Target
from lab.snmp import serve

CATALOGUE = """\
dcops_a_volts: {type: gauge, help: A., optional: [name, kind, state]}
dcops_b_volts: {type: gauge, help: B., optional: [name, kind, state]}
dcops_a_bytes_total: {type: counter, help: C., optional: [name, kind]}
dcops_a_info: {type: gauge, help: D., optional: [name, kind, text]}
dcops_env_temperature_celsius: {type: gauge, help: E., labels: [room, rack, position, sensor]}
"""
HEAD = "title: T\nreference: R\nidentify: {ask: [1.3.6.1.4.1.32473.1.0]}\n"
QUICK = Limits(timeout_seconds=0.3, retries=1)


def profiles_in(folder, **texts):
    """Write and read profiles, each without its head."""
    (folder / "catalogue.yaml").write_text(CATALOGUE)
    (folder / "snmp").mkdir(exist_ok=True)
    for name, text in texts.items():
        (folder / "snmp" / f"{name}.yaml").write_text(text if "reference:" in text else HEAD + text)
    known = catalogue.load([folder / "catalogue.yaml"])
    return known, reading.load([folder / "snmp"], known)


def target_of(served):
    return Target("box", served.host, served.port, lambda: Community(2, Secret("public")), QUICK)


def probed(folder, walk, *, places=None, fault=None, **texts):
    """The probe, and its text."""
    known, profiles = profiles_in(folder, **texts)
    collectors = [Collector.of(profiles[name]) for name in texts]

    async def ask():
        async with serve([walk]) as (served,):
            if fault:
                served.fault(fault)
            return await probe(Client(), target_of(served), collectors, places or Places(), seconds=5)

    found = asyncio.run(ask())
    return found, page(found, known)


def told(folder, walk, profile, **options):
    """The lines of one profile, without what every probe tells."""
    found, text = probed(folder, walk, p=profile, **options)
    assert not found.failures
    return [line for line in text.splitlines() if not line.startswith(("#", "dcops_probe_"))]
