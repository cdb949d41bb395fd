"""`exporters/vsphere/instances.yaml`: what ships is right, and what is wrong is told with its line."""

import pytest

from dcops.errors import InvalidInput
from dcops.exporters.vsphere import counters, instances
from dcops.exporters.vsphere.instances import Take
from tests.exporters.vsphere.things import CATALOGUE

DEFAULT, EXTENDED = (instances.load(None, CATALOGUE, extended=extended) for extended in (False, True))


def test_the_default_set_is_a_part_of_the_extended_one_and_has_one_series_for_each_host_of_no_datastore():
    assert set(DEFAULT.rows) < set(EXTENDED.rows)
    assert {row.take for row in DEFAULT.rows if row.part == "datastore"} == {Take.WORST, Take.SUM}
    assert {row.take for row in DEFAULT.rows if row.kind == "HostSystem"} <= {Take.WORST, Take.SUM}


def test_a_counter_is_asked_once_however_many_metrics_are_made_of_it():
    for names in EXTENDED.names().values():
        assert len(names) == len(set(names))
    # What is asked decides what a minute costs.
    assert {kind: len(names) for kind, names in DEFAULT.names().items()} == {"VirtualMachine": 8, "HostSystem": 8}


def test_what_fills_gaps_of_whole_objects_is_one_value_for_each_of_them():
    of_whole = {one.metric for of in counters.load(None, CATALOGUE, extended=True).of.values() for one in of}
    filling = {row.metric: row.take for row in EXTENDED.rows if row.metric in of_whole}

    assert filling == {
        "dcops_vm_disk_latency_seconds": Take.WORST,
        "dcops_vm_disk_read_bytes_per_second": Take.SUM,
        "dcops_vm_disk_write_bytes_per_second": Take.SUM,
    }


def written(root, text):
    file = root / "exporters/vsphere/instances.yaml"
    file.parent.mkdir(parents=True)
    file.write_text(text)
    return instances.load(root, CATALOGUE, extended=False)


def test_a_site_may_have_its_own(tmp_path):
    found = written(
        tmp_path,
        "dcops_datastore_reads_per_second:\n"
        "  {of: HostSystem, counter: datastore.numberReadAveraged.average, part: datastore, take: sum, factor: 2}\n",
    )

    assert found.names() == {"VirtualMachine": (), "HostSystem": ("datastore.numberReadAveraged.average",)}
    assert found.rows[0].factor == 2


READS = "dcops_vm_virtual_disk_reads_per_second"


@pytest.mark.parametrize(
    ("metric", "text", "words"),
    [
        ("dcops_vm_virtual_disk_read", "of: VirtualMachine, counter: a.b.latest, part: disk, take: each", "no metric"),
        (READS, "of: HostSystem, counter: a.b.latest, part: disk, take: each", "of is 'HostSystem', not one of"),
        (READS, "of: VirtualMachine, counter: a.b.latest, part: disk, take: sum", "must have the label disk"),
        (READS, "of: VirtualMachine, counter: a.b.latest, part: disk, take: mean", "take is 'mean', not one of"),
        (READS, "of: VirtualMachine, counter: a.b, part: disk, take: each", "a.b is no counter"),
        (READS, "of: VirtualMachine, part: disk, take: each", "counter"),
        (
            READS,
            "of: VirtualMachine, counter: [a.b.latest, a.c.latest], part: disk, take: each",
            "several counters have a worst value, but no each",
        ),
        (
            "dcops_datastore_host_reads_per_second",
            "of: HostSystem, counter: a.b.latest, part: datastore, take: sum",
            "must have the label host_moid",
        ),
        (READS, "of: VirtualMachine, counter: a.b.latest, part: disk, take: each, label: x", "label"),
    ],
)
def test_a_mistake_is_told_with_its_line(tmp_path, metric, text, words):
    with pytest.raises(InvalidInput) as told:
        written(tmp_path, f"{metric}:\n  {{{text}}}\n")

    assert words in str(told.value)
    assert "instances.yaml:" in str(told.value)
