"""Peplink: only the configuration file of the web admin brings it back; what the API says of it does not."""

from __future__ import annotations

import re

from dcops.model.snapshot import ConfigSource
from dcops.model.way_back import Case, Loss, Need, Step, Way, WayBack, Where
from dcops.restore.common import BACKUP_FIRST, EXPORT
from dcops.restore.signs import sign

_MENU = "the menu is that of firmware 8.x as commonly described; no unit of ours was seen"

_UPLOAD = (
    Step(
        Where.WEB,
        "https://{host}{web_port}/ > System > Configuration > Upload Configurations: choose {file}. It replaces"
        " everything;"
        " the unit restarts by itself, or asks for Apply Changes",
        unproven=_MENU,
    ),
    Step(
        Where.WEB,
        "Log in again, with the password that is in the file: the one of the day on which it was taken, not today's",
    ),
)
_WORKS = (
    Step(Where.WEB, "Dashboard: every connection that should be is green; Status > Event Log shows no refusal"),
    Step(Where.ROOM, "From a place inside: each outbound rule that matters reaches its target"),
)

WAY_BACK = WayBack(
    title="Peplink Balance",
    proven="Written after the vendor's manual and not walked on a real unit: restore a file once on a spare unit of"
    " the same"
    " model before you rely on it.",
    needs=(
        Need("The same model: a file of another one may be refused, or be half taken"),
        Need("The same firmware, or a later one: System > Firmware"),
        Need("The web admin's password of the day on which the file was taken"),
        Need("A laptop beside it on the LAN: a blank unit listens at its factory address, and its LAN may change"),
    ),
    losses=(
        Loss("licences and feature keys: they belong to the serial number", "ask the vendor to move them"),
        Loss("the tie to InControl and to warranty", "register the new serial number, if your rules allow that cloud"),
        Loss(
            "the SpeedFusion or PepVPN identity, where the other end knows this unit by its serial number",
            "write the new serial number into the profile of the other end",
            sign(r'"status\.pepvpn"|[Ss]peed[Ff]usion|[Pp]ep[Vv][Pp][Nn]'),
        ),
        Loss(
            "modem and SIM: PIN, and what the carrier allows for this modem",
            "move the SIM; tell the carrier the new IMEI if it wants one",
            sign(r'"(?:cellular|modem)": \{'),
        ),
        Loss("firmware of both partitions", "keep the image beside the archive"),
        Loss("its certificate, if it made that itself", "dcops trust add"),
    ),
    ways=(
        Way(
            case=Case.REPLACEMENT,
            sends=(ConfigSource.FILE,),
            form="as the configuration file (.conf) of the web admin",
            before=(
                EXPORT,
                Step(
                    Where.ROOM,
                    "Mount the new {model}; connect a laptop to its LAN and no WAN cable. Log in at the factory"
                    " address with"
                    " the factory password",
                ),
                Step(Where.WEB, "System > Firmware: install {software}", unproven=_MENU),
            ),
            restore=(*_UPLOAD, Step(Where.ROOM, "Plug in the WAN cables, port by port as labelled")),
            check=_WORKS,
            undo=(
                Step(
                    Where.WEB,
                    "System > Configuration > Restore Configuration to Factory Settings, and begin anew",
                    unproven=_MENU,
                ),
            ),
        ),
        Way(
            case=Case.REPAIR,
            sends=(ConfigSource.FILE,),
            form="as the configuration file (.conf) of the web admin",
            before=(
                BACKUP_FIRST,
                Step(
                    Where.WEB,
                    "System > Configuration > Download Active Configurations: keep what it has now",
                    unproven=_MENU,
                ),
                EXPORT,
                Step(Where.WEB, "Nobody else is logged in, and no change waits for Apply Changes: it would be lost"),
            ),
            restore=_UPLOAD,
            check=_WORKS,
            undo=(Step(Where.WEB, "Upload the file that you downloaded first", unproven=_MENU),),
        ),
    ),
    identity={
        "model": re.compile(r'"model": "([^"]+)"'),
        "serial": re.compile(r'"serialNumber": "([^"]+)"'),
        "software": re.compile(r'"version": "([^" ]+)'),
    },
    suffix="conf",
    no_way="The state of a Peplink proves what was set, and restores nothing: only the web admin's own configuration"
    " file"
    " (.conf) does. Set up [peplink] download_path, or download it by hand and: dcops archive import {device} FILE"
    " (docs/how-to/peplink.md)",
)
