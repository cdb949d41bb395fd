"""One HTTP request and its whole answer: bounded, and every failure in our words.

A token of this API travels in the query of the URL, so no URL is ever shown: not in an error, not in a log.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from urllib.parse import quote, urlencode

import urllib3

from dcops.devices.cut import Cut
from dcops.devices.failures import explain
from dcops.devices.tls import certificate_error
from dcops.errors import DeviceError, ErrorKind
from dcops.model.secret import Secret

MAX_BYTES = 64 * 1024 * 1024
TOKEN_PARAMETER = "accessToken"  # noqa: S105  the name, not the token

NOTHING: Mapping[str, str] = MappingProxyType({})


class ConnectionLost(DeviceError):
    """The device went away: what it would have said is unknown, and a second try may help."""


@dataclass(frozen=True, slots=True)
class Question:
    """One request, as it may be shown: logins and tokens are no part of it."""

    method: str
    path: str
    parameters: Mapping[str, str] = field(default_factory=dict)
    """In the query."""
    json: Mapping[str, object] | None = field(default=None, repr=False)
    """The body of a POST to the API."""
    form: Mapping[str, str] | None = field(default=None, repr=False)
    """The body of a POST of a web form."""

    @property
    def name(self) -> str:
        """`GET /api/info.firmware`: method and path without the query."""
        return f"{self.method} {self.path.partition('?')[0]}"


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer."""

    status: int
    content_type: str
    body: bytes = field(repr=False)
    cookies: Mapping[str, str] = field(default_factory=dict, repr=False)


class Wire:
    """Sends requests over one verified connection."""

    def __init__(self, pool: urllib3.HTTPSConnectionPool) -> None:
        self._pool = pool
        self._cut = Cut(pool)

    def send(
        self,
        question: Question,
        *,
        query: Mapping[str, str] = NOTHING,
        cookies: Mapping[str, str] = NOTHING,
        secrets: tuple[Secret, ...] = (),
        timeout_seconds: float | None = None,
    ) -> Reply:
        """The answer to a question; `query` holds what must not be shown, `secrets` what an error must not quote."""
        headers = {"Accept": "*/*"}
        if cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in cookies.items())
        body: bytes | None = None
        if question.json is not None:
            headers["Content-Type"] = "application/json"
            body = json.dumps(question.json).encode()
        elif question.form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            body = urlencode(question.form).encode()
        timeout = self._pool.timeout if timeout_seconds is None else urllib3.Timeout(timeout_seconds)
        try:
            response = self._pool.request(
                question.method,
                _target(question, query),
                body=body,
                headers=headers,
                preload_content=False,
                redirect=False,
                timeout=timeout,
            )
            content = _content(response)
        except DeviceError:
            raise
        except Exception as error:  # noqa: BLE001  the request holds secrets: nothing of it may be quoted
            raise _explained(error, secrets) from None
        return Reply(response.status, response.headers.get("Content-Type", ""), content, _cookies(response))

    def close(self) -> None:
        """Close the connection."""
        self._pool.close()

    def abort(self) -> None:
        """Cut the connection from another thread, also while that waits for an answer."""
        self._cut.now()


def _target(question: Question, query: Mapping[str, str]) -> str:
    parameters = urlencode({**question.parameters, **query})
    if not parameters:
        return question.path
    return f"{question.path}{'&' if '?' in question.path else '?'}{parameters}"


def _content(response: urllib3.BaseHTTPResponse) -> bytes:
    body = bytearray()
    try:
        for chunk in response.stream(1 << 16):
            body += chunk
            if len(body) > MAX_BYTES:
                # What is left of it must not be taken for the next answer.
                response.close()
                raise DeviceError(
                    ErrorKind.INVALID,
                    f"its answer is larger than {MAX_BYTES >> 20} MiB",
                    next_step="Is this the web admin's address, and is the download path the right one?",
                )
    except (urllib3.exceptions.ProtocolError, ConnectionError):
        raise ConnectionLost(
            ErrorKind.TRUNCATED,
            f"the connection broke in the middle of its answer, after {len(body)} bytes",
            next_step="Try again; when it repeats, check the line to it and its load",
        ) from None
    finally:
        response.release_conn()
    return bytes(body)


def _cookies(response: urllib3.BaseHTTPResponse) -> dict[str, str]:
    found = {}
    for header in response.headers.getlist("Set-Cookie"):
        name, equals, value = header.partition(";")[0].partition("=")
        if equals and name.strip():
            found[name.strip()] = value.strip()
    return found


def _explained(error: Exception, secrets: tuple[Secret, ...]) -> DeviceError:
    step: BaseException | None = error
    while step is not None:
        if known := certificate_error(step):
            return known
        step = step.__cause__ or step.__context__
    in_urls = tuple(Secret(quote(secret.reveal(), safe="")) for secret in secrets)
    explained = explain(error, [*secrets, *in_urls])
    if explained.kind in (ErrorKind.UNREACHABLE, ErrorKind.REFUSED):
        return ConnectionLost(explained.kind, explained.message, next_step=explained.next_step)
    # urllib3 calls a refused connection a timeout as well, so its own word comes last.
    if explained.kind is ErrorKind.INTERNAL and isinstance(error, urllib3.exceptions.TimeoutError):
        return DeviceError(ErrorKind.TIMEOUT, "no answer", next_step="Is it up? It may be applying changes")
    return explained


class _WithoutTokens(logging.Filter):
    """Takes tokens out of the URLs that urllib3 writes to its debug log."""

    _token = re.compile(rf"({TOKEN_PARAMETER}=)[^&\s\"]*")

    def filter(self, record: logging.LogRecord) -> bool:
        if TOKEN_PARAMETER in (text := record.getMessage()):
            record.msg, record.args = self._token.sub(r"\1<secret>", text), ()
        return True


logging.getLogger("urllib3.connectionpool").addFilter(_WithoutTokens())
