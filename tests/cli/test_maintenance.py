"""`dcops maintenance` as the duty staff type it."""

import json

import pytest
from click.testing import CliRunner

from dcops.cli.main import cli
from dcops.errors import UsageError
from dcops.templates import site_root


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("maintenance") / "site"
    site_root.create(folder)
    return folder


def maintenance(site, *arguments, **environment):
    return CliRunner(env=environment).invoke(cli, ["-C", str(site), "maintenance", *arguments])


def in_force(site):
    found = json.loads(maintenance(site, "list", "--format", "json").stdout)["maintenance"]
    return {window["id"] for window in found if window["in_force"]}


def test_a_maintenance_begins_is_listed_and_ends(site):
    begun = maintenance(
        site, "start", "--for", "2h", "--device", "rtr-edge-1", "--reason", "new fan", SUDO_USER="nguyen.van.an"
    )
    number = int(begun.stdout.split()[1])

    assert begun.exit_code == 0
    assert "It silences rtr-edge-1" in begun.stdout
    assert "device rtr-edge-1" in maintenance(site, "list").stdout
    assert "nguyen.van.an" in maintenance(site, "list").stdout
    assert number in in_force(site)

    assert maintenance(site, "end", str(number)).exit_code == 0
    assert number not in in_force(site)
    assert isinstance(maintenance(site, "end", str(number)).exception, UsageError)
    assert "over" in maintenance(site, "list", "--all").stdout


def test_without_a_selection_it_says_that_everything_is_silent(site):
    begun = maintenance(site, "start", "--for", "10m", "--reason", "power test")

    assert "the whole site" in begun.stdout
    assert maintenance(site, "end", begun.stdout.split()[1]).exit_code == 0


def test_as_json_it_names_what_it_silences(site):
    begun = maintenance(site, "start", "--for", "10m", "--site", "dr", "--reason", "x", "--format", "json")
    window = json.loads(begun.stdout)

    assert (window["sites"], window["silenced"], window["in_force"]) == (["dr"], ["rtr-dr-1"], True)
    maintenance(site, "end", str(window["id"]))


@pytest.mark.parametrize(
    "arguments",
    [
        ("--for", "soon", "--reason", "x"),
        ("--for", "2h", "--reason", " "),
        ("--for", "2h", "--reason", "x", "--device", "rtr-egde-1"),
    ],
)
def test_a_typing_error_silences_nothing(site, arguments):
    assert isinstance(maintenance(site, "start", *arguments).exception, UsageError)
    assert in_force(site) == set()
