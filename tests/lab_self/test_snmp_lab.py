"""SNMP beside the other doors of the lab's devices: logins of the site root, faults, scenarios, traps."""

from __future__ import annotations

import asyncio
import json
import socket
import subprocess
import time
from pathlib import Path

import pytest
import yaml

from lab import estate
from lab.clock import Clock
from lab.scenarios import CannotPlay, calm, hot_rack, ups_on_battery
from lab.snmp import choice, identity, oid, record
from lab.snmp.agent import Agent
from lab.snmp.box import Box
from lab.snmp.community import Community
from lab.snmp.door import Door, Receiver
from lab.snmp.event import FILE
from lab.snmp.value import number
from lab.stage import Stage

NAME, UPTIME = "1.3.6.1.2.1.1.5.0", "1.3.6.1.2.1.1.3.0"
TRAP_KIND = "1.3.6.1.6.3.1.1.4.1.0"
FILE_OF_EVENTS = yaml.safe_load(FILE.read_text())
PATIENCE_SECONDS = 5


@pytest.fixture
def lab(lab):
    """The small lab, where nothing that happens outlives a test."""
    yield lab
    lab.control("POST", "/scenario/calm")


def section(lab, device):
    """What the site root's inventory says of a device's agent."""
    for file in (lab.site / "inventory").rglob("*.yaml"):
        for entry in yaml.safe_load(file.read_text()).get("devices") or ():
            if entry["name"] == device:
                return entry["management"]["ipv4"], entry["snmp"]
    raise AssertionError(f"no {device} in the inventory")


def snmpget(lab, device, *names):
    """Values as net-snmp reads them, with the login that the site root holds."""
    tool = Path("/usr/bin/snmpget")
    if not tool.exists():
        pytest.skip("the tools of net-snmp are not installed: apt-get install snmp")
    address, snmp = section(lab, device)
    login = lab.login(snmp["credential"])
    version = str(snmp.get("version", "3"))
    if version == "3":
        signed = {"sha1": "SHA", "sha256": "SHA-256", "sha512": "SHA-512"}[snmp.get("authentication", "sha1")]
        hidden = {"aes128": "AES", "aes192": "AES-192", "aes256": "AES-256"}[snmp.get("privacy", "aes128")]
        who = ["-u", login["username"], "-l", "authPriv", "-a", signed, "-A", login["password"]]
        who += ["-x", hidden, "-X", login["privacy"]]
    else:
        who = ["-c", login["password"]]
    done = subprocess.run(
        [tool, "-v", version, *who, "-t", "0.5", "-r", "3", "-Onvqe", f"{address}:{snmp['port']}", *names],
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
        env={"PATH": "/usr/bin:/bin", "MIBS": "", "SNMP_PERSISTENT_DIR": "/nonexistent"},
    )
    assert done.returncode == 0, done.stderr
    return [line.strip('"') for line in done.stdout.splitlines()]


def test_every_device_with_an_snmp_section_answers_with_its_own_name(lab):
    asked = [device["name"] for device in lab.endpoints["devices"] if device["snmp"]]

    assert {"rtr-edge-1", "sw-mgmt-1", "ups-1", "env-1"} <= set(asked)
    assert [snmpget(lab, name, NAME) for name in asked] == [[name] for name in asked]


def test_the_control_interface_shows_what_agents_were_asked(lab):
    before = lab.control("GET", "/devices/ups-1")[1]["snmp"]
    snmpget(lab, "ups-1", NAME)
    after = lab.control("GET", "/devices/ups-1")[1]["snmp"]

    assert after["version"] == "3"
    assert after["counters"]["get"] == before["counters"].get("get", 0) + 1
    assert after["counters"]["answers"] > before["counters"].get("answers", 0)
    assert set(after["faults"]) == {"loss", "too_big", "wrong_source", "hang", "slow", "reboot"}


