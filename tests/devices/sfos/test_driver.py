"""The driver over a firewall of a few lines: what it says is missing, and what each call tells."""

from types import SimpleNamespace

import pytest

from dcops.devices.drivers.sfos import NO_RESTORE, RIGHTS_UNSEEN, SFOSDriver
from dcops.devices.sfos.client import SfosClient
from dcops.devices.trust import Trust
from dcops.errors import DeviceError, ErrorKind
from dcops.model.secret import Secret
from dcops.model.snapshot import ConfigSource
from dcops.model.transcript import NoTape
from tests.devices.sfos.firewall import FakePoster, response, status

FTP = (
    "<BackupRestore><ScheduleBackup><BackupMode>FTP</BackupMode><FTPServer>192.0.2.60</FTPServer>"
    "<BackupFrequency>Daily</BackupFrequency></ScheduleBackup></BackupRestore>"
)
SETTINGS = "<AdminSettings><HostnameSettings><HostName>fw.example.test</HostName></HostnameSettings></AdminSettings>"
PORTS = "<Interface><Hardware>PortB</Hardware></Interface><Interface><Name>PortA</Name></Interface>"


@pytest.fixture
def make(tmp_path):
    def build(**given):
        entities = {"BackupRestore": FTP, "AdminSettings": SETTINGS, "Interface": PORTS, **given.pop("entities", {})}
        driver = SFOSDriver("192.0.2.17", "svc", "pw", optional_args={"trust": Trust(tmp_path)})
        driver._client = SfosClient(FakePoster(entities, **given), "svc", Secret("pw"), NoTape())
        return driver

    return build


def told(driver, name):
    return next(call for call in driver.calls() if call.name == name).ask()


def test_facts_are_what_the_api_gives_and_nothing_made_up(make):
    assert make().get_facts() == {
        "vendor": "Sophos",
        "model": "",
        "serial_number": "",
        "os_version": "API 1905.1",
        "hostname": "fw.example.test",
        "fqdn": "fw.example.test",
        "uptime": -1.0,
        "interface_list": ["PortA", "PortB"],
    }


def test_what_is_read_is_state_and_says_so(make):
    (document,), missing = make().read_configurations()

    assert document.source is ConfigSource.STATE
    assert missing == (NO_RESTORE, "its own backup goes by FTP to 192.0.2.60, daily")


def test_entities_that_are_not_known_or_not_given_are_named(make):
    entities = {
        "NATRule": f"<NATRule>{status('529')}</NATRule>",
        "User": f"<User>{status('500', 'no right')}</User>",
        "Zone": "",
    }
    _, missing = make(entities=entities).read_configurations()

    assert missing[2:] == (
        "not known to this firmware: NATRule",
        "not given: Zone (no answer), User (code 500 no right)",
    )


def test_rights_cannot_be_seen_and_the_call_says_it(make):
    answer = told(make(), "POST /webconsole/APIController")

    assert answer.detail == "login accepted, API 1905.1"
    assert answer.warning == RIGHTS_UNSEEN


def test_the_schedule_is_a_warning_when_no_file_leaves(make):
    local = FTP.replace("<BackupMode>FTP", "<BackupMode>Local")

    assert told(make(), "Get BackupRestore").warning == ""
    assert "never leaves" in told(make(entities={"BackupRestore": local}), "Get BackupRestore").warning


def test_every_entity_is_a_call_and_the_needed_ones_are_marked(make):
    calls = make().calls()

    assert {call.name for call in calls if call.needed} == {
        *("POST /webconsole/APIController", "Get AdminSettings, Interface", "Get Interface", "Get FirewallRule")
    }
    assert len({call.name for call in calls}) == len(calls) > 50


def test_a_call_tells_how_many_records_there_are(make):
    driver = make(entities={"Zone": "<Zone><Name>a</Name></Zone>"})

    assert told(driver, "Get Interface").detail == "2 records"
    assert told(driver, "Get Zone").detail == "1 record"
    assert told(driver, "Get VLAN").detail == "0 records"


@pytest.mark.parametrize(
    ("code", "kind", "next_step"), [("529", ErrorKind.UNSUPPORTED, "Nothing"), ("500", ErrorKind.DENIED, "Read-Only")]
)
def test_a_call_for_what_is_refused_fails_with_the_next_step(make, code, kind, next_step):
    driver = make(entities={"Zone": f"<Zone>{status(code)}</Zone>"})
    with pytest.raises(DeviceError) as caught:
        told(driver, "Get Zone")

    assert caught.value.kind is kind
    assert next_step in caught.value.next_step


def test_a_login_is_good_even_when_the_first_question_is_not_known(make):
    assert make(spoiled_by={"AdminSettings"}).is_alive() == {"is_alive": True}
    assert make(whole=response(status("534"), login="")).is_alive() == {"is_alive": False}


def test_a_credential_without_a_password_is_refused_before_anything_is_sent(tmp_path):
    driver = SFOSDriver("192.0.2.17", "svc", "", optional_args={"trust": Trust(tmp_path)})
    with pytest.raises(DeviceError) as caught:
        driver.open()

    assert caught.value.kind is ErrorKind.AUTH


def test_a_driver_that_is_not_open_says_so(tmp_path):
    driver = SFOSDriver("192.0.2.17", "svc", "pw", optional_args={"trust": Trust(tmp_path)})

    for ask in (driver.get_facts, driver.read_configurations, driver.calls()[0].ask):
        with pytest.raises(DeviceError, match="not connected"):
            ask()


def test_the_password_is_not_in_the_drivers_attributes_as_text(make):
    assert SimpleNamespace(**vars(make())).__repr__().count("pw") == 0
