"""The section `restore:` of a described platform is read as strictly as the rest of its file."""

import pytest

from dcops.devices.platforms import load
from dcops.errors import InvalidInput
from dcops.model.snapshot import ConfigSource
from dcops.model.way_back import Case, Where
from dcops.restore import catalog, common
from tests.devices.test_platforms import GOOD

RESTORE = """\
restore:
  proven: Unproven.
  needs:
    - The same model
    - {what: Its licence, sign: '^license'}
  replacement:
    as: as its startup configuration
    prepared: -load.cfg
    before: [{at: room, do: Mount the new box}]
    steps:
      - {at: console, do: 'Copy {load}', type: ['copy usb:{load} startup', reload], unproven: the name of the stick}
    check: [{do: Look, type: show ports, only: '^port '}]
    undo: [{at: web, do: Reset it}]
  lost:
    - {what: passwords, instead: set them again, unless: '^include-credentials'}
  identity: {hostname: '^hostname (\\S+)'}
"""


@pytest.fixture
def read(tmp_path):
    def read(text):
        (tmp_path / "example.yaml").write_text(GOOD + text)
        return load([tmp_path])["example"]

    return read


def mistakes(read, text):
    with pytest.raises(InvalidInput) as caught:
        read(text)
    return caught.value.message


def test_the_section_is_read(read):
    said = read(RESTORE).restore
    (way,) = said.ways
    (step,) = way.restore

    assert (said.title, said.proven, way.case, way.form) == (
        "Example",
        "Unproven.",
        Case.REPLACEMENT,
        "as its startup configuration",
    )
    assert way.sends == (ConfigSource.RUNNING, ConfigSource.STARTUP)
    assert (step.where, step.types, step.unproven) == (
        Where.CONSOLE,
        ("copy usb:{load} startup", "reload"),
        "the name of the stick",
    )
    assert way.check[0].only.pattern.pattern == "^port "
    assert said.losses[0].sign.unless.search("include-credentials")
    assert [need.sign is None for need in said.needs] == [True, False]


def test_a_description_without_it_is_complete(read):
    platform = read("")

    assert platform.restore is None
    assert "Nobody has written down how Example is restored" in catalog.way_back("example", lambda _: platform).no_way


def test_dcops_adds_its_own_first_step(read):
    platform = read(RESTORE)

    (way,) = catalog.way_back("example", lambda _: platform).ways
    assert way.before[0] is common.EXPORT


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("proven: Unproven.", "proof: Unproven.", "missing key proven"),
        ("at: console", "at: roof", "at is 'roof'"),
        ("{load} startup", "{lod} startup", "{lod} stands for nothing"),
        ("'^license'", "'^(licence'", "needs sign '^(licence'"),
        ("hostname (\\S+)", "hostname", "hostname has no group"),
        ("instead: set them again, ", "", "missing key instead"),
        ("  replacement:", "  exchange:", "neither replacement nor repair is said"),
        ("restore:\n", "restore:\n  sends: [state]\n", "sends 'state' is not one of running, startup, candidate, file"),
        ("prepared: -load.cfg", "prepared: -load.cfg\n    color: red", "unknown key 'color'"),
    ],
)
def test_a_mistake_is_told(read, old, new, said):
    assert old in RESTORE
    message = mistakes(read, RESTORE.replace(old, new))
    assert said in message or (said.startswith("needs sign") and "sign '^(licence'" in message)
