"""The ten minutes of CONTRIBUTING.md are true: its description, as printed there, backs up a box of that platform."""

import re
import shutil
import textwrap
from pathlib import Path

import pytest
import yaml

from tests.conftest import bring_down, bring_up

CONTRIBUTING = (Path(__file__).resolve().parents[2] / "CONTRIBUTING.md").read_text()
SECTION = re.search(r"### Add a command-line platform in ten minutes\n(.*?)\n### ", CONTRIBUTING, re.DOTALL)[1]
DESCRIPTION = textwrap.dedent(re.search(r"^( *)```yaml\n(.*?)^ *```$", SECTION, re.DOTALL | re.MULTILINE)[2])

CONFIGURATION = """\
# saved at 2026-01-05 09:00:00
system name ex-1
user an password Geheim-Example-1
user bo password "Geheim Example 2"
snmp community Geheim-Example-3
port 1 name the password room
# end of configuration
"""
SYSTEM = "Name: ex-1\nModel: EX-24\nSerial: EX00000901\nRelease: 4.2\nUp: 3 days, 4 hours\n"


def recording(configuration=CONFIGURATION):
    return yaml.safe_dump(
        {
            "recording": 1,
            "platform": "exampleos",
            "vendor": "Example",
            "model": "EX-24",
            "terminal": {"greeting": "\nExampleOS\nfake> is no prompt\n", "prompt": "ex-1> "},
            "exchanges": [
                {"request": "terminal pager off", "answer": ""},
                {"request": "show config", "answer": configuration},
                {"request": "show system", "answer": SYSTEM},
            ],
        },
        sort_keys=False,
    )


@pytest.fixture(scope="module")
def walked(tmp_path_factory):
    folder = tmp_path_factory.mktemp("walk")
    recordings = tmp_path_factory.mktemp("recorded")
    (recordings / "ex.yaml").write_text(recording())
    (recordings / "cut.yaml").write_text(recording(CONFIGURATION[: len(CONFIGURATION) // 2]))
    lab = bring_up(folder, "--scale", "small", "--recordings", str(recordings))
    described = lab.site / "platforms"
    described.mkdir()
    (described / "exampleos.yaml").write_text(DESCRIPTION)
    yield lab
    bring_down(folder)
    shutil.rmtree(folder, ignore_errors=True)


def test_the_description_backs_up_the_box_and_the_second_time_nothing_changed(walked):
    code, items, _ = walked.backup("--device", "rec-ex")
    assert code == 0
    assert items["rec-ex"]["outcome"] == "changed"

    code, items, _ = walked.backup("--device", "rec-ex")
    assert items["rec-ex"]["outcome"] == "unchanged"


def test_no_secret_is_shown_and_the_rest_is(walked):
    walked.backup("--device", "rec-ex")
    shown = walked.dcops("archive", "show", "rec-ex").stdout

    assert "Geheim" not in shown
    assert "user an password <secret:" in shown
    assert "system name ex-1" in shown
    assert "saved at" not in shown


def test_a_cut_answer_is_refused_by_its_missing_end(walked):
    code, items, _ = walked.backup("--device", "rec-cut")

    assert code == 1
    assert items["rec-cut"]["error"]["kind"] == "truncated"


def test_a_mistake_in_the_file_is_told_with_its_line(walked):
    file = walked.site / "platforms" / "exampleos.yaml"
    file.write_text(DESCRIPTION.replace("refused:", "refusd:"))
    try:
        done = walked.dcops("backup", "--device", "rec-ex")
    finally:
        file.write_text(DESCRIPTION)
    line = DESCRIPTION.split("\n").index(next(row for row in DESCRIPTION.split("\n") if row.startswith("refused:"))) + 1

    assert done.returncode == 2
    assert f"exampleos.yaml:{line}: unknown key 'refusd', did you mean refused?" in done.stderr
