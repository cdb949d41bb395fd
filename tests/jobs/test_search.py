"""Devices that a selection means, with the inventory and without it; the query for a secret."""

from types import SimpleNamespace

import pytest

from dcops.archive.history import History
from dcops.archive.search import search
from dcops.diff.redact import keyed
from dcops.errors import InvalidInput, UsageError
from dcops.inventory.select import Selection
from dcops.jobs.search import chosen, of_secret
from dcops.model.device import Device
from dcops.model.secret import Secret
from tests.archive.conftest import site  # noqa: F401


def device(name, place, role="edge-router", tags=()):
    return Device(name, place, role, "Cisco", "1941", platform="ios", tags=tags)


INVENTORY = SimpleNamespace(
    devices=(device("rtr-1", "main"), device("rtr-2", "dr", tags=("wan",)), device("rtr-new", "main"))
)


@pytest.fixture
def history(site):  # noqa: F811
    site.store(site.entry("rtr-1", "a\n"), site.entry("rtr-2", "b\n"), site.entry("old-fw", "c\n", platform="panos"))
    return History(site.folder)


def nobody():
    raise InvalidInput("there is no inventory here")


def test_nothing_selected_means_everything_that_is_archived(history):
    assert chosen(history, Selection(), nobody).devices is None


def test_names_and_platforms_are_those_of_the_archive_and_need_no_inventory(history):
    assert chosen(history, Selection(devices=("old-fw",)), nobody).devices == ("old-fw",)
    assert chosen(history, Selection(platforms=("ios",)), nobody).devices == ("rtr-1", "rtr-2")


def test_sites_roles_and_tags_are_those_of_the_inventory(history):
    found = chosen(history, Selection(sites=("main",)), lambda: INVENTORY)

    assert found.devices == ("rtr-1",)
    assert found.not_archived == ("rtr-new",)
    assert chosen(history, Selection(tags=("wan",)), lambda: INVENTORY).devices == ("rtr-2",)
    with pytest.raises(InvalidInput):
        chosen(history, Selection(sites=("main",)), nobody)


@pytest.mark.parametrize(
    "selection",
    [
        Selection(devices=("rtr-9",)),
        Selection(platforms=("sfos",)),
        Selection(sites=("nowhere",)),
        Selection(sites=("dr",), devices=("rtr-1",)),
        Selection(roles=("edge-router",), platforms=("panos",)),
    ],
)
def test_a_selection_that_leaves_nothing_is_refused(history, selection):
    with pytest.raises(UsageError):
        chosen(history, selection, lambda: INVENTORY)


def test_the_same_secret_is_found_on_every_device_that_has_it(site):  # noqa: F811
    token = keyed(site.key.key)
    site.store(
        site.entry("rtr-1", f"snmp-server community {token('Lk7rXq-91')} RO\n"),
        site.entry("rtr-2", f"snmp-server community {token('another')} RO\n"),
        site.entry("fw-1", f"<key>&lt;{token('Lk7rXq-91')[1:-1]}&gt;</key>\n"),
    )

    found = search(History(site.folder), of_secret(Secret("Lk7rXq-91"), site.key))

    assert [one.device for one in found.matches] == ["fw-1", "rtr-1"]
    assert "Lk7" not in repr(of_secret(Secret("Lk7rXq-91"), site.key))


@pytest.mark.parametrize("text", ["", "two\nlines"])
def test_what_is_no_secret_of_one_line_is_refused(site, text):  # noqa: F811
    with pytest.raises(UsageError):
        of_secret(Secret(text), site.key)
