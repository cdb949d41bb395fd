"""The name of the code that makes texts readable."""

import re
from dataclasses import replace

from dcops.devices.platforms import load
from dcops.diff import form
from dcops.diff.cli import CliFormat
from dcops.diff.form import form_of
from dcops.diff.ios import IosFormat
from dcops.templates.find import data_folder


def test_the_same_code_has_one_name():
    assert form_of(IosFormat()) == form_of() == form_of(IosFormat())
    assert len(form_of()) == 12


def test_another_description_of_a_platform_is_another_form():
    described = load([data_folder("platforms")])["junos"]
    other = replace(described, noise=described.noise[1:])

    assert form_of(CliFormat(described)) == form_of(CliFormat(load([data_folder("platforms")])["junos"]))
    assert len({form_of(CliFormat(described)), form_of(CliFormat(other)), form_of()}) == 3


def test_the_end_of_a_long_pattern_counts_as_well():
    described = load([data_folder("platforms")])["junos"]
    patterns = [re.compile("x" * 300 + end) for end in ("a", "b")]

    names = {
        form_of(CliFormat(replace(described, login=replace(described.login, prompt=pattern)))) for pattern in patterns
    }

    assert len(names) == 2


def test_another_line_of_code_is_another_form(monkeypatch, tmp_path):
    for name in ("one.py", *form._BESIDE):
        (tmp_path / name).write_text("pass\n")
    monkeypatch.setattr(form.resources, "files", lambda _: tmp_path)

    def named():
        form._code.cache_clear()
        return form_of()

    before = named()
    (tmp_path / "one.py").write_text("pass  # other\n")
    after = named()
    monkeypatch.undo()
    form._code.cache_clear()

    assert before != after
