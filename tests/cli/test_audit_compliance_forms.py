"""Where an audit is written, and in which form."""

import pytest

from dcops.cli.audit_compliance_forms import files_of
from dcops.errors import UsageError


def test_a_name_says_the_form_and_any_other_is_of_the_format():
    told = files_of(["a.html", "b.CSV", "c.json"], "table")

    assert [(file.name, form) for file, form in told] == [("a.html", "html"), ("b.CSV", "csv"), ("c.json", "json")]
    assert [form for _, form in files_of(["/srv/www/night"], "html")] == ["html"]
    assert files_of([], "table") == ()


@pytest.mark.parametrize(("name", "output"), [("a.txt", "table"), ("a", "table"), ("a.csv", "html")])
def test_a_form_that_is_not_clear_is_refused_before_anything_is_read(name, output):
    with pytest.raises(UsageError) as refused:
        files_of([name], output)

    assert refused.value.next_step
