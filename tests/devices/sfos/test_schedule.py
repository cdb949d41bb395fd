"""Whether the firewall's own backup leaves it: all that this API can prove."""

import pytest

from dcops.devices.sfos.client import SfosClient
from dcops.devices.sfos.entities import SCHEDULE
from dcops.devices.sfos.reading import read
from dcops.devices.sfos.schedule import schedule
from dcops.model.secret import Secret
from dcops.model.transcript import NoTape
from tests.devices.sfos.firewall import FakePoster, status

DAILY = "<BackupFrequency>Daily</BackupFrequency><Day>None</Day><Hour>1</Hour><Minute>30</Minute><Date>None</Date>"
WEEKLY = "<BackupFrequency>Weekly</BackupFrequency><Day>Sunday</Day><Hour>23</Hour><Minute>00</Minute>"
MONTHLY = "<BackupFrequency>Monthly</BackupFrequency><Date>15</Date><Hour>23</Hour><Minute>00</Minute>"


def seen(inside):
    poster = FakePoster({"BackupRestore": f"<BackupRestore>{inside}</BackupRestore>"})
    return schedule(read(SfosClient(poster, "svc", Secret("pw"), NoTape()), (SCHEDULE,)))


def planned(inside):
    return seen(f"<ScheduleBackup>{inside}</ScheduleBackup>")


@pytest.mark.parametrize(
    ("inside", "words"),
    [
        (f"<BackupMode>FTP</BackupMode><FTPServer>192.0.2.60</FTPServer>{DAILY}", "by FTP to 192.0.2.60, daily 01:30"),
        (f"<BackupMode>Mail</BackupMode><EmailAddress>a@example.test</EmailAddress>{WEEKLY}", "by mail, weekly Sunday"),
        (f"<BackupMode>FTP</BackupMode>{MONTHLY}", "by FTP to ?, monthly on day 15 23:00"),
    ],
)
def test_a_file_that_leaves_on_a_schedule_is_told_with_place_and_time(inside, words):
    found = planned(inside)

    assert found.leaves
    assert words in found.words


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (planned(f"<BackupMode>Local</BackupMode>{DAILY}"), "never leaves the device"),
        (planned("<BackupMode>FTP</BackupMode><BackupFrequency>Never</BackupFrequency>"), "off"),
        (planned("<BackupMode>FTP</BackupMode><BackupFrequency>None</BackupFrequency>"), "off"),
        (planned("<BackupMode>FTP</BackupMode>"), "off"),
        (planned(f"<BackupMode>Pigeon</BackupMode>{DAILY}"), "unknown mode Pigeon"),
        (seen("<Status>No. of records Zero.</Status>"), "no scheduled backup"),
        (seen("<Something/>"), "no scheduled backup"),
        (seen(status("500", "no right")), "could not be seen: BackupRestore (code 500 no right)"),
        (seen(status("529")), "could not be seen"),
    ],
)
def test_everything_else_is_no_proof(found, words):
    assert not found.leaves
    assert words in found.words
