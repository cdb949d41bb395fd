# ruff: noqa: E501 it holds lines of a page
"""docs/reference/metrics.md, made of what the code gives: `python -m tests.metrics_page` writes it."""

import sys
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path

from dcops.exporters.jobs import families
from dcops.exporters.snmp import page as probe_page
from dcops.exporters.snmp import shelf
from dcops.exporters.sources import LedgerReading, Readings
from dcops.exporters.vsphere import counters, instances
from dcops.inventory.inventory import Inventory
from tests.exporters.vsphere import whole

FILE = Path(__file__).resolve().parents[1] / "docs/reference/metrics.md"
HEAD = """\
# Metrics

Every series of `dcops exporter serve`, made from the code by `python -m tests.metrics_page`; a test keeps it so.

Base units only (celsius, volts, amperes, watts, joules, hertz, seconds, bytes, ratio from 0 to 1); counters end in `_total`; points in time are Unix
seconds and end in `_timestamp_seconds`; text stands in `_info` series that are always 1. An enumeration is a state set: a series for each state, one of
them 1. What a device does not tell, or tells with a value that means "none", has no series: a zero always means zero. A series whose labels another row
has too gets the number of its row behind the first label (`interface="eth0 #7"`).

`site`, `device`, `role` and `instance` are set by discovery on everything that comes from `/probe` and are not repeated here. Labels in parentheses are
not given by every profile.
"""
PROBE = """\

## `/probe`: the probe itself

`dcops_probe_success` is 1 when the device answered and all that was asked was told; what failed says why in a comment of the answer. A profile of which
the device has nothing is 0 in `dcops_probe_collector_success`, and no failure of the probe.

| metric | type | labels | meaning |
|---|---|---|---|
"""
SNMP = """\

## `/probe`: what devices tell

The last column names the profiles that give it ([what a profile is](profiles.md)).
"""
VSPHERE = """\

## `/vsphere/<vcenter>`: what vCenters tell

Every series has `vcenter` and, where it is about an object, its `moid`, and nothing that a rename or a vMotion changes: names, hosts, clusters and racks
stand in `dcops_vm_info`, `dcops_host_info`, `dcops_datastore_info` and their like, to be joined:

    dcops_vm_cpu_ready_ratio * on (vcenter, moid) group_left (vm, host, system) dcops_vm_info

The last column names the collector that gives it ([how often](settings.md), `[vsphere]`). What a collector told disappears when it is older than its limit,
and its `dcops_probe_collector_success` is 0. `dcops_probe_success` is 1 while the inventory is followed. A running machine has about 70 series, a host
about 190.
"""
COUNTERS = """\

### Performance counters

Every 20 seconds the newest sample. Those of the set `extended` are asked with `[vsphere] counters = "extended"`. Where a vCenter gives a counter no value
for the whole object, there is no series.

| metric | object | counter | set |
|---|---|---|---|
"""
INSTANCES = """\

What vCenter keeps for single disks, datastores, LUNs and NICs only is read every minute (`[vsphere] instances_seconds`). A datastore has the latency of its
worst host, and the sum of what all hosts do on it; while a host that is connected is silent, there is no sum. A metric that stands in the table above too
gets its value from here where its own counter has none: disks of machines on NFS and vSAN.

| metric | object | counter | of each | shown | set |
|---|---|---|---|---|---|
"""
JOBS = """\

## `/metrics/jobs`: what dcops itself knows

From ledger, inventory and archive, at every scrape. `site` and `device` stand here as labels of the series.

| metric | type | labels | meaning |
|---|---|---|---|
"""
OWN = """\

## `/metrics`: the exporter

| metric | type | labels | meaning |
|---|---|---|---|
| `dcops_build_info` | gauge | version | The dcops that runs, always 1. |
| `dcops_exporter_scrape_duration_seconds` | histogram | handler | How long it took to answer. |
| `dcops_exporter_scrape_errors_total` | counter | handler | Answers that failed inside the exporter. |
| `dcops_exporter_inventory_up` | gauge | | 0 while a broken edit of inventory, logins or profiles keeps what was read before in force. |
| `dcops_exporter_vsphere_inventory_up` | gauge | | 0 while a broken edit of inventory, settings or counters for vCenters keeps what was read before in force. |
| `dcops_exporter_targets` | gauge | | Devices that can be probed. |
| `dcops_exporter_probe_duration_seconds` | histogram | module | How long devices were asked; `all` is a probe without `module`. |
| `dcops_exporter_probe_errors_total` | counter | module, reason | Profiles that failed: `timeout`, `auth`, `parse`, `refused`, `other`. |
| `dcops_exporter_duplicate_series_total` | counter | module | Series left out because another source had told them already. |

Besides them stand those of the Python process (`process_…`, `python_…`).
"""
TITLES = {
    "device": "Every device",
    "if": "Interfaces",
    "ups": "UPS",
    "pdu": "Rack PDU",
    "env": "Environment",
    "bgp": "BGP",
    "hsrp": "HSRP",
    "ip": "IP",
    "fc": "Fibre Channel",
    "wan": "WAN",
    "vm": "Virtual machines",
    "host": "Hosts",
    "datastore": "Datastores",
    "cluster": "Clusters",
    "resource": "Resource pools and vApps",
    "vcenter": "The vCenter itself",
    "vsphere": "Alarms, tags, attributes, and the exporter's own",
    "tls": "Certificates",
}


