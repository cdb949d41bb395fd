"""Judging in processes of their own: one that hangs or dies takes its device along, and nothing else."""

import os
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from dcops.audit.look import FRESH
from dcops.audit.subject import Subject
from dcops.jobs.compliance.judging.panel import Bench, Case, Panel
from dcops.model.audit import EVERYTHING
from dcops.model.source import Source, SourceKind
from tests.jobs.compliance.audits import GOOD, NIGHT, TELNET

ODD = '''
"""A judge that hangs on one device, dies on another, and judges the others as the real one does."""
import os, sys, time
from dcops.jobs.compliance.judging import wire, worker

class Watching:
    def __init__(self, stream):
        self.stream = stream
    def read(self, size):
        content = self.stream.read(size)
        if b'"hangs"' in content:
            time.sleep(3600)
        if b'"dies"' in content:
            os._exit(7)
        return content

worker.serve(Watching(sys.stdin.buffer), sys.stdout.buffer)
'''


@pytest.fixture
def bench(site):
    return Bench(site.shipped, None, (), NIGHT.date(), FRESH)


@pytest.fixture
def odd(tmp_path):
    file = tmp_path / "odd.py"
    file.write_text(ODD)
    return (sys.executable, str(file))


def case(name, text=GOOD):
    source = Source(name, SourceKind.CONFIG, "running", NIGHT, "read now", text.format(name=name), weak=frozenset())
    return Case(Subject(name, "ios"), (source,))


def judged(panel, *cases):
    for one in cases:
        panel.hand_in(one, NIGHT)
    return {one.subject.device: one for one in panel.verdicts()}


def open_in(verdicts):
    return [one.id for one in verdicts.findings[EVERYTHING] if one.status.open]


def test_devices_are_judged_by_processes_as_they_would_be_here(bench):
    panel = Panel(bench, workers=2, limit_seconds=60)

    found = judged(panel, *(case(f"rtr-{number}", TELNET if number % 2 else GOOD) for number in range(5)))

    assert {name: open_in(one) for name, one in found.items()} == {
        f"rtr-{number}": ["T-002"] if number % 2 else [] for number in range(5)
    }
    assert not any(one.problem for one in found.values())


def test_one_that_hangs_is_ended_at_its_limit_and_the_next_is_judged_by_another(bench, odd):
    panel = Panel(bench, workers=1, limit_seconds=1, command=odd)

    found = judged(panel, case("rtr-1"), case("hangs"), case("rtr-2", TELNET))

    assert found["hangs"].findings == {}
    assert "longer than 1 s" in found["hangs"].problem
    assert open_in(found["rtr-1"]) == []
    assert open_in(found["rtr-2"]) == ["T-002"]


def test_one_that_dies_says_so_and_the_next_is_judged_by_another(bench, odd):
    found = judged(Panel(bench, workers=1, limit_seconds=60, command=odd), case("dies"), case("rtr-2", TELNET))

    assert found["dies"].problem == "the judging process ended by itself (code 7)"
    assert open_in(found["rtr-2"]) == ["T-002"]


def test_where_no_process_can_be_started_every_device_is_said_to_be_unjudged(bench):
    panel = Panel(bench, workers=1, limit_seconds=1, command=("/nonexistent/python",))

    assert {one.problem for one in judged(panel, case("a"), case("b")).values()} == {
        "no judging process could be started"
    }


def test_a_judge_that_talks_nonsense_is_no_answer(bench, tmp_path):
    file = tmp_path / "nonsense.py"
    file.write_text(
        "import sys\nsys.stdout.buffer.write(b'\\0' * 7 + b'\\5' + b'{not}')\nsys.stdout.flush()\nsys.stdin.read()"
    )

    assert judged(Panel(bench, workers=1, limit_seconds=5, command=(sys.executable, str(file))), case("a"))["a"].problem


def test_after_close_no_further_device_is_judged(bench):
    panel = Panel(bench, workers=1, limit_seconds=60, command=("/nonexistent/python",))
    panel.close()
    panel.hand_in(case("late"), NIGHT)

    assert [one.subject.device for one in panel.verdicts() if not one.problem] == []


def test_no_process_is_left_when_all_are_judged(bench):
    def children():
        return Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text().split()

    before = set(children())
    panel = Panel(bench, workers=2, limit_seconds=60)
    judged(panel, case("rtr-1"))
    for thread in panel._threads:
        thread.join(timeout=30)

    assert set(children()) <= before


def test_what_is_stale_by_the_limits_of_the_site_could_not_be_checked(bench):
    strict = replace(bench, fresh={SourceKind.CONFIG: timedelta(minutes=1)})
    panel = Panel(strict, workers=1, limit_seconds=60)
    panel.hand_in(case("rtr-1"), NIGHT + timedelta(minutes=2))

    (verdicts,) = panel.verdicts()

    assert len(open_in(verdicts)) == 4
