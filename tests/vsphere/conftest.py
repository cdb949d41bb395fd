"""A simulated vCenter on loopback that counts what it is asked, and what asks it."""

import os
import ssl
from dataclasses import replace
from pathlib import Path

import pytest

from dcops.model.secret import Secret
from dcops.vsphere.target import Limits, Target
from dcops.vsphere.vcenter import Vcenter
from lab.vsphere import serve, why_not
from lab.vsphere.holdings import made_up

RECORDED = Path(__file__).with_name("recorded")
ESTATE = {
    **made_up(4, 16),
    "name": "vc-lab",
    "licences": [
        {"name": "Standard", "edition": "vc.standard.instance", "unit": "server", "total": 2, "used": 1, "days": 0},
        {"name": "Evaluation", "edition": "eval", "unit": "", "total": 0, "used": 0, "days": 30},
    ],
    "tags": {
        "backup": [{"name": "nightly", "systems": ["load-0000"]}],
        "owner": [{"name": "noc", "systems": ["load-0000", "load-0001"]}],
    },
}


@pytest.fixture(scope="session")
def running_simulator():
    if reason := why_not():
        if os.environ.get("CI") == "true":
            pytest.fail(f"{reason}, and CI=true allows no skipping")
        pytest.skip(reason)
    with serve(estate=ESTATE) as simulator:
        yield simulator


@pytest.fixture
def simulator(running_simulator):
    """Without faults, nobody logged in, counting from nothing."""
    control = running_simulator.control
    yield running_simulator
    control.do("heal")
    control.do("allow")
    control.do("page", objects=0)
    control.do("password", password=running_simulator.password, kill_sessions=True)
    control.reset()


@pytest.fixture
def target(simulator):
    return Target(
        name="vc-lab",
        host=simulator.host,
        port=simulator.port,
        user=simulator.user,
        password=Secret(simulator.password),
        context=simulator.context(),
    )


@pytest.fixture
def ask(target):
    """Makes vCenters that can be asked; all are closed in the end."""
    made = []

    def make(fresh=None, **limits):
        changed = {name: limits.pop(name) for name in ("password", "context", "pin", "port") if name in limits}
        made.append(Vcenter(replace(target, **changed), replace(Limits(), **limits), fresh))
        return made[-1]

    yield make
    for each in made:
        each.close()


@pytest.fixture
def vcenter(ask):
    return ask()


@pytest.fixture
def recorded():
    """Answers of the simulator as they came over the wire, for where it cannot be built."""
    return lambda name: (RECORDED / f"{name}.xml").read_bytes()


@pytest.fixture
def nobody():
    """Believes no certificate by itself, as where one is pinned."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
