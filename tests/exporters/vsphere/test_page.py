"""Sections and the page made of them: one family in one piece, and nothing made twice."""

import gzip

import pytest

from dcops.exporters.vsphere import page as page_module
from dcops.exporters.vsphere.page import Page
from dcops.exporters.vsphere.section import Section
from tests.exporters.vsphere.things import CATALOGUE

ON, CPUS, USED = "dcops_vm_powered_on", "dcops_vm_cpus", "dcops_vm_cpu_used_hertz"


@pytest.fixture
def sections():
    return Section("inventory"), Section("quick")


@pytest.fixture
def page(sections):
    return Page(CATALOGUE, sections)


def text(page, *stale):
    plain = b"".join(page.plain(stale, b"# own\n"))
    assert gzip.decompress(b"".join(page.gzip(stale, b"# own\n"))) == plain
    return plain.decode()


def test_all_lines_of_a_metric_follow_each_other_behind_one_head(sections, page):
    for number in (1, 2):
        sections[0].put(f"vm-{number}", {ON: f"{ON}{{n={number}}} 1\n", CPUS: f"{CPUS}{{n={number}}} 4\n"})

    assert text(page) == (
        "# own\n"
        f"{CATALOGUE.metrics[ON].head}{ON}{{n=1}} 1\n{ON}{{n=2}} 1\n"
        f"{CATALOGUE.metrics[CPUS].head}{CPUS}{{n=1}} 4\n{CPUS}{{n=2}} 4\n"
    )


def test_what_an_object_no_longer_tells_and_objects_that_are_gone_leave_nothing(sections, page):
    sections[0].put("vm-1", {ON: "a 1\n", CPUS: "a 4\n"})
    sections[0].put("vm-2", {ON: "b 1\n"})
    sections[0].put("vm-1", {ON: "a 0\n"})
    assert text(page) == f"# own\n{CATALOGUE.metrics[ON].head}a 0\nb 1\n"

    sections[0].drop("vm-1")
    sections[0].drop("vm-2")
    sections[0].drop("vm-never-seen")
    assert text(page) == "# own\n"


def test_what_a_stale_collector_told_is_gone_and_comes_back_with_it(sections, page):
    sections[0].put("vm-1", {ON: "a 1\n"})
    sections[1].replace({USED: "a 7\n"})

    assert text(page, "quick") == f"# own\n{CATALOGUE.metrics[ON].head}a 1\n"
    assert text(page, "inventory") == f"# own\n{CATALOGUE.metrics[USED].head}a 7\n"
    assert text(page, "inventory", "quick") == "# own\n"
    assert "a 7" in text(page)


def test_only_what_changed_is_squeezed_again(sections, page, monkeypatch):
    squeezed = []
    monkeypatch.setattr(page_module, "squeeze", lambda text: squeezed.append(text) or page_module_squeeze(text))
    sections[0].put("vm-1", {ON: "a 1\n", CPUS: "a 4\n"})
    page.gzip((), b"")
    assert len(squeezed) == 3  # two metrics and the exporter's own

    sections[0].put("vm-1", {ON: "a 1\n", CPUS: "a 4\n"})
    page.gzip((), b"")
    assert len(squeezed) == 4

    sections[0].put("vm-1", {ON: "a 0\n", CPUS: "a 4\n"})
    page.gzip((), b"")
    assert len(squeezed) == 6


page_module_squeeze = page_module.squeeze


def test_whoever_asks_again_gets_the_same_bytes(sections, page):
    sections[0].put("vm-1", {ON: "a 1\n"})

    first, second = page.plain((), b""), page.plain((), b"")

    assert [part for part in first if part] == [part for part in second if part]
    assert first[1] is second[1]


def test_what_is_told_as_a_whole_takes_the_place_of_what_was(sections, page):
    sections[1].replace({USED: "a 1\nb 2\n", CPUS: "a 4\n"})
    sections[1].replace({USED: "a 3\n"})

    assert text(page) == f"# own\n{CATALOGUE.metrics[USED].head}a 3\n"
