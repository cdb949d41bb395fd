import pytest

from dcops.errors import DeviceError, ErrorKind
from dcops.vsphere.samples import Wish

VM, HOST, CLUSTER = "VirtualMachine", "HostSystem", "ClusterComputeResource"
COUNTERS = {VM: ["cpu.ready.summation", "mem.usage.average"], HOST: ["cpu.usage.average", "power.power.average"]}


@pytest.fixture
def objects(simulator):
    return [
        (kind, each["moid"]) for kind in (VM, HOST) for each in simulator.control.ask("objects", kind=kind)["objects"]
    ]


@pytest.fixture
def performance(simulator, vcenter):
    yield vcenter.performance(COUNTERS)
    simulator.control.do("performance")


def test_machines_and_hosts_are_asked_for_in_one_question(simulator, performance, objects):
    performance.read(objects)
    simulator.control.reset()
    samples = performance.read(objects)

    assert simulator.control.calls() == {"QueryPerf": 1}
    assert set(samples.values) == {moid for _, moid in objects}
    assert {frozenset(samples.values[moid]) for kind, moid in objects if kind == HOST} == {frozenset(COUNTERS[HOST])}
    assert (samples.unknown, samples.gone, samples.problems) == ((), (), ())


def test_each_sample_has_its_time_on_the_grid(performance, objects):
    samples = performance.read(objects)

    assert set(samples.at) == {moid for _, moid in objects}
    assert {at % 20 for at in samples.at.values()} == {0.0}


def test_counters_are_looked_up_once_and_unknown_ones_are_told_once(simulator, vcenter, objects):
    performance = vcenter.performance({HOST: ["cpu.usage.average", "no.such.counter", "cpu.bogus.none"]})
    first, second = performance.read(objects), performance.read(objects)

    assert (first.unknown, second.unknown) == (("no.such.counter", "cpu.bogus.none"), ())
    assert set(second.values) == {moid for kind, moid in objects if kind == HOST}
    assert simulator.control.calls()["RetrievePropertiesEx"] == 1


def test_counters_are_looked_up_anew_in_a_new_session(simulator, performance, objects):
    performance.read(objects)
    simulator.control.do("kill-sessions")

    assert len(performance.read(objects).values) == len(objects)
    assert simulator.control.calls()["RetrievePropertiesEx"] == 2
    assert simulator.control.stats()["logins"] == 2


def test_an_answer_without_values_has_none(simulator, performance, objects):
    simulator.control.do("performance", all=True)
    samples = performance.read(objects)

    assert not any(samples.values.values())
    assert samples.gone == ()


def test_a_counter_without_values_is_not_zero(simulator, performance, objects):
    simulator.control.do("performance", empty=["cpu.ready.summation"])
    samples = performance.read(objects)

    assert {frozenset(samples.values[moid]) for kind, moid in objects if kind == VM} == {
        frozenset({"mem.usage.average"})
    }


def test_an_object_that_is_gone_is_named_and_the_others_are_read(simulator, performance, objects):
    samples = performance.read([*objects, (VM, "vm-99999"), (HOST, "host-99999")])

    assert set(samples.gone) == {"vm-99999", "host-99999"}
    assert set(samples.values) == {moid for _, moid in objects}
    assert performance.entities_per_question == 256


def test_more_objects_than_fit_are_asked_for_in_several_questions(simulator, ask, objects):
    performance = ask(entities=6).performance(COUNTERS)
    performance.read(objects)
    simulator.control.reset()
    samples = performance.read(objects)

    assert simulator.control.calls() == {"QueryPerf": 4}
    assert set(samples.values) == {moid for _, moid in objects}


def test_fewer_are_asked_for_after_a_vcenter_refused_so_many(simulator, performance, objects):
    simulator.control.do("performance", most=7)
    samples = performance.read(objects)

    assert set(samples.values) == {moid for _, moid in objects}
    assert samples.problems == ()
    assert performance.entities_per_question == 8
    simulator.control.do("performance", most=12)
    simulator.control.reset()
    performance.read(objects)
    assert simulator.control.calls() == {"QueryPerf": 3}


def test_one_that_cannot_be_asked_for_is_found_and_named(simulator, ask, objects):
    performance = ask(least_entities=1).performance(COUNTERS)
    simulator.control.do("performance", most=1)
    samples = performance.read(objects)
    simulator.control.do("performance")

    assert set(samples.values) == {moid for _, moid in objects}
    assert performance.entities_per_question == 1


