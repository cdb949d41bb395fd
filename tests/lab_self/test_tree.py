"""PAN-OS configuration trees."""

from __future__ import annotations

import pytest
from lxml import etree

from lab.panos import tree


@pytest.fixture
def config():
    return tree.parse(b'<config><shared><tag><entry name="a"><color>1</color></entry></tag></shared></config>')


def text(config) -> str:
    return etree.tostring(config).decode()


def test_set_merges_and_does_not_remove(config):
    tree.set_at(config, "/config/shared/tag", '<entry name="a"><comments>x</comments></entry><entry name="b"/>')
    assert text(config) == (
        '<config><shared><tag><entry name="a"><color>1</color><comments>x</comments></entry>'
        '<entry name="b"/></tag></shared></config>'
    )


def test_set_is_idempotent_and_tells_what_it_touched(config):
    element = "<list><member>m1</member><member>m2</member></list>"
    assert len(tree.set_at(config, "/config/shared", element)) == 1
    assert tree.set_at(config, "/config/shared", element) == []
    assert len(tree.set_at(config, "/config/shared", "<list><member>m3</member></list>")) == 1
    assert len(config.findall("shared/list/member")) == 3


def test_set_makes_the_way_to_its_place(config):
    tree.set_at(config, """/config/devices/entry[@name='it"s']/x""", "<y>1</y>")
    assert config.xpath("""/config/devices/entry[@name='it"s']/x/y""")[0].text == "1"


@pytest.mark.parametrize("xpath", ["", "config", "/other", "/config/entry[1]", "/config//tag", "/config/x[@name=y]"])
def test_set_refuses_an_xpath_that_names_no_single_place(config, xpath):
    with pytest.raises(tree.BadXPath):
        tree.set_at(config, xpath, "<a/>")


def test_find_gives_elements_only(config):
    assert [node.get("name") for node in tree.find(config, "/config/shared/tag/entry")] == ["a"]
    assert tree.find(config, "/config/nothing") == []
    for bad in ("count(/config)", "/etc", "/config[", "/config/shared/tag/entry/@name"):
        if bad.endswith("@name"):
            assert tree.find(config, bad) == []
        else:
            with pytest.raises(tree.BadXPath):
                tree.find(config, bad)
