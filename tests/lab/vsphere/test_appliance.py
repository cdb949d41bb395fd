"""A vCenter among the devices of a lab."""

import asyncio

import pytest

from lab import estate, faults
from lab.clock import Clock
from lab.device import BadChange
from lab.pki import Authority
from lab.vsphere import program
from lab.vsphere.appliance import Appliance
from lab.vsphere.holdings import made_up
from lab.vsphere.process import sign
from tests.lab.vsphere.conftest import needed


@pytest.fixture
def appliance(tmp_path):
    """Not open yet: it wants a loop."""
    needed()
    return Appliance(
        "vc-test",
        "127.0.0.1",
        0,
        Clock(),
        folder=tmp_path,
        estate=made_up(2, 4),
        signed=sign(Authority("Test CA"), "vc-test", "127.0.0.1", tmp_path),
        user="svc",
        password='a password with "quotes" & more',
    )


def playing(appliance, play):
    """Open it, play, and close it."""

    async def run():
        appliance.open()
        try:
            return await play()
        finally:
            await appliance.close()

    return asyncio.run(run())


def fault(appliance, kind, **options):
    made, _ = faults.parse("vcenter", appliance.faults, appliance.fault_options, {"kind": kind, **options})
    appliance.set_fault(made, 0 if kind == "reboot" else None)


def test_it_is_shown_with_its_own_door_and_counters(appliance):
    async def play():
        return appliance.as_json(), appliance.endpoint()

    shown, endpoint = playing(appliance, play)
    assert (shown["state"], shown["platform"], shown["fault"]) == ("up", "vcenter", None)
    assert shown["control"] == endpoint["control"]
    assert shown["counters"]["requests"] == shown["vsphere"]["calls"] == {}
    assert appliance.control is None


def test_an_order_is_carried_out_or_refused_with_the_reason(appliance):
    async def play():
        done = appliance.change({"do": "power", "vm": "load-0000-app-1", "state": "poweredOff"})
        with pytest.raises(BadChange, match="no VirtualMachine"):
            appliance.change({"do": "power", "vm": "nobody", "state": "poweredOff"})
        with pytest.raises(BadChange, match="is an object such as"):
            appliance.change({"vm": "nobody"})
        return done

    assert playing(appliance, play)["state"] == "poweredOff"


@pytest.mark.parametrize("kind", sorted(Appliance.faults))
def test_every_fault_can_be_given_and_healed(appliance, kind):
    async def play():
        fault(appliance, kind)
        state = appliance.state
        appliance.clear_fault()
        while appliance.state == "booting":
            await asyncio.sleep(0.01)
        return state, appliance.state

    assert playing(appliance, play) == ("booting" if kind == "reboot" else "faulty", "up")


def test_a_reboot_forgets_what_was_changed(appliance):
    async def play():
        appliance.change({"do": "add", "name": "new"})
        first = len(appliance.control.ask("objects")["objects"])
        fault(appliance, "reboot")
        assert appliance.control is None
        while appliance.state == "booting":
            await asyncio.sleep(0.01)
        return first, len(appliance.control.ask("objects")["objects"])

    assert playing(appliance, play) == (5, 4)


def test_without_go_the_vcenters_are_left_out_with_the_reason(monkeypatch):
    monkeypatch.setattr(program, "go", lambda: None)
    left_out = {each["name"]: each["reason"] for each in estate.read("reference").left_out}
    assert "apt-get install --no-install-recommends golang-go" in left_out["vc-main"]
    assert left_out["esx-01"] == "is not asked itself: its vCenter tells of it"


def test_a_source_that_does_not_compile_says_where(tmp_path, monkeypatch):
    needed()
    (tmp_path / "source").mkdir()
    (tmp_path / "source/main.go").write_text("package main\nfunc main() { nonsense }\n")
    monkeypatch.setattr(program, "SOURCE", tmp_path / "source")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    with pytest.raises(program.CannotBuild, match=r"main.go:2.*nonsense"):
        program.program()