def test_a_vcenter_that_refuses_everything_is_not_asked_for_ever(simulator, performance, objects):
    performance.read(objects)
    simulator.control.do("fault", kind="soap-fault", fault="InvalidArgument", method="QueryPerf")
    simulator.control.reset()
    samples = performance.read(objects)

    assert {problem.reason for problem in samples.problems} == {"InvalidArgument"}
    assert not samples.values
    assert simulator.control.calls()["QueryPerf"] == 2 * len(objects) - 1
    with pytest.raises(DeviceError, match="TooManyRefusals") as caught:
        performance.read([*objects, *((VM, f"vm-9{number}") for number in range(100))])
    assert caught.value.kind is ErrorKind.INVALID


def test_the_same_question_is_not_written_twice(performance, objects):
    performance.read(objects)
    before = performance._questions
    performance.read(list(objects))
    assert performance._questions is before
    performance.read(objects[1:])

    assert performance._questions is not before


def test_a_surprising_answer_is_left_to_pyvmomi_and_counted(vcenter, performance, objects, monkeypatch):
    from dcops.vsphere import performance as module
    from dcops.vsphere.answers.simple import Surprise

    expected = performance.read(objects)

    def surprised(body, **more):
        raise Surprise("odd")

    monkeypatch.setattr(module, "own_metrics", surprised)
    samples = performance.read(objects)

    assert samples.values.keys() == expected.values.keys()
    assert {frozenset(each) for each in samples.values.values()} == {frozenset(each) for each in COUNTERS.values()}
    assert vcenter.calls.now().fallbacks == 1


# ---- parts, and figures of five minutes ----------------------------------------------------------


def test_samples_of_disks_and_datastores_come_with_their_names(simulator, vcenter, objects):
    counters = {VM: ["virtualDisk.readOIO.latest"], HOST: ["datastore.read.average", "disk.deviceLatency.average"]}
    samples = vcenter.performance(counters, Wish(parts=True), "instances", in_flight=1).read(objects)
    urls = vcenter.reader().everything({"Datastore": ("summary.url",)}).objects
    volumes = {one.properties["summary.url"].removeprefix("ds:///vmfs/volumes/").rstrip("/") for one in urls}

    assert set(samples.parts) == {moid for _, moid in objects}
    for kind, moid in objects:
        parts = samples.parts[moid]
        assert set(parts) == set(counters[kind])
        if kind == VM:
            assert set(parts["virtualDisk.readOIO.latest"]) == {"scsi0:0", "scsi0:1"}
        else:
            assert set(parts["datastore.read.average"]) == volumes
            assert all(name.startswith("naa.") for name in parts["disk.deviceLatency.average"])
    assert not any(samples.values.values())
    assert vcenter.calls_of["instances"].now().connections == 1


def test_parts_are_not_told_where_they_were_not_asked_for(performance, objects):
    assert performance.read(objects).parts == {}


def test_a_surprising_answer_about_parts_is_read_by_pyvmomi_alike(vcenter, objects, monkeypatch):
    from dcops.vsphere import performance as module
    from dcops.vsphere.answers.simple import Surprise

    asking = vcenter.performance({VM: ["virtualDisk.read.average"]}, Wish(parts=True))
    expected = asking.read(objects)

    def surprised(body, **more):
        raise Surprise("odd")

    monkeypatch.setattr(module, "own_metrics", surprised)
    found = asking.read(objects)

    assert {moid: {name: set(parts) for name, parts in of.items()} for moid, of in found.parts.items()} == {
        moid: {name: set(parts) for name, parts in of.items()} for moid, of in expected.parts.items()
    }
    assert vcenter.calls.now().fallbacks == 1


def test_figures_of_five_minutes_are_asked_since_a_moment_and_the_newest_counts(simulator, vcenter):
    clusters = [(CLUSTER, one["moid"]) for one in simulator.control.ask("objects", kind=CLUSTER)["objects"]]
    counters = {CLUSTER: ["vmop.numPoweron.latest"]}
    asking = vcenter.performance(counters, Wish(interval_seconds=300, back_seconds=3600))
    first = asking.read(clusters)
    simulator.control.reset()
    asking.read(clusters)
    short = simulator.control.stats()["bytes_out"]

    assert {at % 300 for at in first.at.values()} == {0.0}
    assert all(of["vmop.numPoweron.latest"] > 0 for of in first.values.values())
    simulator.control.reset()
    vcenter.performance(counters, Wish(interval_seconds=300)).read(clusters)
    assert simulator.control.stats()["bytes_out"] > 5 * short


def test_a_cluster_has_no_samples_of_twenty_seconds(simulator, vcenter):
    clusters = [(CLUSTER, one["moid"]) for one in simulator.control.ask("objects", kind=CLUSTER)["objects"]]
    samples = vcenter.performance({CLUSTER: ["vmop.numPoweron.latest"]}).read(clusters)

    assert {problem.reason for problem in samples.problems} == {"InvalidArgument"}
    assert not samples.values
