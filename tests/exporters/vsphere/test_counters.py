"""`exporters/vsphere/counters.yaml`: what ships is right, and what is wrong is told with its line."""

import pytest

from dcops.errors import InvalidInput
from dcops.exporters.vsphere import counters
from tests.exporters.vsphere.things import CATALOGUE

# What vmware_exporter 0.18.4 asks of every machine and host.
PEERS = {
    "VirtualMachine": """
        cpu.ready.summation cpu.maxlimited.summation cpu.usage.average cpu.usagemhz.average cpu.costop.summation
        cpu.idle.summation cpu.demand.average mem.usage.average mem.consumed.average mem.active.average
        mem.swapped.average mem.vmmemctl.average disk.maxTotalLatency.latest disk.usage.average disk.read.average
        disk.write.average net.received.average net.transmitted.average net.multicastRx.summation
        net.multicastTx.summation net.broadcastTx.summation net.broadcastRx.summation net.droppedRx.summation
        net.droppedTx.summation""",
    "HostSystem": """
        cpu.costop.summation cpu.demand.average cpu.idle.summation cpu.ready.summation cpu.swapwait.summation
        cpu.usage.average cpu.usagemhz.average cpu.used.summation disk.read.average disk.write.average
        mem.active.average mem.latency.average mem.swapin.average mem.swapinRate.average mem.swapout.average
        mem.swapoutRate.average mem.vmmemctl.average net.bytesRx.average net.bytesTx.average net.droppedRx.summation
        net.droppedTx.summation net.errorsRx.summation net.errorsTx.summation net.usage.average""",
}


def test_the_default_set_is_a_part_of_the_extended_one():
    default, extended = (counters.load(None, CATALOGUE, extended=extended).names() for extended in (False, True))

    for kind in counters.KINDS:
        assert set(default[kind]) < set(extended[kind])
        assert 10 <= len(default[kind]) <= 20


@pytest.mark.parametrize("kind", counters.KINDS)
def test_the_extended_set_has_everything_that_the_peer_asks(kind):
    assert set(PEERS[kind].split()) <= set(counters.load(None, CATALOGUE, extended=True).names()[kind])


def written(root, text):
    file = root / "exporters/vsphere/counters.yaml"
    file.parent.mkdir(parents=True)
    file.write_text(text)
    return counters.load(root, CATALOGUE, extended=False)


def test_a_site_may_have_its_own(tmp_path):
    found = written(
        tmp_path, "HostSystem:\n  cpu.usage.average: {metric: dcops_host_cpu_used_ratio, factor: 1/10000}\n"
    )

    assert found.names() == {"VirtualMachine": (), "HostSystem": ("cpu.usage.average",)}
    assert found.of["HostSystem"][0].factor == 1e-4


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("HostSystems: {}\n", "did you mean HostSystem?"),
        (
            "HostSystem:\n  cpu.usage.average: {metric: dcops_host_cpu_used_ration}\n",
            "did you mean dcops_host_cpu_used_ratio?",
        ),
        (
            "HostSystem:\n  cpu.usage: {metric: dcops_host_cpu_used_ratio}\n",
            ":2: HostSystem.cpu.usage: cpu.usage is no counter",
        ),
        (
            "HostSystem:\n  cpu.usage.average: {metric: dcops_host_cpu_used_ratio, factor: few}\n",
            "factor 'few' is no number",
        ),
        (
            "HostSystem:\n  cpu.usage.average: {metric: dcops_host_cpu_used_ratio, per: vm}\n",
            "per is 'vm', not one of cpu",
        ),
        ("HostSystem:\n  mem.state.latest: {metric: dcops_host_memory_state}\n", "must have the label state"),
        (
            "HostSystem:\n  cpu.usage.average: {metric: dcops_host_cpu_used_ratio, states: {0: a}}\n",
            "has no label state",
        ),
        (
            "HostSystem:\n  cpu.usage.average: {metric: dcops_host_cpu_used_ratio}\n"
            "  cpu.demand.average: {metric: dcops_host_cpu_used_ratio}\n",
            ":3: HostSystem.cpu.demand.average: dcops_host_cpu_used_ratio is the metric of another counter",
        ),
    ],
)
def test_a_mistake_is_told_with_its_line(tmp_path, text, words):
    with pytest.raises(InvalidInput) as told:
        written(tmp_path, text)

    assert words in str(told.value)
