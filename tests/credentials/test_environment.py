from dcops.credentials.environment import EnvironmentProvider, variable
from dcops.credentials.provider import parts_of


def test_a_name_becomes_a_variable():
    assert variable("ios-backup.v2", "api_key") == "DCOPS_CREDENTIAL_IOS_BACKUP_V2_API_KEY"


def test_a_login_is_put_together_from_its_variables():
    provider = EnvironmentProvider(
        {"DCOPS_CREDENTIAL_IOS_USERNAME": "svc", "DCOPS_CREDENTIAL_IOS_PASSWORD": "made-up", "PASSWORD": "other"}
    )

    found = provider.find("ios")

    assert found.username == "svc"
    assert found.password.reveal() == "made-up"
    assert found.enable is None
    assert parts_of(found) == ("username", "password")
    assert found.source == "environment"


def test_an_empty_variable_is_none():
    assert EnvironmentProvider({"DCOPS_CREDENTIAL_IOS_PASSWORD": ""}).find("ios") is None


def test_a_provider_does_not_print_what_it_holds():
    assert "made-up" not in repr(EnvironmentProvider({"DCOPS_CREDENTIAL_IOS_PASSWORD": "made-up"}))
