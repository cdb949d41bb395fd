"""The proof of backup that this API can give: whether the firewall sends its own backup file, and where to."""

from __future__ import annotations

from dataclasses import dataclass

from lxml import etree

from dcops.devices.sfos.reading import Reading


@dataclass(frozen=True, slots=True)
class Schedule:
    """What the firewall does with its own backup."""

    words: str
    leaves: bool
    """A file leaves the firewall on a schedule. Whether it arrives, only the place where it arrives can tell."""


def schedule(reading: Reading) -> Schedule:
    """What `BackupRestore` says, in words."""
    if refusal := reading.why_not("BackupRestore"):
        return Schedule(f"whether it sends its own backup could not be seen: {refusal}", leaves=False)
    found = next((each for one in reading.of("BackupRestore") for each in one.iter("ScheduleBackup")), None)
    if found is None:
        return Schedule("it has no scheduled backup: nothing can restore it", leaves=False)
    mode, often = _text(found, "BackupMode"), _text(found, "BackupFrequency")
    if often.lower() in ("", "never", "none"):
        return Schedule("its scheduled backup is off: nothing can restore it", leaves=False)
    when = " ".join(part for part in (often.lower(), _day(found), _time(found)) if part)
    match mode.lower():
        case "ftp":
            return Schedule(f"its own backup goes by FTP to {_text(found, 'FTPServer') or '?'}, {when}", leaves=True)
        case "mail" | "email":
            return Schedule(f"its own backup goes by mail, {when}", leaves=True)
        case "local":
            return Schedule(f"its own backup never leaves the device (mode Local, {when})", leaves=False)
    return Schedule(f"its own backup has the unknown mode {mode or '(none)'}, {when}", leaves=False)


def _day(found: etree._Element) -> str:
    return _text(found, "Day") or (f"on day {date}" if (date := _text(found, "Date")) else "")


def _time(found: etree._Element) -> str:
    hour, minute = _text(found, "Hour"), _text(found, "Minute")
    return f"{hour:0>2}:{minute:0>2}" if hour.isdigit() and minute.isdigit() else ""


def _text(found: etree._Element, name: str) -> str:
    text = " ".join("".join(sign if sign.isprintable() else " " for sign in found.findtext(name) or "").split())[:80]
    # `None` is how SFOS writes that there is nothing.
    return "" if text == "None" else text
