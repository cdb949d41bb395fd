"""`dcops rules test`, without any device."""

import json
import shutil

import pytest
from click.testing import CliRunner

from dcops.cli.main import cli
from dcops.errors import DcopsError
from dcops.templates.find import data_folder
from tests.audit.rulebook import text_of

WELL = 'samples: {pass: "aaa new-model", fail: "no aaa new-model"}'
WRONG = 'samples: {pass: "no aaa new-model", fail: "aaa new-model"}'


@pytest.fixture
def site(tmp_path):
    (tmp_path / "dcops.toml").write_text('[site]\nname = "s"\n')
    (tmp_path / "compliance" / "rules").mkdir(parents=True)
    return tmp_path


def rules(site, *words):
    return CliRunner().invoke(cli, ["-C", str(site), "rules", "test", *words])


def put(site, samples):
    (site / "compliance" / "rules" / "mine.yaml").write_text(text_of('must: ["aaa new-model"]', samples=samples))


def test_everything_that_ships_is_well(site):
    done = rules(site)

    assert done.exit_code == 0, done.output
    assert done.output.endswith(" samples, 0 judged otherwise than they say.\n")


def test_one_rule_can_be_tried(site):
    put(site, WELL)

    assert rules(site, "TST-001").output == "1 rules, 2 samples, 0 judged otherwise than they say.\n"


def test_a_sample_that_is_judged_otherwise_is_shown_with_file_line_and_evidence(site):
    put(site, WRONG)

    done = rules(site, "TST-001")

    assert done.exit_code == 1
    assert "mine.yaml:9: TST-001: sample 1 for `pass`, but it is: fail\n" in done.output
    assert "    line 1: `no aaa new-model` stands in the place of `aaa new-model`\n" in done.output


def test_json_tells_every_sample(site):
    put(site, WRONG)

    done = rules(site, "TST-001", "--format", "json")

    told = json.loads(done.output)
    assert told["summary"] == {"rules": 1, "samples": 2, "wrong": 2}
    assert [(item["wanted"], item["seen"], item["well"]) for item in told["items"]] == [
        ("pass", "fail", False),
        ("fail", "pass", False),
    ]


def test_a_rule_that_there_is_not_is_wrong_usage(site):
    put(site, WELL)

    done = rules(site, "TST-002")

    assert isinstance(done.exception, DcopsError)
    assert done.exception.exit_code == 2
    assert "Did you mean" in str(done.exception)


def test_mistakes_in_files_are_invalid_input(site):
    put(site, WELL.replace("fail", "fial"))

    done = rules(site)

    assert done.exception.exit_code == 2
    assert "mine.yaml:9: " in str(done.exception)
    assert "unknown key 'fial', did you mean fail?" in str(done.exception)


def test_a_shipped_rule_that_a_site_spoiled_is_found(site):
    shutil.copytree(data_folder("compliance") / "rules", site / "compliance" / "rules", dirs_exist_ok=True)
    file = site / "compliance" / "rules" / "ios.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace('must: ["aaa new-model"]', 'must: ["aaa old-model"]', 1))

    done = rules(site)

    assert done.exit_code == 1
    assert "IOS-001: sample 1 for `pass`, but it is: fail" in done.output
