"""Whether a login will do: for devices that are entered, and for agents that are asked."""

import pytest

from dcops.credentials.fitness import fitness
from dcops.model.secret import Credential, Secret

V3 = ("username", "password", "privacy")


def login(**parts):
    secrets = {name: Secret(text) for name, text in parts.items() if name != "username"}
    return Credential("snmp", parts.get("username", ""), **secrets)


def test_one_that_is_not_there_lacks_everything():
    assert fitness(None).lacking


@pytest.mark.parametrize(
    ("found", "wanted", "missing"),
    [
        (login(password="public-word"), {"logs_in": False, "parts": ("password",)}, ()),
        (login(password="public-word"), {"logs_in": True, "parts": ("password",)}, ("username",)),
        (login(username="u", password="long-enough"), {"logs_in": False, "parts": V3, "v3": True}, ("privacy",)),
        (login(username="u"), {"logs_in": True, "parts": V3, "v3": True}, ("password", "privacy")),
        (login(username="u", password="x", privacy="y"), {"logs_in": True}, ()),
    ],
)
def test_each_use_wants_its_own_parts(found, wanted, missing):
    assert fitness(found, **wanted).missing == missing


@pytest.mark.parametrize("part", ["password", "privacy"])
def test_version_3_wants_eight_signs_and_the_flaw_does_not_tell_them(part):
    parts = {"username": "u", "password": "long-enough", "privacy": "long-enough", part: "short-1"}

    flaw = fitness(login(**parts), logs_in=False, parts=V3, v3=True).flaw

    assert flaw is not None
    assert f"its {part} is too short" in flaw[0]
    assert "short-1" not in " ".join(flaw)
    assert fitness(login(**parts), logs_in=False, parts=("password",)).flaw is None
