"""Work in a process of its own: what it gives comes back, what it needed does not."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from dcops.errors import CannotRun, InvalidInput
from dcops.exporters.apart import apart


@pytest.fixture(autouse=True)
def found(monkeypatch):
    """The other process finds this file."""
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))


def where(_argument):
    return os.getpid()


def doubled(words):
    return [word * 2 for word in words]


def refused(file):
    raise InvalidInput(f"{file} has a mistake", next_step="Mend it")


def lost(_argument):
    raise SystemExit(7)


def test_what_it_gives_comes_back():
    assert apart(doubled, ("a", "Dữ liệu")) == ["aa", "Dữ liệuDữ liệu"]


def test_it_is_another_process():
    assert apart(where, None) != os.getpid()


def test_a_mistake_in_a_file_is_raised_here_with_its_next_step():
    with pytest.raises(InvalidInput) as caught:
        apart(refused, "devices.yaml")

    assert str(caught.value) == "devices.yaml has a mistake. Mend it"


def test_a_process_that_is_lost_is_told():
    with pytest.raises(CannotRun) as caught:
        apart(lost, None)

    assert "ended with 7" in str(caught.value)


def test_a_module_of_the_same_name_where_we_were_started_is_not_ours(tmp_path, monkeypatch):
    (tmp_path / "pickle.py").write_text("raise SystemExit(9)")
    monkeypatch.chdir(tmp_path)

    assert apart(doubled, ()) == []


WATCHED = """
import sys
from pathlib import Path
from dcops.exporters.vsphere.roster import roster
from dcops.settings import load

found = roster(load(Path(sys.argv[1])))
print(*found.entries, *{"pydantic", "yaml"} & sys.modules.keys())
"""


def test_an_exporter_reads_its_inventory_and_keeps_none_of_the_libraries_for_it(tmp_path):
    (tmp_path / "dcops.toml").write_text('[site]\nname = "test"\n')
    (tmp_path / "inventory").mkdir()
    (tmp_path / "inventory" / "all.yaml").write_text(
        "sites: [{name: main, title: Main, role: main}]\ncredentials: [{name: c}]\n"
        "devices: [{name: vc-main, site: main, role: vcenter, vendor: VMware, model: m, platform: vcenter,"
        " credential: c, management: {ipv4: 192.0.2.1}}]\n"
    )
    command = [sys.executable, "-c", WATCHED, str(tmp_path)]

    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout.split() == ["vc-main"]
