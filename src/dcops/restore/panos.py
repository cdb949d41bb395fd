"""Palo Alto PAN-OS: a file that is imported, loaded as a whole into the candidate, validated and committed."""

from __future__ import annotations

import re

from dcops.model.snapshot import ConfigSource
from dcops.model.way_back import Case, Loss, Need, Step, Value, Way, WayBack, Where
from dcops.restore.common import BACKUP_FIRST, EXPORT
from dcops.restore.signs import sign

_HA = sign(r"<high-availability>")
_SYSTEM = r"<deviceconfig>\s*<system>(?:(?!</system>)[\s\S])*?"
_MANY_VSYS = sign(r'^\s*<entry name="vsys(?!1")\d+"')
_PANORAMA = sign(r"<panorama-server>|<panorama>")
_KEYS = sign(r"<private-key>")

_IMPORT = Step(
    Where.WEB,
    "https://{host}{web_port}/ > Device > Setup > Operations > Import named configuration snapshot: choose {file}",
)
_LOAD = Step(
    Where.WEB,
    "Same page > Load named configuration snapshot: {file}. It replaces the whole candidate, other administrators'"
    " uncommitted work included. Never load a part",
)
_COMMIT = Step(
    Where.WEB,
    "Commit > Validate Commit, read every warning; then Commit > Commit All Changes. It takes minutes. There is no"
    " timer that"
    " takes a commit back: stay at the console until you have logged in anew",
)

_WORKS = (
    Step(
        Where.DEVICE,
        "The commit job says FIN and OK; interfaces are up; sessions grow",
        ("show jobs all", "show interface all", "show session info"),
    ),
    Step(
        Where.DEVICE,
        "The pair: one is active, one passive, both synchronized",
        ("show high-availability state",),
        only=_HA,
    ),
)

_REPLACEMENT = Way(
    case=Case.REPLACEMENT,
    sends=(ConfigSource.RUNNING, ConfigSource.CANDIDATE, ConfigSource.STARTUP),
    form="as a named configuration snapshot (XML, as it was exported)",
    before=(
        EXPORT,
        Step(
            Where.ROOM,
            "Mount the new {model}. Plug in power, console (9600 8N1) and the management port; no other cable, none"
            " of HA",
        ),
        Step(
            Where.CONSOLE,
            "Log in as admin and give it the management address of the old one",
            (
                "configure",
                "set deviceconfig system type static",
                "set deviceconfig system ip-address {management_ip} netmask {netmask} default-gateway {gateway}",
                "commit",
                "exit",
            ),
        ),
        Step(
            Where.CONSOLE,
            "Model and software must be those of the old one: {software}. If not, install that release first (Device >"
            " Software; content updates before it)",
            ("show system info",),
        ),
        Step(
            Where.WEB,
            "Device > Licenses: activate them for the new serial number. Device > Dynamic Updates: install the content;"
            " a rule that names an unknown application or signature fails the commit",
        ),
        Step(
            Where.WEB,
            "Device > Master Key and Diagnostics: if the old firewall's master key was ever changed, set the same one"
            " NOW,"
            " before anything is loaded. Otherwise every key and password in the file is unreadable",
        ),
        Step(
            Where.CONSOLE,
            "The file has more than one virtual system: switch that on first (the firewall restarts)",
            ("set system setting multi-vsys on",),
            only=_MANY_VSYS,
        ),
    ),
    restore=(
        _IMPORT,
        _LOAD,
        _COMMIT,
        Step(
            Where.CONSOLE,
            "Keep it from becoming active: the other member carries the traffic. Only then plug in the HA cables",
            ("request high-availability state suspend",),
            only=_HA,
        ),
        Step(Where.ROOM, "Plug in the data cables, port by port as labelled"),
        Step(
            Where.CONSOLE,
            "Let it join when both show the same software, and the other member is active",
            ("show high-availability all", "request high-availability state functional"),
            only=_HA,
        ),
    ),
    check=_WORKS,
    undo=(
        Step(Where.ROOM, "If it disturbs the network: pull its data and HA cables; management and console stay"),
        Step(
            Where.CONSOLE,
            "Loaded and not committed: throw the candidate away",
            ("configure", "load config from running-config.xml"),
        ),
        Step(
            Where.CONSOLE,
            "Committed: make the box blank again (logs and configuration go) and begin anew",
            ("request system private-data-reset",),
        ),
    ),
)