def test_a_value_is_changed_through_the_control_interface(lab):
    [before] = snmpget(lab, "ups-1", "1.3.6.1.2.1.1.6.0")
    status, _ = lab.control("POST", "/devices/ups-1/snmp", {"oid": "1.3.6.1.2.1.1.6.0", "value": "attic"})

    assert status == 200
    assert snmpget(lab, "ups-1", "1.3.6.1.2.1.1.6.0") == ["attic"]
    lab.control(
        "POST", "/devices/ups-1/snmp", {"oid": "1.3.6.1.2.1.1.6.0", "value": before.encode().hex(), "tag": "4x"}
    )
    assert snmpget(lab, "ups-1", "1.3.6.1.2.1.1.6.0") == [before]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"oid": "1.3.6.1.2.1.1.3.0", "value": "soon"}, "1.3.6.1.2.1.1.3.0: "),
        ({"oid": "1.3.6.1.2.1.1.3.0", "value": -1}, "does not fit"),
        ({"oid": "system", "value": 1}, "no object identifier"),
        ({"oid": NAME}, "the body must be"),
        ({"oid": NAME, "value": [1]}, "a number, a text, or null"),
        ({"oid": NAME, "value": "zz", "tag": "4x"}, "tag '4x'"),
    ],
)
def test_a_value_that_cannot_be_is_refused_with_the_reason(lab, body, words):
    status, answer = lab.control("POST", "/devices/ups-1/snmp", body)

    assert status == 400
    assert words in answer["error"]


def test_a_fault_of_datagrams_leaves_the_other_door_alone(lab):
    lab.fault("rtr-edge-1", "loss", share=1.0)

    with lab.shell("rtr-edge-1") as shell:
        shell.send("show clock\n")
        assert "#" in shell.until("#")
    with pytest.raises(AssertionError, match="Timeout"):
        snmpget(lab, "rtr-edge-1", NAME)


def test_a_reboot_of_a_router_starts_its_agent_anew(lab):
    [before] = snmpget(lab, "rtr-lan-1", UPTIME)
    lab.fault("rtr-lan-1", "reboot", for_seconds=0.3)
    until = time.monotonic() + PATIENCE_SECONDS
    while lab.control("GET", "/devices/rtr-lan-1")[1]["state"] == "booting":
        assert time.monotonic() < until
        time.sleep(0.05)

    [after] = snmpget(lab, "rtr-lan-1", UPTIME)

    days, *_ = before.split(":")
    assert int(days) > 0
    assert after.startswith("0:0:00:")


def test_what_speaks_only_snmp_takes_no_change_of_a_configuration(lab):
    status, answer = lab.control("POST", "/devices/ups-1/change", {"lines": ["x"]})

    assert status == 400
    assert "speaks SNMP alone" in answer["error"]


# ---- traps -----------------------------------------------------------------------------------------------------


def hear_trap(lab, deed):
    """Do something, and give the variables of the trap that pysnmp hears then from ups-1."""
    from pysnmp.carrier.asyncio.dgram import udp
    from pysnmp.entity import config, engine
    from pysnmp.entity.rfc3413 import ntfrcv
    from pysnmp.proto.rfc1902 import OctetString

    _, snmp = section(lab, "ups-1")
    login = lab.login(snmp["credential"])

    async def listen():
        heard = asyncio.get_running_loop().create_future()
        ears = engine.SnmpEngine()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        config.add_transport(ears, udp.DOMAIN_NAME, udp.UdpTransport().open_server_mode(("127.0.0.1", port)))
        config.add_v3_user(
            ears,
            login["username"],
            config.USM_AUTH_HMAC96_SHA,
            login["password"],
            config.USM_PRIV_CFB128_AES,
            login["privacy"],
            securityEngineId=OctetString(bytes.fromhex("80007ed904") + b"ups-1"),
        )

        def hear(_engine, _reference, _context, _name, variables, _about):
            if not heard.done():
                heard.set_result({name.prettyPrint(): value.prettyPrint() for name, value in variables})

        ntfrcv.NotificationReceiver(ears, hear)
        status, answer = await asyncio.to_thread(lab.control, "POST", "/traps", {"to": f"127.0.0.1:{port}"})
        assert status == 200, answer
        try:
            await asyncio.to_thread(deed)
            return await asyncio.wait_for(heard, PATIENCE_SECONDS)
        finally:
            ears.close_dispatcher()
            lab.control("POST", "/traps", {"to": lab.endpoints["traps"]})

    return asyncio.run(listen())


