"""Both languages know the same words, all that is asked for, and nothing is shown by its name."""

import re
from pathlib import Path
from string import Formatter

import pytest

from dcops.errors import ErrorKind, InvalidInput, UsageError
from dcops.jobs.compliance.report import controls
from dcops.jobs.nightly.content import Standing, Verdict
from dcops.jobs.nightly.problems import ORDER
from dcops.model.finding import Severity, Status
from dcops.model.job import RunState
from dcops.model.run import Result
from dcops.templates.find import data_folder
from dcops.templates.words import LANGUAGES, Words

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = {language: Words.load([data_folder("templates")], language) for language in LANGUAGES}


def stem(name):
    return re.sub(r"\.(one|other)$", "", name)


def holes(words):
    found = {}
    for name, text in words.known.items():
        found.setdefault(stem(name), set()).update(field for _, field, _, _ in Formatter().parse(text) if field)
    return found


def test_both_languages_have_the_same_words_with_the_same_values():
    vi, en = holes(SHIPPED["vi"]), holes(SHIPPED["en"])

    assert set(vi) == set(en)
    # "{n}" may be left out of a singular, and a language may show a date with fewer parts.
    assert {name for name in vi if vi[name] - {"n"} != en[name] - {"n"} and not name.startswith("time.")} == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_state_result_kind_and_problem_has_its_words(language):
    words = SHIPPED[language]
    names = {stem(name) for name in words.known}

    assert {f"state.{one}" for one in (*RunState, *Standing)} <= names
    assert {f"result.{one}" for one in Result} <= names
    assert {f"verdict.{one}" for one in Verdict} <= names
    assert {f"{table}.{one}" for one in ErrorKind for table in ("kind", "kind-step")} <= names
    assert {f"status.{one}" for one in Status} <= names
    assert {f"severity.{one}" for one in Severity} <= names
    assert {f"standing.{one}" for one in controls.Standing} <= names
    assert {f"problem.{one}" for one in ORDER} <= names
    assert {f"problem-step.{one}" for one in ORDER} - {"problem-step.devices-failed"} <= names


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_word_is_kept_that_nobody_asks_for(language):
    sources = [*(ROOT / "templates").rglob("*.j2"), *(ROOT / "src/dcops").rglob("*.py")]
    code = "\n".join(file.read_text(encoding="utf-8") for file in sources)
    tables = (
        "state.",
        "result.",
        "verdict.",
        "kind.",
        "kind-step.",
        "problem.",
        "problem-step.",
        "month.",
        "zone.",
        "job.",
        "finding.",
        "finding-step.",
        "trap.",
        "status.",
        "severity.",
        "standing.",
    )
    asked = {"report.verdict-act", "report.verdict-look", "report.verdict-well"}
    asked |= {f"{name}-note" for name in asked} | {f"report.mail-subject-{one}" for one in Verdict}
    asked |= {f"report.{name}" for name in ("job", "state", "due", "took", "devices-column", "reason")}

    unused = {
        name
        for name in map(stem, SHIPPED[language].known)
        if not name.startswith(tables) and name not in asked and f'"{name}"' not in code and f"'{name}'" not in code
    }

    assert unused == set()


def test_a_number_chooses_its_form():
    words = SHIPPED["en"]

    assert words("count.devices", n=1) == "1 device"
    assert words("count.devices", n=0) == "0 devices"
    assert SHIPPED["vi"]("count.devices", n=1) == "1 thiết bị"


def test_a_word_that_is_missing_is_an_error_unless_it_comes_from_data():
    words = SHIPPED["vi"]

    with pytest.raises(InvalidInput):
        words("report.no-such-word")
    assert words("job.tomorrows-job", otherwise="tomorrows-job") == "tomorrows-job"


def test_a_site_root_replaces_single_words(tmp_path):
    (tmp_path / "words").mkdir()
    (tmp_path / "words" / "vi.toml").write_text('[report]\ntitle = "Báo cáo ca đêm"\n', encoding="utf-8")

    words = Words.load([tmp_path, data_folder("templates")], "vi")

    assert words("report.title") == "Báo cáo ca đêm"
    assert words("verdict.act") == "Cần xử lý"


@pytest.mark.parametrize("text", ["[report\n", "[report]\ntitle = 3\n", "\xff"])
def test_a_list_that_cannot_be_read_is_named(tmp_path, text):
    (tmp_path / "words").mkdir()
    (tmp_path / "words" / "en.toml").write_bytes(text.encode("latin-1"))

    with pytest.raises(InvalidInput, match=r"en\.toml"):
        Words.load([tmp_path, data_folder("templates")], "en")


def test_a_word_that_asks_for_what_is_not_there_is_named():
    with pytest.raises(InvalidInput, match=r"greeting"):
        Words("en", {"greeting": "hello {name}"})("greeting", other="x")


def test_an_unknown_language_is_refused():
    with pytest.raises(UsageError):
        Words.load([], "fr")
