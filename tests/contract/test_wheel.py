"""The wheel holds the data folders, and a site root can be made from it alone."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", str(ROOT)]
    subprocess.run([*command, "--wheel-dir", str(folder)], check=True, timeout=120)
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "lib")
    return folder / "lib"


def test_every_data_file_is_in_it(unpacked):
    for name in ("exporters", "inventory", "platforms", "templates"):
        ours = {path.relative_to(ROOT) for path in (ROOT / name).rglob("*") if path.is_file()}
        theirs = {
            Path(path.relative_to(unpacked / "dcops" / "data"))
            for path in (unpacked / "dcops/data" / name).rglob("*")
            if path.is_file()
        }
        assert ours == theirs


def test_the_migrations_of_the_ledger_are_in_it(unpacked):
    ours = {path.name for path in (ROOT / "src/dcops/ledger/migrations/versions").glob("m*.py")}

    assert ours
    assert ours <= {path.name for path in (unpacked / "dcops/ledger/migrations/versions").iterdir()}


def test_it_brings_no_tests_no_lab_and_no_benchmarks(unpacked):
    assert {path.name for path in unpacked.iterdir() if "dist-info" not in path.name} == {"dcops"}


def test_a_site_root_made_from_it_has_no_mistakes(unpacked, tmp_path):
    run = [sys.executable, "-c", "from dcops.cli.main import main; main()"]
    env = {**os.environ, "PYTHONPATH": str(unpacked), "HOME": str(tmp_path)}
    where = subprocess.run(
        [sys.executable, "-c", "import dcops; print(dcops.__file__)"],
        env=env,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert where.stdout.startswith(str(unpacked))

    subprocess.run([*run, "init", "site"], env=env, cwd=tmp_path, check=True, capture_output=True)
    done = subprocess.run(
        [*run, "-C", "site", "inventory", "check"], env=env, cwd=tmp_path, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stdout
    assert "no mistakes" in done.stdout
