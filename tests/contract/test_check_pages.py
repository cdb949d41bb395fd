"""Every rule and every check has its page, and each page says what the rule says."""

from dcops.audit.catalog import functions
from tests import check_pages


def test_every_page_is_as_the_rules_are_now():
    made = check_pages.pages()
    written = {file.name: file.read_text(encoding="utf-8") for file in check_pages.FOLDER.iterdir()}

    stale = sorted(name for name in made.keys() | written.keys() if made.get(name) != written.get(name))
    assert stale == [], "write them anew: python -m tests.check_pages"


def test_every_check_in_python_has_a_page():
    assert {f"{check.id}.md" for check in functions().values()} <= check_pages.pages().keys()


def test_every_rule_stands_in_the_list_under_a_heading():
    index = check_pages.index()

    assert {rule.id.partition("-")[0] for rule in check_pages.library().rules} <= check_pages.FAMILIES.keys()
    for rule in check_pages.library().rules:
        assert f"| [{rule.id}]({rule.id}.md) | {rule.severity.value} |" in index


def test_a_page_has_all_that_a_reader_needs():
    for rule in check_pages.library().rules:
        page = check_pages.rule_page(rule)
        for heading in ("## Why", "## What to do", "## References", "## Right", "## Wrong"):
            assert f"\n{heading}\n" in page, (rule.id, heading)
        for words in (rule.title, rule.why):
            assert words.en in page
            assert words.vi in page


def test_exceptions_have_pages_too():
    assert [finding.id for finding in check_pages.about_exceptions()] == ["EXC-001", "EXC-002", "EXC-003"]
