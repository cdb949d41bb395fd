"""From the settings to words, and to the ways out over which people are told."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from dcops.assembly.logins import login_of
from dcops.errors import InvalidInput
from dcops.model.secret import Credential

if TYPE_CHECKING:
    from dcops.jobs.notification import Audience
    from dcops.notify.http import Endpoint
    from dcops.notify.sender import Sender
    from dcops.settings import Settings
    from dcops.templates.render import Texts


def texts_of(settings: Settings, language: str | None = None) -> Texts:
    """Words and templates in the site's language, or another one, and in its time zone."""
    from dcops.templates.render import Texts

    return Texts.of(settings.root, language=language or settings.site.language, timezone=settings.site.timezone)


def channels_of(settings: Settings) -> tuple[str, ...]:
    """The ways out that dcops.toml sets up; no credential is looked up for it."""
    from dcops.jobs.notification import ALERTMANAGER, MAIL, WEBHOOK

    wanted = {
        MAIL: settings.mail.host,
        WEBHOOK: settings.webhook.url or settings.webhook.credential,
        ALERTMANAGER: settings.alertmanager.url,
    }
    return tuple(channel for channel, value in wanted.items() if value)


def audience_of(settings: Settings) -> Audience:
    """Who is told of what happens, and in whose words."""
    from dcops.jobs.notification import Audience

    return Audience(settings.site.name, texts_of(settings), channels_of(settings))


def senders_of(settings: Settings) -> dict[str, Sender]:
    """The ways out by channel. One that dcops.toml sets up wrongly keeps its messages and says why."""
    from dcops.jobs.notification import ALERTMANAGER, MAIL, WEBHOOK
    from dcops.notify.sender import Unusable

    makers = {MAIL: _mail, WEBHOOK: _webhook, ALERTMANAGER: _alertmanager}
    senders: dict[str, Sender] = {}
    for channel in channels_of(settings):
        try:
            senders[channel] = makers[channel](settings)
        except InvalidInput as error:
            # Backups go on while nobody can be told of them.
            senders[channel] = Unusable(str(error))
    return senders


def _mail(settings: Settings) -> Sender:
    from dcops.notify.mail import MailSecurity, MailSender

    mail = settings.mail
    if mail.security not in list(MailSecurity):
        raise InvalidInput(f"[mail] security must be one of {', '.join(MailSecurity)}, not {mail.security!r}")
    login = login_of(settings, "mail", mail.credential)
    return MailSender(
        host=mail.host,
        port=mail.port,
        sender=mail.sender,
        recipients=mail.recipients,
        security=MailSecurity(mail.security),
        username=login.username,
        password=login.password,
        ca_file=mail.ca_file,
    )


def _webhook(settings: Settings) -> Sender:
    from dcops.notify.webhook import WebhookSender

    login = login_of(settings, "webhook", settings.webhook.credential)
    return WebhookSender(_endpoint(settings.webhook.url, login, settings.webhook.ca_file))


def _alertmanager(settings: Settings) -> Sender:
    from dcops.notify.alertmanager import AlertmanagerSender, alerts_url

    login = login_of(settings, "alertmanager", settings.alertmanager.credential)
    url = alerts_url(settings.alertmanager.url)
    return AlertmanagerSender(_endpoint(url, login, settings.alertmanager.ca_file))


def _endpoint(url: str, login: Credential, ca_file: Path) -> Endpoint:
    from dcops.notify.http import Endpoint

    secret = login.password if login.username else login.api_key or login.password
    # An address that is a secret itself (most chats) is kept as the key of a credential.
    if not url and login.api_key:
        return Endpoint(login.api_key.reveal(), ca_file=ca_file)
    return Endpoint(url, ca_file=ca_file, username=login.username, secret=secret)
