"""The runner's promises, on real threads and Nornir's own objects."""

import threading
import time

import pytest
from nornir.core import Nornir
from nornir.core.inventory import Defaults, Groups, Host, Hosts, Inventory
from nornir.core.task import Result

from dcops.devices.runner import DeadlineRunner, Limits
from dcops.errors import DeviceError, ErrorKind


def inventory(count, **data):
    hosts = Hosts({f"r{n}": Host(f"r{n}", data={"site": "main", "role": "router", **data}) for n in range(count)})
    return Inventory(hosts=hosts, groups=Groups(), defaults=Defaults())


def run(work, count=4, **limits):
    answers, cut = {}, []
    runner = DeadlineRunner(
        Limits(**limits),
        on_result=lambda host, results, seconds: answers.update({host.name: (results[0], seconds)}),
        abort=cut.append,
    )
    Nornir(inventory=inventory(count), runner=runner).run(lambda task: Result(task.host, result=work(task.host.name)))
    return answers, cut


def test_every_host_is_answered_once():
    answers, cut = run(str.upper, count=25, workers=4, device_seconds=5)

    assert {name: result.result for name, (result, _) in answers.items()} == {f"r{n}": f"R{n}" for n in range(25)}
    assert cut == []


def test_a_host_that_hangs_is_reported_at_its_limit_and_never_awaited():
    release = threading.Event()
    started = time.monotonic()
    answers, cut = run(lambda name: release.wait(30) if name == "r1" else name, workers=2, device_seconds=0.4)
    took = time.monotonic() - started
    release.set()

    error = answers["r1"][0].exception
    assert isinstance(error, DeviceError)
    assert error.kind is ErrorKind.TIMEOUT
    assert 0.4 <= answers["r1"][1] < 3
    assert took < 10
    assert {name for name, (result, _) in answers.items() if not result.failed} == {"r0", "r2", "r3"}
    for _ in range(100):
        if cut:
            break
        time.sleep(0.02)
    assert cut == ["r1"]


def test_a_hanging_host_gives_its_place_to_the_next_one():
    release = threading.Event()
    answers, _ = run(lambda name: release.wait(30) if name == "r0" else name, workers=1, device_seconds=0.3)
    release.set()

    assert [name for name, (result, _) in answers.items() if not result.failed] == ["r1", "r2", "r3"]


def test_an_abort_that_hangs_does_not_delay_the_run():
    release = threading.Event()
    answers = {}
    runner = DeadlineRunner(
        Limits(workers=1, device_seconds=0.2),
        on_result=lambda host, results, _: answers.update({host.name: results[0]}),
        abort=lambda _name: release.wait(30),
    )
    Nornir(inventory=inventory(3), runner=runner).run(lambda _task: release.wait(30))
    release.set()

    assert len(answers) == 3


def test_a_host_that_answers_after_its_limit_stays_timed_out():
    def late(name):
        time.sleep(0.5 if name == "r0" else 0.7)
        return name

    answers, _ = run(late, count=2, workers=2, device_seconds=0.6)

    assert not answers["r0"][0].failed
    assert answers["r1"][0].failed


@pytest.mark.parametrize(("limits", "most"), [({"site_workers": {"main": 2}}, 2), ({"role_workers": {"router": 3}}, 3)])
def test_no_more_than_the_allowed_number_of_a_site_or_role_run_at_once(limits, most):
    lock, now, seen = threading.Lock(), [0], [0]

    def work(name):
        with lock:
            now[0] += 1
            seen[0] = max(seen[0], now[0])
        time.sleep(0.02)
        with lock:
            now[0] -= 1
        return name

    answers, _ = run(work, count=12, workers=8, device_seconds=10, **limits)

    assert len(answers) == 12
    assert seen[0] == most


def test_a_full_site_does_not_hold_up_another():
    order = []
    hosts = Hosts(
        {
            "a1": Host("a1", data={"site": "a"}),
            "a2": Host("a2", data={"site": "a"}),
            "b1": Host("b1", data={"site": "b"}),
        }
    )
    gate = threading.Event()

    def work(task):
        order.append(task.host.name)
        if task.host.name == "b1":
            gate.set()
        gate.wait(5)

    runner = DeadlineRunner(
        Limits(workers=2, device_seconds=6, site_workers={"a": 1}), on_result=lambda *_: None, abort=lambda _: None
    )
    Nornir(inventory=Inventory(hosts, Groups(), Defaults()), runner=runner).run(work)

    assert order == ["a1", "b1", "a2"]


def test_a_thread_that_dies_is_an_answer():
    def work(name):
        raise SystemExit(name)

    answers, _ = run(work, count=2, workers=2, device_seconds=5)

    assert all(result.failed for result, _ in answers.values())
