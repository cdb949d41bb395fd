"""A device's own backup file, on a platform of which dcops knows nothing more: its maker's means, and honest words."""

from __future__ import annotations

from dcops.model.snapshot import ConfigSource
from dcops.model.way_back import Case, Loss, Need, Step, Way, WayBack, Where
from dcops.restore.common import EXPORT

WAY = Way(
    case=Case.REPLACEMENT,
    sends=(ConfigSource.FILE,),
    form="as the device's own backup file, by the means of its maker",
    before=(
        EXPORT,
        Step(Where.ROOM, "Mount the new {model}, power and console or laptop only, with the software of the old one"),
    ),
    restore=(
        Step(
            Where.DEVICE,
            "Restore {file} as the maker's guide says",
            unproven="dcops knows no steps for this platform: write them down when you have walked them",
        ),
        Step(Where.ROOM, "Plug in the network cables, port by port as labelled"),
    ),
    check=(Step(Where.DEVICE, "What it is there for works: traffic, logins, alarms"),),
    undo=(Step(Where.DEVICE, "Back to factory settings, and begin anew"),),
)

NEEDS = (
    Need("The same model and software, as far as you can have them"),
    Need("The password of the backup file, if the device encrypted it"),
)

LOSSES = (Loss("licences, certificates' private keys, master keys", "as a rule they are in no file: ask its maker"),)

WAY_BACK = WayBack(
    title="its own backup file",
    proven="dcops knows no way back for this platform: it keeps the file whole and proves that it is whole, no more.",
    needs=NEEDS,
    losses=LOSSES,
    ways=(WAY,),
)