def page():
    """The whole page."""
    known = shelf.load()
    parts = [HEAD, PROBE]
    parts += [
        f"| `{one.name}` | {one.type} | {', '.join(sorted(one.labels))} | {one.help} |\n" for one in probe_page.OWN
    ]
    parts.append(SNMP)
    givers = defaultdict(list)
    for name, profile in known.profiles.items():
        for metric in profile.metrics:
            givers[metric].append(name)
    catalogue = known.catalogue.metrics
    parts += _tables([metric for metric in catalogue.values() if metric.name in givers], "profiles", givers)
    of_vcenters = {name: [collector] for name, collector in whole.given().items()}
    parts.append(VSPHERE)
    parts += _tables([metric for metric in catalogue.values() if metric.name in of_vcenters], "collector", of_vcenters)
    parts.append(COUNTERS)
    for kind, listed in counters.load(None, known.catalogue, extended=True).of.items():
        for one in listed:
            set_ = "extended" if one.extended else "default"
            parts.append(f"| `{one.metric}` | {kind} | `{one.name}` | {set_} |\n")
    parts.append(INSTANCES)
    for row in instances.load(None, known.catalogue, extended=True).rows:
        counted = ", ".join(f"`{name}`" for name in row.counters)
        set_ = "extended" if row.extended else "default"
        parts.append(f"| `{row.metric}` | {row.kind} | {counted} | {row.part} | {row.take} | {set_} |\n")
    parts.append(JOBS)
    for family in families(_everything()):
        name = family.name + ("_total" if family.type == "counter" else "")
        parts.append(f"| `{name}` | {family.type} | {', '.join(family._labelnames)} | {family.documentation} |\n")
    parts.append(OWN)
    return "".join(parts)


def _tables(metrics, last, givers):
    """A table for each domain."""
    domains = defaultdict(list)
    for metric in metrics:
        domains[metric.name.split("_")[1]].append(metric)
    for domain, of_domain in domains.items():
        yield f"\n### {TITLES.get(domain, domain.capitalize())}\n\n| metric | type | labels | meaning | {last} |\n"
        yield "|---|---|---|---|---|\n"
        for one in of_domain:
            labels = [*sorted(one.labels - one.optional), *(f"({name})" for name in sorted(one.optional))]
            yield f"| `{one.name}` | {one.type} | {', '.join(labels)} | {one.help} | {', '.join(givers[one.name])} |\n"


def _everything():
    """Readings in which nothing is missing, so that every family is told of."""
    ledger = LedgerReading({}, {}, (), 0, None)
    return Readings(
        plans={}, ledger=ledger, devices=(), backup_bytes={}, now=datetime.now(UTC), declared={}, inventory=Inventory()
    )


if __name__ == "__main__":
    FILE.write_text(page())
    sys.stdout.write(f"written: {FILE.name}\n")