def test_a_ups_on_battery_says_so_at_once_and_when_it_is_over(lab):
    began = hear_trap(lab, lambda: lab.control("POST", "/scenario/ups-on-battery", {"device": "ups-1"}))
    over = hear_trap(lab, lambda: lab.control("POST", "/scenario/calm"))

    kinds = {trap["kind"] for case in FILE_OF_EVENTS["on-battery"] for trap in (case["trap"], case["over"])}
    assert began[TRAP_KIND] in kinds
    assert over[TRAP_KIND] in kinds - {began[TRAP_KIND]}
    assert int(began[UPTIME]) <= int(over[UPTIME])


@pytest.mark.parametrize("to", ["", "nowhere", "127.0.0.1:0", "ups.example.org:162", 162])
def test_a_receiver_that_is_no_address_is_refused(lab, to):
    assert lab.control("POST", "/traps", {"to": to})[0] == 400


# ---- what happens in a room --------------------------------------------------------------------------------------


class Ticking(Clock):
    """A clock that is set by hand."""

    def __init__(self):
        super().__init__()
        self.seconds = 0.0

    def now(self):
        return self.seconds


UPS = record.read(record.FOLDER / "ups" / "rfc1628.snmprec")
PDU = [
    record.row("1.3.6.1.2.1.1.3.0|67|100"),
    record.row("1.3.6.1.4.1.318.1.1.26.10.2.2.1.8.1|2|231"),
    record.row("1.3.6.1.4.1.318.1.1.26.10.2.2.1.8.2|2|240"),
]


def box(name, rows, clock):
    agent = Agent(lambda: rows, [Community("2c", "public")], clock=clock)
    agent.run()
    return Box(name, "127.0.0.1", clock, Door(agent, "127.0.0.1", 0, version="2c", walk="", elsewhere="127.0.0.1"))


@pytest.fixture
def stage():
    clock = Ticking()
    boxes = {"ups": box("ups", UPS, clock), "pdu": box("pdu", PDU, clock), "other": box("other", PDU, clock)}
    sensors = (
        {"name": "in", "device": "pdu", "kinds": ["temperature"], "rack": "A01", "index": "1"},
        {"name": "out", "device": "other", "kinds": ["temperature"], "rack": "A02", "index": "2"},
        {"name": "door", "device": "other", "kinds": ["door"], "rack": "A01", "index": "1"},
    )
    return Stage(boxes, clock, Receiver("127.0.0.1", 9), sensors)


def read(stage, device, name):
    value = stage.devices[device].snmp.agent.table.value(oid.numbers(name))
    assert value is not None
    return number(value)


def test_on_battery_the_mains_are_gone_and_the_battery_drains_by_the_clock(stage):
    source, seconds, minutes, charge, volts = (
        f"1.3.6.1.2.1.33.1.{tail}" for tail in ("4.1.0", "2.2.0", "2.3.0", "2.4.0", "3.3.1.3.2")
    )
    ups_on_battery(stage, {"device": "ups"})
    first = [read(stage, "ups", name) for name in (source, seconds, minutes, charge, volts)]
    stage.clock.seconds += 750
    later = [read(stage, "ups", name) for name in (source, seconds, minutes, charge, volts)]
    stage.clock.seconds += 10_000
    empty = [read(stage, "ups", name) for name in (minutes, charge)]

    assert first == [5, 0, 38, 100, 0]
    assert later == [5, 750, 19, 50, 0]
    assert empty == [0, 0]


