"""From dcops.toml to a message that arrives: the ways out as a site sets them up."""

import pytest

from dcops.assembly.messages import channels_of, senders_of
from dcops.notify.sender import NotifyError, NotifyErrorKind
from dcops.settings import load
from tests.notify.servers import login_with


@pytest.fixture
def site(tmp_path, ca_file):
    """Gives a function that writes a dcops.toml and credentials, and gives the settings."""
    folder = tmp_path / "site"
    (folder / "trust").mkdir(parents=True)
    (folder / "trust" / "ca.pem").write_text(ca_file.read_text())

    def write(toml, credentials=""):
        (folder / "dcops.toml").write_text(toml)
        file = folder / "credentials.toml"
        file.write_text(credentials)
        file.chmod(0o600)
        return load(folder)

    return write


def test_nothing_set_up_means_no_channels(site):
    settings = site('[site]\nname = "x"\n')

    assert channels_of(settings) == ()
    assert senders_of(settings) == {}


def test_mail_goes_out_with_the_sites_authority_and_a_named_login(site, smtp, server_context, letter):
    server = smtp(tls_context=server_context, authenticator=login_with("noc", "pass-1"), auth_required=True)
    settings = site(
        f'[mail]\nhost = "127.0.0.1"\nport = {server.port}\nsender = "dcops@example.org"\n'
        'recipients = ["noc@example.org"]\ncredential = "mail"\n',
        '["mail"]\nusername = "noc"\npassword = "pass-1"\n',
    )

    senders_of(settings)["mail"].send(letter())

    assert server.box.mails[0][1] == ["noc@example.org"]


def test_a_webhook_has_its_token_or_its_whole_address_in_a_credential(site, http, letter):
    server = http()
    by_token = site(f'[webhook]\nurl = "{server.url}/hook"\ncredential = "chat"\n', '["chat"]\napi_key = "token-1"\n')
    senders_of(by_token)["webhook"].send(letter(body="{}"))
    by_address = site('[webhook]\ncredential = "chat"\n', f'["chat"]\napi_key = "{server.url}/secret/path"\n')
    senders_of(by_address)["webhook"].send(letter(body="{}"))

    assert [(path, headers.get("Authorization")) for path, headers, _ in server.taken] == [
        ("/hook", "Bearer token-1"),
        ("/secret/path", None),
    ]


def test_alerts_go_to_where_alertmanager_takes_them(site, http, letter):
    server = http()

    senders_of(site(f'[alertmanager]\nurl = "{server.url}/am/"\n'))["alertmanager"].send(letter(body="[]"))

    assert server.taken[0][0] == "/am/api/v2/alerts"


@pytest.mark.parametrize(
    ("toml", "channel", "word"),
    [
        ('[mail]\nhost = "mx.example.org"\nsender = "dcops"\nrecipients = ["a@example.org"]\n', "mail", "dcops"),
        ('[mail]\nhost = "mx.example.org"\nsender = "d@example.org"\n', "mail", "recipient"),
        (
            '[mail]\nhost = "mx.example.org"\nsender = "d@example.org"\nrecipients = ["a@example.org"]\n'
            'security = "ssl"\n',
            "mail",
            "starttls",
        ),
        ('[webhook]\nurl = "chat.example.org"\n', "webhook", "http"),
        ('[alertmanager]\nurl = "http://192.0.2.9"\ncredential = "none"\n', "alertmanager", "none"),
    ],
)
def test_a_way_out_that_is_set_up_wrongly_keeps_its_messages_and_says_why(site, letter, toml, channel, word):
    settings = site(toml)

    with pytest.raises(NotifyError, match=word) as caught:
        senders_of(settings)[channel].send(letter())

    assert caught.value.kind is NotifyErrorKind.TEMPORARY
    assert channels_of(settings) == (channel,)
