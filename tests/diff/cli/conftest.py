"""A platform of a few lines, for tests that need a rule and no more."""

import pytest

from dcops.devices.platforms import load
from dcops.diff.cli import CliFormat

BASE = """\
title: Example
vendor: Example
comment: Unproven.
login: {{prompt: '(?P<name>[\\w.-]+)# ?'}}
documents:
  - {{source: running, command: show config, ends: '^end$', contains: ['^name '], smallest_lines: 3}}
  - {{source: startup, command: show saved, ends: '^end$', absent: '^nothing saved', needed: false, smallest_lines: 1}}
refused: ['^% not allowed']
errors: ['^% ']
noise: {noise}
secrets: {secrets}
harmless: ['^password policy']
facts: [{{command: show version, model: 'Model (.+)'}}]
"""


@pytest.fixture
def described(tmp_path):
    """Makes the format of a platform with these rules, written as in its file."""

    def described(secrets="['password WORD']", noise="['^! time']"):
        (tmp_path / "example.yaml").write_text(BASE.format(secrets=secrets, noise=noise))
        return CliFormat(load([tmp_path])["example"])

    return described