def test_calm_takes_back_what_happened_and_leaves_what_was_changed(stage):
    table = stage.devices["ups"].snmp.agent.table
    before = {name: table.value(name) for name in table.below((1,)) if table.keep(name).motion is None}
    stage.devices["ups"].snmp.agent.set(NAME, "renamed")
    ups_on_battery(stage, {})
    ups_on_battery(stage, {})
    calm(stage, {})

    after = {name: table.value(name) for name in table.below((1,)) if table.keep(name).motion is None}
    assert after.pop(oid.numbers(NAME)) == b"\x04\x07renamed"
    before.pop(oid.numbers(NAME))
    assert after == before


def test_a_hot_rack_is_hot_where_its_sensors_are_and_nowhere_else(stage):
    inlet, second = (f"1.3.6.1.4.1.318.1.1.26.10.2.2.1.8.{index}" for index in (1, 2))

    did = hot_rack(stage, {"rack": "A01", "degrees": 10})

    assert [deed["sensor"] for deed in did] == ["in"]
    assert [read(stage, "pdu", name) for name in (inlet, second)] == [331, 240]
    assert [read(stage, "other", name) for name in (inlet, second)] == [231, 240]
    calm(stage, {})
    assert read(stage, "pdu", inlet) == 231


def test_a_scenario_that_finds_nobody_says_so(stage):
    with pytest.raises(CannotPlay, match="no sensor at rack 'Z9'; there are some at A01, A02"):
        hot_rack(stage, {"rack": "Z9"})
    with pytest.raises(CannotPlay, match="no UPS"):
        ups_on_battery(stage, {"device": "pdu"})
    with pytest.raises(CannotPlay, match="no device 'nobody'"):
        ups_on_battery(stage, {"device": "nobody"})


def test_the_endpoints_name_the_agents_and_who_hears_them(lab):
    endpoints = json.loads((lab.state / "endpoints.json").read_text())
    agents = {device["name"]: device["snmp"] for device in endpoints["devices"]}

    assert agents["ups-1"] == 1161
    assert endpoints["traps"].endswith(":1162")


def test_agents_of_one_walk_differ_and_each_is_the_same_in_every_lab():
    rows = choice.of({"role": "access-switch"}).rows("sw")
    octets, mac = oid.numbers("1.3.6.1.2.1.31.1.1.1.6.10101"), oid.numbers("1.3.6.1.2.1.2.2.1.6.10101")
    entry = {"serial": "ABC123", "site": "main", "place": {"rack": "A01", "unit": 3}}

    def own(name):
        return dict(identity.of(rows, {"name": name, **entry}, b"engine"))

    first, again, other = own("sw-1"), own("sw-1"), own("sw-2")

    assert first == again
    assert first[oid.numbers(NAME)] == b"\x04\x04sw-1"
    assert first[oid.numbers("1.3.6.1.2.1.1.6.0")] == b"\x04\x09main, A01"
    assert first[oid.numbers("1.3.6.1.2.1.47.1.1.1.1.11.1")] == b"\x04\x06ABC123"
    assert number(first[octets]) != number(other[octets])
    assert first[mac][:5] == other[mac][:5]
    assert first[mac] != other[mac]


def test_every_walk_that_is_chosen_is_there_and_fits_somebody():
    entries = [entry for entry in estate.entries(estate.read("reference").files) if entry.get("snmp")]

    assert entries
    assert [entry["name"] for entry in entries if choice.of(entry) is None] == []


def test_the_pdu_of_the_second_feed_has_the_probe_behind_the_rack():
    entries = {entry["name"]: entry for entry in estate.entries(estate.read("reference").files)}

    assert choice.of(entries["pdu-a01-a"]).name == "pdu/ap8881"
    assert choice.of(entries["pdu-a01-b"]).name == "pdu/ap8881-back"
