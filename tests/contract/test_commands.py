"""Every command has help that teaches, and stands in the reference."""

import subprocess
import sys
from pathlib import Path

import click
import pytest

from dcops.cli.main import COMMANDS, cli

ROOT = Path(__file__).resolve().parents[2]
REFERENCE = (ROOT / "docs/reference/commands.md").read_text(encoding="utf-8")


def walk(command, path):
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            child = command.get_command(context, name)
            yield from walk(child, [*path, name])


ALL = list(walk(cli, ["dcops"]))


@pytest.mark.parametrize(("path", "command"), ALL, ids=[" ".join(path) for path, _ in ALL])
def test_it_has_help_and_so_has_each_of_its_options(path, command):
    assert command.help, f"{' '.join(path)} has no help"
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert parameter.help, f"{' '.join(path)} {parameter.name} has no help"


@pytest.mark.parametrize("path", [path for path, one in ALL if len(path) > 1 and not one.hidden], ids=" ".join)
def test_it_stands_in_the_reference(path):
    assert f"`{' '.join(path)}" in REFERENCE


def test_help_imports_no_command_and_no_heavy_library():
    code = (
        "import sys\nfrom dcops.cli.main import cli\n"
        "try: cli.main(['--help'])\nexcept SystemExit: pass\n"
        "print([m for m in sys.modules if m.split('.')[0] in"
        " {'napalm','netmiko','paramiko','pydantic','rich','yaml','lxml','nornir'} or m.startswith('dcops.cli.b')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.splitlines()[-1] == "[]"


def test_the_list_of_commands_says_the_same_as_the_commands():
    assert list(COMMANDS) == [path[1] for path, _ in ALL if len(path) == 2]
