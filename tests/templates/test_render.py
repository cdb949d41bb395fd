"""Texts come out in the reader's language and time, and a template can neither run nor hide anything."""

from datetime import UTC, datetime

import pytest

from dcops.errors import InvalidInput
from dcops.templates.render import Texts, upper_first

MOMENT = datetime(2026, 1, 14, 23, 5, 9, tzinfo=UTC)


def texts(folder=None, language="vi", timezone="Asia/Ho_Chi_Minh"):
    return Texts.of(folder, language=language, timezone=timezone)


@pytest.fixture
def template(tmp_path):
    """Gives a function that renders a template of a site root."""
    folder = tmp_path / "templates"
    folder.mkdir()

    def render(text, name="one.txt.j2", **values):
        (folder / name).write_text(text, encoding="utf-8")
        return texts(tmp_path).render(name, values)

    return render


def test_times_are_local_and_the_zone_has_a_name():
    vi, en = texts(), texts(language="en")

    assert vi.moment(MOMENT) == "06:05 ngày 15/01/2026"
    assert en.moment(MOMENT) == "15 Jan 2026, 06:05"
    assert (vi.short(MOMENT), vi.clock(MOMENT), vi.day(MOMENT)) == ("06:05 15/01", "06:05", "15/01/2026")
    assert vi.zone_at(MOMENT) == "giờ Việt Nam, UTC+7"
    assert texts(timezone="Asia/Kolkata").zone_at(MOMENT) == "Asia/Kolkata, UTC+5:30"
    assert texts(timezone="America/St_Johns").zone_at(MOMENT) == "America/St_Johns, UTC-3:30"
    assert texts(timezone="Europe/Berlin").zone_at(datetime(2026, 7, 1, tzinfo=UTC)) == "Europe/Berlin, UTC+2"


@pytest.mark.parametrize(
    ("seconds", "vi", "en"),
    [
        (None, "không rõ", "unknown"),
        (0, "0 giây", "0 s"),
        (0.84, "0,8 giây", "0.8 s"),
        (59.6, "1 phút", "1 min"),
        (125, "2 phút 5 giây", "2 min 5 s"),
        (3600, "1 giờ", "1 h"),
        (106200, "29 giờ 30 phút", "29 h 30 min"),
        (363600, "4 ngày 5 giờ", "4 days 5 h"),
    ],
)
def test_spans_of_time_are_said_in_two_units(seconds, vi, en):
    assert (texts().duration(seconds), texts(language="en").duration(seconds)) == (vi, en)


def test_numbers_are_written_as_the_language_does():
    assert texts().number(1234567.5) == "1.234.567,5"
    assert texts(language="en").number(1234567.5) == "1,234,567.5"


def test_markup_is_escaped_in_pages_and_left_in_texts(template):
    assert template("{{ x }}", "page.html.j2", x="<b>&") == "&lt;b&gt;&amp;"
    assert template("{{ x }}", "mail.txt.j2", x="<b>&") == "<b>&"


def test_signs_that_steer_are_shown(template):
    assert template("{{ x }}", x="a\x1b[2Jb\u202ec\td\n") == "a\ufffd[2Jb\ufffdc\td\n"
    assert template("{{ x }}", "page.html.j2", x="<\x00>") == "&lt;\ufffd&gt;"


@pytest.mark.parametrize(
    "text",
    [
        "{{ ''.__class__.__mro__ }}",
        "{{ x.__init__.__globals__ }}",
        "{{ t.__call__.__globals__ }}",
        "{{ items.append(1) }}",
    ],
)
def test_a_template_cannot_leave_its_sandbox(template, text):
    with pytest.raises(InvalidInput, match=r"one\.txt\.j2"):
        template(text, x=object(), items=[])


@pytest.mark.parametrize(
    ("text", "line"),
    [("one\n{{ missing }}", 2), ("{% if %}", 1), ("\n\n{{ 1 / 0 }}", 3), ("{{ t('no.such') }}", 1), ("{{ x + 1 }}", 1)],
)
def test_a_mistake_in_a_template_is_named_with_its_line(template, text, line):
    with pytest.raises(InvalidInput, match=rf"one\.txt\.j2:{line}|no\.such"):
        template(text, x="a")


def test_a_template_that_is_not_there_is_named_with_where_it_was_looked_for(tmp_path):
    with pytest.raises(InvalidInput, match=r"nothing\.j2"):
        texts(tmp_path).render("nothing.j2", {})
    with pytest.raises(InvalidInput):
        texts(tmp_path).render("../../dcops.toml", {})


def test_an_unknown_time_zone_is_refused():
    with pytest.raises(InvalidInput, match="Asia/Hanoi"):
        texts(timezone="Asia/Hanoi")


def test_a_sentence_begins_with_a_capital():
    assert upper_first("đăng nhập") == "Đăng nhập"
    assert upper_first("") == ""
