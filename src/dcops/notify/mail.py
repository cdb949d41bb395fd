"""Sends a message by SMTP: verified TLS, one try, bounded time."""

from __future__ import annotations

import re
import smtplib
import socket
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from enum import StrEnum
from pathlib import Path

from dcops.errors import InvalidInput
from dcops.model.job import Message
from dcops.model.secret import Secret
from dcops.notify.sender import NotifyError, permanent, temporary
from dcops.notify.tls import verified

SUBJECT_LENGTH = 200
# Line ends would add headers; the others hide or reorder what the reader sees.
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]+")
# In the text, line ends and tabs stay.
_UNSEEN_IN_TEXT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


class MailSecurity(StrEnum):
    """How the line to the mail server is protected."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class MailSender:
    """A mail server, and who writes to whom."""

    host: str
    port: int
    sender: str
    recipients: tuple[str, ...]
    security: MailSecurity = MailSecurity.STARTTLS
    username: str = ""
    password: Secret | None = None
    ca_file: Path | None = None
    timeout_seconds: float = 20.0
    """For each step of the conversation."""
    _delivered: dict[int, set[str]] = field(default_factory=dict, compare=False, repr=False)
    """Whom a message that is still tried has reached: they do not get it twice."""

    def __post_init__(self) -> None:
        if not self.host or not self.recipients:
            raise InvalidInput("[mail] needs a host, a sender and at least one recipient")
        for address in (self.sender, *self.recipients):
            _address(address)
        if self.password is not None and self.security is MailSecurity.NONE:
            raise InvalidInput(
                "[mail] would send its password over a line without protection",
                next_step='Set security = "starttls" or "tls", or remove the credential',
            )

    def send(self, message: Message) -> None:
        """Send one message to everyone who has not got it yet; raises NotifyError when somebody is left."""
        reached = self._delivered.setdefault(message.id, set())
        left = [recipient for recipient in self.recipients if recipient not in reached]
        try:
            refused = self._conversation(lambda server: self._hand_over(server, message, left))
        except NotifyError:
            if not reached:
                del self._delivered[message.id]
            raise
        reached.update(recipient for recipient in left if recipient not in refused)
        if refused:
            raise self._partly(refused, len(reached))
        del self._delivered[message.id]

    def compose(self, message: Message) -> EmailMessage:
        """The mail as it goes out: plain text, UTF-8."""
        mail = EmailMessage(policy=SMTP)
        mail["Subject"] = clean_subject(message.subject)
        mail["From"] = _address(self.sender)
        mail["To"] = [_address(recipient) for recipient in self.recipients]
        mail["Date"] = message.created
        # The same message keeps its id when it is tried again, so that readers' programs can drop a second copy.
        domain = self.sender.rpartition("@")[2]
        mail["Message-ID"] = f"<dcops.{message.id}.{message.created:%Y%m%dT%H%M%S%f}@{domain}>"
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(_UNSEEN_IN_TEXT.sub("\ufffd", message.body), cte="quoted-printable")
        return mail

    def _hand_over(self, server: smtplib.SMTP, message: Message, recipients: list[str]) -> Mapping[str, _Answer]:
        try:
            refused: Mapping[str, _Answer] = server.send_message(self.compose(message), self.sender, recipients)
        except smtplib.SMTPRecipientsRefused as error:
            return error.recipients
        return refused

    def _conversation(self, talk: Callable[[smtplib.SMTP], Mapping[str, _Answer]]) -> Mapping[str, _Answer]:
        where = f"mail server {self.host}:{self.port}"
        try:
            with self._connected() as server:
                if self.security is MailSecurity.STARTTLS:
                    server.starttls(context=verified(self.ca_file))
                if self.password is not None:
                    server.login(self.username, self.password.reveal())
                return talk(server)
        except ssl.SSLCertVerificationError as error:
            raise temporary(
                f"{where}: its certificate is not believed ({error.verify_message})",
                "Add the authority that signed it to the file that [mail] ca_file names",
            ) from None
        except smtplib.SMTPAuthenticationError as error:
            raise temporary(
                f"{where} refused the login ({error.smtp_code})", "Check the credential that [mail] names"
            ) from None
        except smtplib.SMTPNotSupportedError as error:
            raise temporary(f"{where}: {error}", "See [mail] security in dcops.toml") from None
        except smtplib.SMTPDataError as error:
            raise _refusal(where, error.smtp_code, error.smtp_error) from None
        except smtplib.SMTPResponseException as error:
            raise temporary(f"{where} answered {error.smtp_code} {_words(error.smtp_error)}") from None
        except (TimeoutError, smtplib.SMTPServerDisconnected) as error:
            # smtplib tells a server that went silent in the words of one that hung up.
            late = isinstance(error, TimeoutError) or "timed out" in str(error)
            text = "no answer in time" if late else "it closed the connection"
            raise temporary(f"{where}: {text}", "Is it up, and may this host reach it?") from None
        except socket.gaierror:
            raise temporary(f"{where}: its name cannot be resolved", "Check DNS") from None
        except (smtplib.SMTPException, OSError) as error:
            text = error.strerror if isinstance(error, OSError) and error.strerror else type(error).__name__
            raise temporary(f"{where}: {text}", "Is it up, and may this host reach it?") from None

    def _connected(self) -> smtplib.SMTP:
        if self.security is MailSecurity.TLS:
            return smtplib.SMTP_SSL(self.host, self.port, timeout=self.timeout_seconds, context=verified(self.ca_file))
        return smtplib.SMTP(self.host, self.port, timeout=self.timeout_seconds)

    def _partly(self, refused: Mapping[str, _Answer], reached: int) -> NotifyError:
        who = "; ".join(f"{name}: {code} {_words(said)}" for name, (code, said) in sorted(refused.items()))
        text = f"mail reached {reached} of {len(self.recipients)}, refused for {who}"
        if any(code < 500 for code, _ in refused.values()):
            return temporary(text)
        return permanent(text, "Correct [mail] recipients in dcops.toml")


_Answer = tuple[int, bytes]


def clean_subject(text: str) -> str:
    """A subject on one line, without signs that add headers or hide text."""
    flat = " ".join(_UNSEEN.sub(" ", text).split())
    return flat if len(flat) <= SUBJECT_LENGTH else f"{flat[: SUBJECT_LENGTH - 1]}…"


def _address(text: str) -> Address:
    try:
        address = Address(addr_spec=text)
        text.encode("ascii")
    except (ValueError, IndexError, MessageError):
        address = Address()
    if not address.username or not address.domain:
        raise InvalidInput(f"[mail] {text!r} is no mail address", next_step="It looks like noc@example.org")
    return address


def _refusal(where: str, code: int, said: bytes | str) -> NotifyError:
    text = f"{where} refused the message: {code} {_words(said)}"
    return permanent(text) if code >= 500 else temporary(text)


def _words(said: bytes | str) -> str:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return clean_subject(text)
