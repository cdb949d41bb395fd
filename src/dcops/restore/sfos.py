"""Sophos SFOS: only the backup file that the firewall pushes brings it back; the API's XML is proof of what was set."""

from __future__ import annotations

from dcops.model.snapshot import ConfigSource
from dcops.model.way_back import Case, Loss, Need, Step, Way, WayBack, Where
from dcops.restore.common import BACKUP_FIRST, EXPORT
from dcops.restore.signs import sign

_MENU = "the menu is that of the vendor's manual; no firewall of ours was seen"

_RESTORE = Step(
    Where.WEB,
    "Backup & firmware > Backup & restore > Restore configuration: choose {file}, give its encryption password,"
    " Upload and"
    " restore. The firewall restarts",
    unproven=_MENU,
)
_WORKS = (
    Step(Where.WEB, "Control center: interfaces, services and licences are green"),
    Step(
        Where.WEB, "Log in with an administrator of the file: the accounts are those of the day on which it was taken"
    ),
    Step(
        Where.HOST,
        "Compare rules and objects with what was archived of its state",
        ("{dcops} archive show {device} --source state",),
    ),
)

WAY_BACK = WayBack(
    title="Sophos SFOS",
    proven="Written after the vendor's manual and not walked on a real firewall: restore a file once on a spare one"
    " of the same"
    " model before you rely on it.",
    needs=(
        Need("The same model, or one that the vendor names as able to take its backup"),
        Need("The same firmware, or a later one: an older firmware refuses the file"),
        Need("The encryption password of the backup file. Without it the file is worth nothing"),
        Need("The secure storage master key, if one was set: without it passwords in the file are lost"),
        Need("If it is a member of a pair: HA is off. A backup is restored on the primary alone"),
    ),
    losses=(
        Loss("licences and registration: they belong to the serial number", "move them in the vendor's licence portal"),
        Loss("the secure storage master key", "from your password store; it cannot be read from the firewall"),
        Loss("firmware and signatures", "Backup & firmware > Firmware, and Pattern updates"),
        Loss("the HA pair, if it was in one", "build it again when the restored one is whole"),
        Loss(
            "RED devices and access points may have to be accepted again",
            "unlock them with the codes that are in your password store",
            sign(r"<REDDevice>|<WirelessAccessPoint>"),
        ),
        Loss("logs, reports, quarantine", "they begin anew; what went to syslog is there"),
        Loss("its certificate, if the firewall made that itself", "dcops trust add"),
    ),
    ways=(
        Way(
            case=Case.REPLACEMENT,
            sends=(ConfigSource.FILE,),
            form="as the backup file that the old firewall had pushed, encrypted with its own password",
            before=(
                EXPORT,
                Step(
                    Where.ROOM,
                    "Mount the new {model}; connect a laptop to its LAN port, no WAN cable. Go through the first-time"
                    " setup"
                    " as far as a password and a firmware of {software} or later",
                ),
            ),
            restore=(_RESTORE, Step(Where.ROOM, "Plug in the other cables, port by port as labelled")),
            check=_WORKS,
            undo=(Step(Where.CONSOLE, "Factory reset in the menu of the console, and begin anew", unproven=_MENU),),
        ),
        Way(
            case=Case.REPAIR,
            sends=(ConfigSource.FILE,),
            form="as the backup file that the firewall had pushed, encrypted with its own password",
            before=(
                BACKUP_FIRST,
                Step(
                    Where.WEB,
                    "Backup & firmware > Backup & restore > Backup now, Local: keep what it has",
                    unproven=_MENU,
                ),
                EXPORT,
            ),
            restore=(_RESTORE,),
            check=_WORKS,
            undo=(Step(Where.WEB, "Restore the backup that you took first", unproven=_MENU),),
        ),
    ),
    suffix="backup",
    no_way="What the API of a Sophos says proves what was set, and restores nothing: only the backup file that the"
    " firewall"
    " sends does. Let it send one into the drop folder, or bring it: dcops archive import {device} FILE"
    " (docs/how-to/sophos.md)",
)
