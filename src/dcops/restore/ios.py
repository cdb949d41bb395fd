"""Cisco IOS and IOS-XE: a text for an empty NVRAM, or a replacement of what runs with a timer that takes it back."""

from __future__ import annotations

import re

from dcops.model.snapshot import ConfigSource
from dcops.model.way_back import Case, Loss, Need, Step, Value, Way, WayBack, Where
from dcops.restore.common import BACKUP_FIRST, EXPORT
from dcops.restore.signs import sign

_ARCHIVE = r"^ path [a-z0-9]+:"
_TIMER = sign(_ARCHIVE)
_NO_TIMER = sign(r"", unless=_ARCHIVE)
_SCP = sign(r"^ip scp server enable")
_NO_SCP = sign(r"", unless=r"^ip scp server enable")
_V3 = sign(r"^snmp-server (?:group \S+ v3|user .*\bv3\b)")
_TYPE_6 = sign(r"^password encryption aes|\b6 <secret:")
_VLANS = sign(r"^\s+switchport\b|^vlan database|^vtp mode (?:server|client)", unless=r"^vtp mode (?:transparent|off)")
_CERTIFICATES = sign(r"^crypto pki certificate chain")
_STANDBY = sign(r"^ (?:standby|vrrp|glbp) \d+ ")
_BGP = sign(r"^router bgp ")
_OSPF = sign(r"^router ospf|^ipv6 router ospf|^router ospfv3")

_STRIP = Step(
    Where.HOST,
    "Take off the lines that the router prints above its configuration. Then the first line must be `version …` and the"
    " last one `end`",
    ("(umask 077; sed -n '/^version /,$p' {file} > {load})", "head -1 {load}; grep . {load} | tail -1"),
)

_WORKS = (
    Step(
        Where.DEVICE,
        "Interfaces and routes",
        ("show ip interface brief", "show ipv6 interface brief", "show ip route summary"),
    ),
    Step(Where.DEVICE, "Who is active in each redundancy group", ("show standby brief",), only=_STANDBY),
    Step(Where.DEVICE, "Every neighbour is established", ("show bgp all summary",), only=_BGP),
    Step(Where.DEVICE, "Every neighbour is full", ("show ip ospf neighbor",), only=_OSPF),
    Step(
        Where.DEVICE,
        "Every VLAN is there",
        ("show vlan brief",),
        only=_VLANS,
    ),
)

_REPLACEMENT = Way(
    case=Case.REPLACEMENT,
    sends=(ConfigSource.RUNNING, ConfigSource.STARTUP),
    form="as the startup configuration of a box that holds none",
    load_suffix="-load.cfg",
    before=(
        EXPORT,
        _STRIP,
        Step(Where.HOST, "Copy {load} onto a USB stick (FAT32)"),
        Step(
            Where.ROOM,
            "Mount the new {model}, put the modules into the same slots: interfaces are named after them. Plug in power"
            " and console (9600 8N1), and no network cable yet",
        ),
        Step(
            Where.CONSOLE,
            "Say no to the initial configuration dialog. The software must be {software} or a later one of its train",
            ("enable", "show version", "show inventory"),
        ),
    ),
    restore=(
        Step(
            Where.CONSOLE,
            "Set the master key that the old router had; it is in no backup. The router asks for it",
            ("configure terminal", "key config-key password-encrypt", "password encryption aes", "end", "write memory"),
            only=_TYPE_6,
            unproven="that it outlives the next steps; if keys are refused after the reload, set it again and copy the"
            " file into running-config",
        ),
        Step(
            Where.CONSOLE,
            "Copy the file. The stick is usb0: on an ISR 4000, usbflash0: on a 1900 and most Catalysts; `show file"
            " systems` names it. Without a stick: give one interface an address, then `copy scp: startup-config` from a"
            " host that runs sshd",
            ("show file systems", "copy usb0:{load} startup-config"),
        ),
        Step(
            Where.CONSOLE,
            "Start with it. Asked whether the modified configuration is to be saved, say NO: yes would overwrite the"
            " file. Note every line that is refused while it boots",
            ("reload",),
        ),
        Step(
            Where.CONSOLE,
            "Make new SSH keys, and save",
            ("configure terminal", "crypto key generate rsa modulus 2048", "end", "write memory"),
        ),
        Step(
            Where.CONSOLE,
            "Create the SNMPv3 users again: they are in no configuration text. Their passwords are in your password"
            " store",
            ("configure terminal", "snmp-server user USER GROUP v3 auth sha PASSWORD priv aes 128 PASSWORD", "end"),
            only=_V3,
        ),
        Step(Where.CONSOLE, "Create the VLANs again, unless VTP brings them", ("show vlan brief",), only=_VLANS),
        Step(Where.ROOM, "Plug in the network cables, the management one first"),
    ),
    check=_WORKS,
    undo=(
        Step(Where.CONSOLE, "The box was blank: make it blank again and begin anew", ("write erase", "reload")),
        Step(
            Where.ROOM,
            "If it disturbs the network, pull its cables, the console excepted",
        ),
    ),
)

