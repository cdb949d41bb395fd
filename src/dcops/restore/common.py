"""Steps that are the same on every platform: what dcops does before and after."""

from __future__ import annotations

from dcops.model.way_back import Step, Where

EXPORT = Step(
    Where.HOST,
    "Open the sealed file with the key of one holder (KEY is that file). What comes out holds every secret in the"
    " clear",
    ("{dcops} archive export {device} --at {revision} --source {source} --to {file} --identity KEY",),
)

BACKUP_FIRST = Step(
    Where.HOST,
    "Archive what it has now: that is what you come back to if this goes wrong. If it cannot be read, go on without",
    ("{dcops} backup --device {device}",),
)

TRUST = Step(
    Where.HOST,
    "A new box shows a new host key or certificate. Compare its fingerprint with the one on its console, then believe"
    " it",
    ("{dcops} trust add {device}",),
)

READ_AGAIN = (
    Step(Where.HOST, "See whether dcops can log in and read everything", ("{dcops} device test {device}",)),
    Step(
        Where.HOST,
        "Read it and compare with what was sent. What differs did not come back, or was changed on purpose",
        ("{dcops} backup --device {device}", "{dcops} archive diff {device} {revision} --source {source}"),
    ),
)

READ_BY_HAND = (
    Step(
        Where.HOST,
        "There is no inventory here, so dcops cannot read the device from here. Show its configuration on the device"
        " and compare it with",
        ("{dcops} archive show {device} --at {revision} --source {source}",),
    ),
)

REMOVE = Step(
    Where.HOST,
    "Remove the files with the secrets, here and wherever you carried them",
    ("shred -u {file}",),
)

REMOVE_BOTH = Step(REMOVE.where, REMOVE.what, ("shred -u {file} {load}",))

INVENTORY = Step(
    Where.HOST,
    "Write the serial number of the new box, and its software if that is another one, into the inventory",
)
