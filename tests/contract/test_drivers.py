"""Every driver of ours has NAPALM's shape and dcops' manners, shown against a device of its platform."""

import inspect
import socket
import threading
import tomllib
from pathlib import Path

import pytest
from napalm.base import NetworkDriver

from dcops import settings
from dcops.assembly.reach import platform_options_of
from dcops.devices.platforms import load
from dcops.devices.registry import Driver, Drivers
from dcops.devices.trust import Trust
from dcops.diff.formats import Formats
from dcops.errors import DeviceError, ErrorKind
from dcops.model.snapshot import ConfigSource
from dcops.model.transcript import NoTape
from lab import platforms as lab_platforms

FACTS = {"vendor", "model", "serial_number", "os_version", "hostname", "fqdn", "uptime", "interface_list"}
NOT_TOLD = {"peplink": {"uptime"}, "sfos": {"model", "serial_number", "uptime"}}
"""Facts that a platform has no way to give: empty, and the uptime -1, as NAPALM has it."""
TELLS_THE_TIME = {"nxos"}
"""Platforms that write the time of day into their configuration."""

ROOT = Path(__file__).resolve().parents[2]
DESCRIBED = load([ROOT / "platforms"])
DRIVERS = Drivers(DESCRIBED)
FORMATS = Formats(DESCRIBED)


@pytest.fixture(params=sorted({*DRIVERS.platforms()} & {*lab_platforms.BY_NAME}))
def platform(request):
    return request.param


def test_every_driver_with_code_of_its_own_has_a_simulator():
    assert {*Drivers().platforms()} <= {*lab_platforms.BY_NAME}


@pytest.fixture
def make(lab, platform):
    """Makes a driver for the platform's device in the lab; keywords change what it is given."""
    name = lab.of_platform(platform)
    entry = lab.devices[name]
    # One login for each site and platform; the small lab has the main site's.
    login = tomllib.loads((lab.site / "credentials.toml").read_text())[f"{platform}-backup"]

    def build(**changed):
        given = {
            "address": entry["address"],
            "port": entry["port"],
            "password": login["password"],
            "trust": Trust.load(lab.site / "trust"),
            "timeout": 30,
            **changed,
        }
        return DRIVERS.of(platform)(
            given["address"],
            login["username"],
            given["password"],
            timeout=given["timeout"],
            optional_args={
                **platform_options_of(settings.load(lab.site)).get(platform, {}),
                "port": given["port"],
                "secret": login.get("enable", ""),
                "trust": given["trust"],
                "device_name": name,
                "tls_name": None,
                "api_key": None,
                "key_file": lab.site / login["key_file"] if "key_file" in login else None,
                "tape": NoTape(),
                "legacy_algorithms": False,
            },
        )

    return build


@pytest.fixture
def driver(make):
    driver = make()
    driver.open()
    yield driver
    driver.close()


def test_every_method_has_the_parameters_that_napalm_gives_it(platform):
    ours = DRIVERS.of(platform)
    for name, method in inspect.getmembers(NetworkDriver, inspect.isfunction):
        if name.startswith("_") or getattr(ours, name) is method:
            continue
        wanted = list(inspect.signature(method).parameters)
        given = list(inspect.signature(getattr(ours, name)).parameters)
        assert given[: len(wanted)] == wanted, name


def test_it_is_a_napalm_driver_and_one_of_ours(make):
    driver = make()

    assert isinstance(driver, NetworkDriver)
    assert isinstance(driver, Driver)


def test_it_opens_lives_and_closes_and_may_be_closed_twice(driver):
    assert driver.is_alive() == {"is_alive": True}
    driver.close()
    driver.close()


def test_facts_have_napalms_keys_and_what_the_platform_tells_is_not_empty(driver, platform):
    facts = driver.get_facts()
    not_told = NOT_TOLD.get(platform, set())

    assert set(facts) == FACTS
    assert {key for key in FACTS - {"uptime"} if not facts[key]} == not_told - {"uptime"}, facts
    # A router that another test has just rebooted counts in minutes; what is not known is -1.
    assert facts["uptime"] == -1 if "uptime" in not_told else facts["uptime"] >= 0


def test_get_config_gives_napalms_three_texts(driver):
    configurations = driver.get_config(retrieve="running")

    assert {"running", "startup", "candidate"} <= set(configurations)
    assert len(configurations["running"]) > 1000
    assert configurations["startup"] == ""


def test_what_it_reads_is_twice_the_same_and_says_when_it_cannot_restore(driver, platform):
    first, missing = driver.read_configurations()
    second, _ = driver.read_configurations()

    assert len(first[0].content) > 1000
    if first[0].source is ConfigSource.RUNNING:
        if platform not in TELLS_THE_TIME:
            assert [each for each in first if each.source.restores] == [each for each in second if each.source.restores]
        assert _readable(platform, first) == _readable(platform, second)
        # A server names every file that is not kept and every fact that it does not tell.
        assert missing == () or platform == "linux"
    else:
        # Clocks tick and counters count in what a device says of itself, but not in what is kept of it.
        assert _readable(platform, first) == _readable(platform, second)
        assert any("restor" in words for words in missing) or any(each.source.restores for each in first)


def _readable(platform, documents):
    format_ = FORMATS.of(platform)
    for document in documents:
        format_.check(document.content, document.source)
    return [format_.readable(document.content, document.source, lambda secret: "token").text for document in documents]


def test_a_getter_that_it_lacks_says_so(driver):
    getters = inspect.getmembers(NetworkDriver, inspect.isfunction)
    lacking = [
        name
        for name, method in getters
        if name.startswith("get_") and getattr(type(driver), name) is method and name != "get_route_to"
    ]

    assert lacking
    for name in lacking:
        with pytest.raises(NotImplementedError):
            getattr(driver, name)()


def test_a_wrong_password_is_an_auth_error_that_does_not_show_it(make):
    driver = make(password="Wrong-Example-Passw0rd")
    with pytest.raises(DeviceError) as caught:
        driver.open()

    assert caught.value.kind is ErrorKind.AUTH
    assert "Wrong-Example" not in str(caught.value)
    driver.close()


def test_without_trust_nothing_is_sent(make, lab, platform, tmp_path):
    name = lab.of_platform(platform)
    before = lab.counters(name)["logins"]
    driver = make(trust=Trust.load(tmp_path))
    with pytest.raises(DeviceError) as caught:
        driver.open()

    assert caught.value.kind in (ErrorKind.HOST_KEY, ErrorKind.CERTIFICATE)
    assert lab.counters(name)["logins"] == before


def test_nothing_listening_is_refused(make):
    with pytest.raises(DeviceError) as caught:
        make(port=1).open()

    assert caught.value.kind is ErrorKind.REFUSED


def test_a_server_that_never_speaks_ends_by_the_drivers_own_timeout(make):
    server = socket.create_server(("127.0.0.1", 0))
    try:
        with pytest.raises(DeviceError) as caught:
            make(address="127.0.0.1", port=server.getsockname()[1], timeout=2).open()
    finally:
        server.close()

    assert caught.value.kind is ErrorKind.TIMEOUT


def test_an_abort_from_another_thread_ends_a_read(make, lab, platform):
    name = lab.of_platform(platform)
    driver = make()
    driver.open()
    lab.fault(name, "hang", where="answer")
    ended = threading.Event()

    def read():
        try:
            driver.read_configurations()
        except Exception:
            ended.set()

    threading.Thread(target=read, daemon=True).start()
    assert not ended.wait(0.5)
    driver.abort()

    # Well before the driver's own timeout would have ended it.
    assert ended.wait(10)
    lab.heal()
    driver.close()
