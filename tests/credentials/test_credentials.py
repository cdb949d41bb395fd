from dataclasses import dataclass, field

import pytest

from dcops.credentials import Credentials
from dcops.credentials.credentials import colliding
from dcops.errors import DeviceError, ErrorKind, InvalidInput
from dcops.model.secret import Credential, Secret


@dataclass
class Memory:
    """A provider that holds what the test gives it."""

    source: str
    logins: dict = field(default_factory=dict)

    def find(self, name):
        return self.logins.get(name)

    def how_to_add(self, name, parts=()):  # noqa: ARG002
        return f"tell {self.source} about {name}"


COMPLETE = Credential("ios", "svc", Secret("made-up"), source="first")


def test_the_first_provider_that_has_the_login_gives_it():
    second = Credential("ios", "other", Secret("other"), source="second")
    credentials = Credentials([Memory("empty"), Memory("first", {"ios": COMPLETE}), Memory("second", {"ios": second})])

    assert credentials.find("ios") is COMPLETE
    assert credentials.find("panos") is None


def test_a_login_that_is_complete_is_given():
    assert Credentials([Memory("first", {"ios": COMPLETE})]).require("ios", "rtr-1") is COMPLETE


def test_an_api_key_stands_alone():
    key = Credential("panos", api_key=Secret("made-up"))

    assert Credentials([Memory("m", {"panos": key})]).require("panos", "fw-1") is key


def test_a_missing_login_is_an_auth_error_with_every_way_to_add_it():
    with pytest.raises(DeviceError) as caught:
        Credentials([Memory("a"), Memory("b")]).require("ios", "rtr-1")

    assert caught.value.kind is ErrorKind.AUTH
    assert str(caught.value) == "credential ios is not found. Tell a about ios, or tell b about ios"


@pytest.mark.parametrize(
    ("login", "lacking"),
    [
        (Credential("ios", "svc"), "no password"),
        (Credential("ios", password=Secret("made-up")), "no username"),
        (Credential("ios", enable=Secret("made-up")), "no username and no password"),
    ],
)
def test_half_a_login_is_an_auth_error_that_says_what_lacks(login, lacking):
    with pytest.raises(DeviceError, match=lacking) as caught:
        Credentials([Memory("m", {"ios": login})]).require("ios", "rtr-1")

    assert caught.value.kind is ErrorKind.AUTH
    assert "made-up" not in str(caught.value)


def test_a_device_without_a_credential_is_told():
    with pytest.raises(DeviceError, match="names no credential for rtr-1"):
        Credentials([]).require(None, "rtr-1")


def test_providers_are_named_in_the_settings(tmp_path):
    file = tmp_path / "credentials.toml"
    file.write_text('["ios"]\nusername = "from-file"\n')
    file.chmod(0o600)
    variables = {"DCOPS_CREDENTIAL_IOS_USERNAME": "from-environment"}

    assert Credentials.of(["environment", "file"], file, variables).find("ios").username == "from-environment"
    assert Credentials.of(["file", "environment"], file, variables).find("ios").username == "from-file"
    assert Credentials.of(["environment"], file, {}).find("ios") is None


def test_an_unknown_provider_is_told_with_the_nearest(tmp_path):
    with pytest.raises(InvalidInput, match=r"unknown provider 'flie'\. Did you mean file\?"):
        Credentials.of(["flie"], tmp_path / "credentials.toml")


def test_names_that_share_their_variables_are_found():
    assert colliding(["a-b", "a.b", "c"]) == (("a-b", "a.b"),)
    assert colliding(["a", "b"]) == ()
