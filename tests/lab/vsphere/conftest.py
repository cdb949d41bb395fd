"""Simulated vCenters of the lab, asked with pyvmomi: the client that we did not write."""

import os
import socket
import time
from contextlib import contextmanager

import pytest
from pyVim.connect import Disconnect, SmartConnect
from pyVmomi import vim, vmodl

from lab.vsphere import serve, why_not
from lab.vsphere.holdings import made_up

COLLECTOR = vmodl.query.PropertyCollector
KINDS = {
    "VirtualMachine": vim.VirtualMachine,
    "HostSystem": vim.HostSystem,
    "ClusterComputeResource": vim.ClusterComputeResource,
    "Datastore": vim.Datastore,
}


class Client:
    """Somebody who is logged in."""

    def __init__(self, simulator, password=None):
        # pyvmomi has no timeout of its own for an answer.
        socket.setdefaulttimeout(10)
        try:
            self.instance = SmartConnect(
                host=simulator.host,
                port=simulator.port,
                user=simulator.user,
                pwd=password or simulator.password,
                sslContext=simulator.context(),
            )
        finally:
            socket.setdefaulttimeout(None)
        self.content = self.instance.RetrieveContent()
        self.collector = self.content.propertyCollector

    def of(self, kind, moid):
        return KINDS[kind](moid, self.instance._stub)

    def view(self, *kinds):
        return self.content.viewManager.CreateContainerView(
            self.content.rootFolder, [KINDS[kind] for kind in kinds], True
        )

    def spec(self, paths):
        """Every object of these kinds, with these properties."""
        walk = COLLECTOR.TraversalSpec(name="v", path="view", skip=False, type=vim.view.ContainerView)
        return COLLECTOR.FilterSpec(
            objectSet=[COLLECTOR.ObjectSpec(obj=self.view(*paths), skip=True, selectSet=[walk])],
            propSet=[COLLECTOR.PropertySpec(type=KINDS[kind], pathSet=list(each)) for kind, each in paths.items()],
        )

    def read(self, kind, *paths):
        """Properties of every object of a kind, by moid; and what was missing."""
        found = self.collector.RetrievePropertiesEx([self.spec({kind: paths})], COLLECTOR.RetrieveOptions())
        values, missing = {}, {}
        for each in found.objects if found else ():
            values[each.obj._moId] = {p.name: p.val for p in each.propSet}
            missing[each.obj._moId] = {m.path: m.fault for m in each.missingSet or ()}
        return values, missing

    def watch(self, paths):
        """A filter on everything of these kinds."""
        return self.collector.CreateFilter(self.spec(paths), False)

    def wait(self, version, seconds=0, most=None):
        options = COLLECTOR.WaitOptions(maxWaitSeconds=seconds, maxObjectUpdates=most)
        return self.collector.WaitForUpdatesEx(version, options)

    def samples(self, *objects, counters=("cpu.usage.average",), instance="", **more):
        manager = self.content.perfManager
        numbers = {f"{c.groupInfo.key}.{c.nameInfo.key}.{c.rollupType}": c.key for c in manager.perfCounter}
        wishes = [vim.PerformanceManager.MetricId(counterId=numbers[each], instance=instance) for each in counters]
        specs = [
            vim.PerformanceManager.QuerySpec(entity=each, metricId=wishes, **{"maxSample": 1, "intervalId": 20, **more})
            for each in objects
        ]
        return manager.QueryPerf(specs)

    def close(self):
        Disconnect(self.instance)


def until(condition, patience_seconds=20):
    """Wait for something that happens in another thread or process."""
    end = time.monotonic() + patience_seconds
    while not condition():
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.01)


def needed():
    """The program, or the test is left out; where CI=true nothing is."""
    if reason := why_not():
        if os.environ.get("CI") == "true":
            pytest.fail(f"{reason}, and CI=true allows no skipping")
        pytest.skip(reason)


@contextmanager
def served(*arguments, **options):
    needed()
    with serve(*arguments, **options) as simulator:
        yield simulator


@pytest.fixture(scope="session")
def main():
    """The main vCenter as the lab has it; nobody changes it."""
    with served("vc-main") as simulator:
        yield simulator


@pytest.fixture(scope="session")
def dr():
    """The DR vCenter as the lab has it; nobody changes it."""
    with served("vc-dr") as simulator:
        yield simulator


@pytest.fixture
def small():
    """Four hosts and sixteen machines, to be broken."""
    with served(estate=made_up(4, 16)) as simulator:
        yield simulator


@pytest.fixture
def log_in():
    """Logs in at a simulator; everybody is logged out in the end."""
    clients = []

    def make(simulator, **more):
        clients.append(Client(simulator, **more))
        return clients[-1]

    yield make
    for each in clients:
        each.close()


@pytest.fixture
def client(small, log_in):
    return log_in(small)
