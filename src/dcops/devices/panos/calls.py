"""The questions that dcops asks a firewall, to be tried one by one."""

from __future__ import annotations

from collections.abc import Callable

from lxml import etree

from dcops.devices.panos import answers
from dcops.devices.panos.client import PanosClient
from dcops.errors import DeviceError, ErrorKind
from dcops.model.call import Call, Told

READING_ROLES = {"superreader", "devicereader", "vsysreader"}
UNKNOWN = "dcops cannot see whether the account may write: give it the role superreader"

SYSTEM_INFO = "<show><system><info></info></system></show>"
CANDIDATE = "<show><config><candidate></candidate></config></show>"
HIGH_AVAILABILITY = "<show><high-availability><state></state></high-availability></show>"
ARP = "<show><arp><entry name='all'/></arp></show>"
LLDP = "<show><lldp><neighbors>all</neighbors></lldp></show>"


def calls(client: Callable[[], PanosClient], username: str) -> tuple[Call, ...]:
    """Rights, facts, the read of the backup, and what drift, pairs and neighbours need."""

    def op(name: str, why: str, command: str, tell: Callable[[etree._Element], Told]) -> Call:
        return Call(name, why, lambda: tell(client().op(command)), needed=False)

    return (
        Call("show administrators", "rights", lambda: _rights(client(), username), needed=False),
        op("show system info", "facts", SYSTEM_INFO, _facts),
        Call("export configuration", "backup", lambda: _export(client())),
        op("show config candidate", "drift", CANDIDATE, _candidate),
        op("show high-availability state", "pairs", HIGH_AVAILABILITY, _pair),
        op("show arp all", "neighbours", ARP, _entries),
        op("show lldp neighbors all", "neighbours", LLDP, _entries),
    )


def _rights(client: PanosClient, username: str) -> Told:
    """The role as the running configuration has it: an account of a RADIUS or TACACS+ server is not in there."""
    if not username or ("'" in username and '"' in username):
        return Told("the credential holds a key and no user name", UNKNOWN)
    quote = '"' if "'" in username else "'"
    try:
        answer = client.show(f"/config/mgt-config/users/entry[@name={quote}{username}{quote}]/permissions")
    except answers.PanosError as error:
        if error.code != "7" and "No such node" not in error.message:
            raise
        return Told("the account is not a local one", UNKNOWN)
    roles = [str(role.tag) for role in answer.iterfind("result//role-based/*")]
    if not roles:
        return Told("the account is not a local one", UNKNOWN)
    role = roles[0]
    if role == "custom":
        profile = answer.findtext("result//role-based/custom/profile", "")
        return Told(f"role profile {profile}", "look at the profile: dcops needs to read and to export, not to write")
    return Told(f"role {role}", "" if role in READING_ROLES else "the account may also write: superreader is enough")


def _facts(answer: etree._Element) -> Told:
    system = answer.find("result/system")
    if system is None:
        raise DeviceError(ErrorKind.INVALID, "its answer holds no system", next_step="Look at the device")
    model, software, serial = (system.findtext(name, "") for name in ("model", "sw-version", "serial"))
    return Told(f"{model}, PAN-OS {software}, serial {serial}")


def _export(client: PanosClient) -> Told:
    content = client.export_configuration()
    root = answers.parse(content)
    if root.tag != "config":
        raise DeviceError(
            ErrorKind.INVALID, f"it exported a <{str(root.tag)[:40]}> document", next_step="Look at the device"
        )
    return Told(f"{len(content):,} bytes, version {root.get('version', 'not stated')}")


def _candidate(answer: etree._Element) -> Told:
    if (config := answer.find("result/config")) is None:
        raise DeviceError(ErrorKind.INVALID, "its answer holds no configuration", next_step="Look at the device")
    return Told(f"{len(etree.tostring(config)):,} bytes")


def _pair(answer: etree._Element) -> Told:
    if answer.findtext("result/enabled", "").strip() != "yes":
        return Told("stands alone")
    group = answer.find("result/group")
    local = group.findtext("local-info/state", "?") if group is not None else "?"
    sync = group.findtext("running-sync", "?") if group is not None else "?"
    return Told(f"{local}, {sync}", "" if sync == "synchronized" else "the pair is not synchronised")


def _entries(answer: etree._Element) -> Told:
    return Told(f"{sum(1 for _ in answer.iterfind('.//entry'))} entries")