_REPAIR = Way(
    case=Case.REPAIR,
    sends=(ConfigSource.RUNNING, ConfigSource.CANDIDATE, ConfigSource.STARTUP),
    form="as a named configuration snapshot (XML, as it was exported)",
    before=(
        BACKUP_FIRST,
        EXPORT,
        Step(
            Where.DEVICE,
            "On the active member. Nobody else may have locks or uncommitted work: it would be lost",
            ("show high-availability state", "show config-locks", "show commit-locks"),
            only=_HA,
        ),
        Step(
            Where.DEVICE,
            "Nobody else may have locks or uncommitted work: it would be lost",
            ("show config-locks", "show commit-locks"),
            only=sign(r"", unless=r"<high-availability>"),
        ),
        Step(
            Where.DEVICE,
            "Keep on the firewall what it has now",
            ("configure", "save config to before-{revision}.xml", "exit"),
        ),
    ),
    restore=(
        _IMPORT,
        _LOAD,
        Step(Where.WEB, "Commit > Preview Changes: what differs must be what you expect, and nothing else"),
        _COMMIT,
    ),
    check=_WORKS,
    undo=(
        Step(
            Where.DEVICE,
            "Not committed: throw the candidate away",
            ("configure", "load config from running-config.xml"),
        ),
        Step(
            Where.CONSOLE,
            "Committed: go back to what you kept",
            ("configure", "load config from before-{revision}.xml", "commit"),
        ),
    ),
)

WAY_BACK = WayBack(
    title="Palo Alto PAN-OS",
    proven="Export, import, load and commit are the vendor's documented way; menus and commands are those of PAN-OS"
    " 9.1 and 10.1. This way was not walked on a real firewall by the makers of dcops: walk it once on a spare one.",
    needs=(
        Need("The same model: interfaces are named after its ports"),
        Need("The same PAN-OS release. A file of another one may be refused, or be changed while it is loaded"),
        Need("Licences for the new serial number (support portal), and the content updates the rules need"),
        Need("The master key, if it was ever changed. It is in no backup"),
        Need("The password of an administrator in the file: after the commit only those log in, the box's own is gone"),
        Need("A console cable: a commit that cuts off management is not taken back by itself"),
        Need("The other member is active, and stays so until the new one is whole", _HA),
        Need(
            "Preemption is on: this member takes over by itself when it has the better priority, so suspend it first",
            sign(r"<preemptive>yes</preemptive>"),
        ),
        Need("A licence for virtual systems", _MANY_VSYS),
        Need("Panorama knows the new serial number; its rules are not in this file", _PANORAMA),
    ),
    losses=(
        Loss(
            "the master key: keys and passwords in the file are encrypted with it",
            "set the same one before loading. Still the vendor's own? Then nothing is to be done",
            sign(r"<private-key>|<pre-shared-key>|<bind-password>|<secret>"),
        ),
        Loss(
            "private keys of certificates, without that master key; and those that a hardware module holds",
            "import or enrol them again (Device > Certificate Management)",
            _KEYS,
        ),
        Loss(
            "licences and support: they belong to the serial number of the old box", "move them in the support portal"
        ),
        Loss(
            "content: applications, threats, antivirus, WildFire, URL data",
            "Device > Dynamic Updates, before the commit",
        ),
        Loss("the PAN-OS software itself", "Device > Software, or keep the image of each model beside the archive"),
        Loss(
            "who is active: an election is not in the file",
            "suspend the new member before the HA cables are plugged in",
            _HA,
        ),
        Loss("commit and configuration locks, and what others had not committed", "they begin anew"),
        Loss("rules and objects that Panorama pushed", "push them again from Panorama", _PANORAMA),
        Loss(
            "more than one virtual system, while the box has that switched off",
            "`set system setting multi-vsys on`, before loading",
            _MANY_VSYS,
        ),
        Loss(
            "what GlobalProtect keeps outside the configuration (satellites' certificates, portal pages)",
            "a device state export holds it; dcops does not archive one",
            sign(r"<global-protect>"),
        ),
        Loss("its SSH host key, and the certificate of the web admin if it made that itself", "dcops trust add"),
        Loss("logs, reports, sessions, user mappings", "they begin anew; what went to syslog is there"),
    ),
    ways=(_REPLACEMENT, _REPAIR),
    identity={
        "hostname": re.compile(r"<hostname>([^<]+)</hostname>"),
        "software": re.compile(r'<config\b[^>]*?\b(?:detail-version|version)="([^"]+)"'),
    },
    values={
        "management_ip": Value(re.compile(_SYSTEM + r"<ip-address>([^<]+)</ip-address>"), "ADDRESS"),
        "netmask": Value(re.compile(_SYSTEM + r"<netmask>([^<]+)</netmask>"), "NETMASK"),
        "gateway": Value(re.compile(_SYSTEM + r"<default-gateway>([^<]+)</default-gateway>"), "GATEWAY"),
    },
)
