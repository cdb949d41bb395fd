"""The names of all metrics: base units, no label that Prometheus or discovery sets, and a page that tells of each."""

import re

import pytest

from dcops.exporters.catalogue import RESERVED
from dcops.exporters.snmp import page as probe_page
from dcops.exporters.snmp import shelf
from tests import metrics_page
from tests.exporters.vsphere import whole

KNOWN = shelf.load()
METRICS = [*KNOWN.catalogue.metrics.values(), *probe_page.OWN]
# Decibels are no base unit, but light and radio are measured in nothing else.
UNITS = {
    "celsius", "volts", "amperes", "watts", "voltamperes", "joules", "hertz", "seconds", "bytes", "ratio", "dbm",
}  # fmt: skip
THINGS = {
    "info", "packets", "errors", "discards", "frames", "transitions", "sessions", "alarms", "routes", "prefixes",
    "crc", "shortages", "failures", "losses", "disks", "members", "processes", "users", "entries",
    "addresses", "cpus", "hosts", "paths", "snapshots", "units", "vmotions", "vms",
    "calls", "connections", "counters", "fallbacks", "logins", "objects", "privileges", "updates",
    "operations", "reads", "writes",
}  # fmt: skip
STATES = {
    "accessible", "active", "available", "battery", "busy", "conditions", "connected", "denied", "enabled",
    "established", "failed", "healthy", "limit", "master", "mode", "needed", "on", "online", "passed", "present",
    "primary", "protected", "received", "result", "running", "sent", "source", "state", "status", "success",
    "synchronised", "tolerated", "up", "valid",
}  # fmt: skip
RATES = ("_bytes_per_second", "_packets_per_second", "_reads_per_second", "_writes_per_second")
OTHER_UNITS = re.compile(
    r"percent|kwh|wh|kw|kb|mb|gb|kib|mib|gib|mhz|ghz|khz|ms|us|ns|minutes?|hours?|days?|degrees?|fahrenheit|kelvin|"
    r"milli\w*|kilo\w*|mega\w*|deci\w*|centi\w*|bits|amps?|volt|watt|ticks?|octets|ppm|pct"
)

each_metric = pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)


@each_metric
def test_a_name_ends_in_a_base_unit_or_in_a_state_or_a_thing_that_is_counted(metric):
    name = metric.name.removesuffix("_total")
    last = name.rsplit("_", 1)[-1]

    assert not [word for word in name.split("_") if OTHER_UNITS.fullmatch(word)]
    assert (metric.type == "counter") == metric.name.endswith("_total")
    assert last in UNITS | THINGS | STATES or name.endswith(RATES), (
        f"{last!r} is no unit; if it is a state or something that is counted, add it here"
    )


@each_metric
def test_no_label_is_one_that_discovery_or_prometheus_sets_and_serials_stand_in_info_only(metric):
    assert not metric.labels & RESERVED
    assert all(re.fullmatch(r"[a-z][a-z_]*", label) for label in metric.labels)
    if not metric.name.endswith("_info"):
        assert not metric.labels & {"serial", "firmware", "model", "os_version", "mac", "version"}


@each_metric
def test_the_help_is_one_sentence(metric):
    assert metric.help.endswith(".")
    assert metric.help[0].isupper()


def test_the_catalogue_is_what_profiles_and_vcenters_give():
    of_profiles = {name for profile in KNOWN.profiles.values() for name in profile.metrics}

    assert set(KNOWN.catalogue.metrics) == of_profiles | set(whole.given())


def test_the_page_of_metrics_is_up_to_date():
    assert metrics_page.FILE.read_text(encoding="utf-8") == metrics_page.page(), (
        "write it: python -m tests.metrics_page"
    )
