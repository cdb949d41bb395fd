"""One verified POST of a JSON document, and what its answer means."""

from __future__ import annotations

import re
import ssl
from base64 import b64encode
from dataclasses import dataclass, field
from pathlib import Path

import urllib3
from urllib3.util import Url, parse_url

from dcops.errors import InvalidInput
from dcops.model.secret import Secret
from dcops.notify.sender import permanent, temporary
from dcops.notify.tls import verified

# The server understood us and does not want this document. Every other refusal is one that a person can mend
# (address, login, rights) or that passes by itself.
REFUSED_FOR_GOOD = frozenset({400, 405, 409, 413, 415, 422})
ANSWER_BYTES = 400
_VISIBLE = re.compile(r"[\x21-\x7e]+")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An address that takes JSON. The path may be a secret (many chat webhooks), so no error ever shows it."""

    url: str = field(repr=False)
    ca_file: Path | None = None
    username: str = ""
    """With `secret` as its password: basic authentication. Empty: `secret` is a bearer token."""
    secret: Secret | None = None
    timeout_seconds: float = 15.0

    def __post_init__(self) -> None:
        url = _parsed(self.url)
        if url.scheme not in ("http", "https") or not url.host:
            raise InvalidInput("a notification address must begin with http:// or https:// and name a host")
        if url.auth:
            raise InvalidInput(
                f"the address of {self.name} holds a login", next_step="Name a credential in dcops.toml instead"
            )

        if self.secret is not None and not self.username and not _VISIBLE.fullmatch(self.secret.reveal()):
            # The error of the HTTP library would show it.
            raise InvalidInput(f"the token for {self.name} holds signs that no HTTP header can hold")

    @property
    def name(self) -> str:
        """What may be shown of it: `https://alerts.example:9093`."""
        url = _parsed(self.url)
        return f"{url.scheme}://{url.netloc.rpartition('@')[2] if url.netloc else url.host}"

    def post(self, document: str) -> None:
        """Post a JSON text; raises NotifyError when it was not taken."""
        try:
            with self._pool() as pool:
                answer = pool.request(
                    "POST",
                    self.url,
                    body=document.encode(),
                    headers=self._headers(),
                    redirect=False,
                    retries=False,
                    preload_content=False,
                )
                said = answer.read(ANSWER_BYTES, decode_content=True).decode("utf-8", "replace")
                status = answer.status
                answer.release_conn()
        except urllib3.exceptions.HTTPError as error:
            raise temporary(f"{self.name}: {_reason(error)}", _next_step(error)) from None
        if 200 <= status < 300:
            return
        words = " ".join(said.split())
        text = f"{self.name} answered {status}{f': {words}' if words else ''}"
        if status in REFUSED_FOR_GOOD:
            raise permanent(text, "Look at what the receiver expects")
        if status in (401, 403):
            raise temporary(text, "Check the credential that dcops.toml names for it")
        if 300 <= status < 400:
            raise temporary(text, "It sends us elsewhere: put the final address into dcops.toml")
        raise temporary(text)

    def _pool(self) -> urllib3.PoolManager:
        timeout = urllib3.Timeout(connect=min(10.0, self.timeout_seconds), read=self.timeout_seconds)
        if _parsed(self.url).scheme == "https":
            return urllib3.PoolManager(timeout=timeout, ssl_context=verified(self.ca_file))
        return urllib3.PoolManager(timeout=timeout)

    def _headers(self) -> dict[str, str]:
        headers = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "dcops"}
        if self.secret is not None:
            word = self.secret.reveal()
            if self.username:
                login = b64encode(f"{self.username}:{word}".encode()).decode()
                headers["Authorization"] = f"Basic {login}"
            else:
                headers["Authorization"] = f"Bearer {word}"
        return headers


def _parsed(url: str) -> Url:
    try:
        return parse_url(url)
    except urllib3.exceptions.LocationParseError:
        raise InvalidInput("a notification address is no URL", next_step="It looks like https://host/path") from None


def _reason(error: BaseException) -> str:
    """What went wrong, without the address that urllib3 puts into its texts."""
    step: BaseException | None = error
    while step is not None:
        if isinstance(step, ssl.SSLCertVerificationError):
            return f"its certificate is not believed ({step.verify_message})"
        if isinstance(step, urllib3.exceptions.NameResolutionError):
            return "its name cannot be resolved"
        if isinstance(step, ConnectionRefusedError):
            return "the connection was refused"
        if isinstance(step, urllib3.exceptions.TimeoutError | TimeoutError):
            return "no answer in time"
        if isinstance(step, ssl.SSLError):
            return f"no TLS connection ({step.reason or 'TLS error'})"
        inner = step.args[-1] if step.args and isinstance(step.args[-1], BaseException) else None
        step = step.__cause__ or step.__context__ or inner
    return f"the connection failed ({type(error).__name__})"


def _next_step(error: BaseException) -> str:
    return (
        "Add the authority that signed it to the CA file"
        if "certificate" in _reason(error)
        else "Is it up, and may this host reach it?"
    )