_REPAIR = Way(
    case=Case.REPAIR,
    sends=(ConfigSource.RUNNING, ConfigSource.STARTUP),
    form="in place of the running configuration; only what differs is changed",
    load_suffix="-load.cfg",
    before=(
        BACKUP_FIRST,
        EXPORT,
        _STRIP,
        Step(
            Where.HOST,
            "Copy the file to the router (USER: a login of privilege 15). -O: IOS speaks the old protocol of scp",
            ("scp -O{ssh_port} {load} USER@{host}:{flash}{load}",),
            only=_SCP,
        ),
        Step(
            Where.DEVICE,
            "Its scp server is off: let the router fetch the file from a host that runs sshd, or use a USB stick",
            ("copy scp: {flash}{load}",),
            only=_NO_SCP,
        ),
        Step(
            Where.DEVICE,
            "See what would change (+ would come, - would go)",
            ("show archive config differences system:running-config {flash}{load}",),
        ),
    ),
    restore=(
        Step(
            Where.DEVICE,
            "Replace. Without your word the router takes it back after 10 minutes, so a lost connection heals itself",
            ("configure replace {flash}{load} force revert trigger error timer 10",),
            only=_TIMER,
        ),
        Step(
            Where.CONSOLE,
            "Replace, standing at the console: no `archive` with a `path` is in this version, so there is no timer that"
            " takes it back",
            ("configure replace {flash}{load} force",),
            only=_NO_TIMER,
        ),
    ),
    check=(
        Step(Where.HOST, "Log in anew, in a second window: the old session proves nothing"),
        *_WORKS,
        Step(
            Where.DEVICE,
            "All well: keep it. No spell of 10 minutes may pass before this",
            ("configure confirm", "write memory", "delete {flash}{load}"),
            only=_TIMER,
        ),
        Step(Where.DEVICE, "All well: save it", ("write memory", "delete {flash}{load}"), only=_NO_TIMER),
    ),
    undo=(
        Step(Where.DEVICE, "Take it back now, or wait for the timer", ("configure revert now",), only=_TIMER),
        Step(
            Where.HOST,
            "Later: go back to what was archived first",
            ("{dcops} archive log {device}", "{dcops} restore plan {device} --at THAT-REVISION"),
        ),
    ),
)

WAY_BACK = WayBack(
    title="Cisco IOS, IOS-XE",
    proven="The commands are those of Cisco's guides, `configure replace` and its timer those of NAPALM's driver."
    " This way was not walked on a real router by the makers of dcops: walk it once on a spare one.",
    needs=(
        Need("The same model with the same modules in the same slots"),
        Need("The same software, or a later one of the same train"),
        Need(
            "The licence level has to be active, or its commands are refused (`license boot level …`, then a reload)",
            sign(r"^license (?:boot|feature|smart|accept)"),
        ),
        Need("A console cable, and somebody who holds it: the management address may be the thing that is wrong"),
        Need(
            "The master key of type 6 passwords, from your password store",
            _TYPE_6,
        ),
        Need(
            "The members of the stack have the numbers they had (`switch N renumber M`)", sign(r"^switch \d+ provision")
        ),
    ),
    losses=(
        Loss(
            "private keys, RSA and EC: no router shows them",
            "make new ones (`crypto key generate rsa`); SSH then shows another host key: dcops trust add",
        ),
        Loss(
            "private keys of its certificates; the certificates alone are of no use",
            "enrol again (`crypto pki enroll TRUSTPOINT`), and tell whoever trusts them",
            _CERTIFICATES,
        ),
        Loss(
            "certificates that lie in its NVRAM as files",
            "they are made or fetched anew",
            sign(r"nvram:\S+\.cer"),
        ),
        Loss(
            "SNMPv3 users: no configuration text has them, and their keys belong to the engine ID of the old box",
            "create them again (`snmp-server user`), and let the pollers learn the new engine ID",
            _V3,
        ),
        Loss(
            "type 6 passwords, without the master key: the new box cannot read them",
            "set the same master key first (`key config-key password-encrypt`), or type every such password anew",
            _TYPE_6,
        ),
        Loss(
            "the VLAN database (vlan.dat), as VTP is not transparent here",
            "create the VLANs again, or let the VTP server bring them",
            _VLANS,
        ),
        Loss(
            "licences: they belong to the serial number of the old box",
            "register the new one, or move them at the vendor's licence portal",
            sign(r"^license "),
        ),
        Loss(
            "files on its flash: the software image itself",
            "keep the image of each model beside the archive, with its checksum",
        ),
        Loss(
            "scripts and files on its flash that the configuration names",
            "keep them beside the archive",
            sign(r"^event manager policy|^event manager directory|\bscript (?:file|flash)|^ip admission .*file|^tclsh"),
        ),
        Loss(
            "addresses that its DHCP server has given out",
            "clients ask again; a short lease shortens the trouble",
            sign(r"^ip dhcp pool", unless=r"^ip dhcp database"),
        ),
        Loss("the configuration register and what ROMMON holds", "`show version` must end in 0x2102"),
        Loss("the clock", "set it (`clock set`) before certificates are checked; NTP goes on from there"),
    ),
    ways=(_REPLACEMENT, _REPAIR),
    identity={
        "hostname": re.compile(r"^hostname (\S+)", re.MULTILINE),
        "model": re.compile(r"^license udi pid (\S+) sn ", re.MULTILINE),
        "serial": re.compile(r"^license udi pid \S+ sn (\S+)", re.MULTILINE),
        "software": re.compile(r"^version (\S+)", re.MULTILINE),
    },
    values={"flash": Value(re.compile(r"^(?:boot system| path) .*?\b((?:bootflash|flash):)", re.MULTILINE), "flash:")},
)
