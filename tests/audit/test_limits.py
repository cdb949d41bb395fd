"""What no rule looks at: read strictly, from the site before what ships."""

from datetime import date
from pathlib import Path

import pytest

from dcops.audit.library import load
from dcops.errors import InvalidInput

SHIPPED = Path(__file__).resolve().parents[2] / "compliance"
DAY = date(2026, 1, 15)
CONTROLS = "controls:\n  - {id: N-LOG-3, title: {en: a, vi: b}, confidence: C, standards: [TCVN 1:2026]}\n"


def limits(tmp_path, text):
    for name, content in (("controls.yaml", CONTROLS), ("not-checked.yaml", text)):
        (tmp_path / name).write_text(content, encoding="utf-8")
    return load(tmp_path, None, DAY).limits


def test_a_control_and_a_platform_have_their_reasons(tmp_path):
    found = limits(
        tmp_path,
        "not_checked:\n  - {control: N-LOG-3, part: all, reason: {en: There., vi: Kia.}}\n"
        "platforms:\n  - {platform: peplink, reason: {en: Little., vi: Ít.}}\n",
    )

    assert (found.controls["N-LOG-3"].whole, found.controls["N-LOG-3"].reason.vi) == (True, "Kia.")
    assert found.platforms["peplink"].of("en") == "Little."


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "not_checked:\n  - {control: N-LOG-4, part: all, reason: x}\n",
            ":2: not_checked: controls.yaml has no N-LOG-4, did you",
        ),
        ("not_checked:\n  - {control: N-LOG-3, part: none, reason: x}\n", ":2: not_checked: part is 'none'"),
        ("not_checked:\n  - {control: N-LOG-3, part: all}\n", ":2: not_checked: missing key reason"),
        ("not_checked:\n  - {control: N-LOG-3, part: all, reason: x, why: y}\n", ":2: not_checked: unknown key 'why'"),
        ("platforms:\n  - {platform: a, reason: x}\n  - {platform: a, reason: y}\n", ":3: platforms: a is there twice"),
    ],
)  # fmt: skip
def test_mistakes_are_named_with_file_and_line(tmp_path, text, said):
    with pytest.raises(InvalidInput, match=r"not-checked\.yaml") as refused:
        limits(tmp_path, text)

    assert f"not-checked.yaml{said}" in refused.value.message


def test_what_ships_says_what_peplink_does_not_show():
    found = load(SHIPPED, None, DAY).limits

    assert "firmware" in found.platforms["peplink"].en
    assert "WAN" in found.platforms["peplink"].vi


def test_a_file_of_the_site_takes_the_place_of_the_shipped_one(tmp_path):
    (tmp_path / "not-checked.yaml").write_text("not_checked: []\n", encoding="utf-8")

    assert load(SHIPPED, tmp_path, DAY).limits.controls == {}
