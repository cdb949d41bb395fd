"""The web configuration file of the Prometheus exporters: read strictly, and kept by the server."""

import asyncio
import base64
import ssl
import time
import urllib.error
import urllib.request
from datetime import UTC, datetime, timedelta

import bcrypt
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from dcops.errors import CannotRun, InvalidInput, UsageError
from dcops.exporters import tls, web_config
from dcops.exporters.app import application
from dcops.exporters.listen import parse
from dcops.exporters.logins import MOST_WAITING, Logins
from lab.pki import Authority
from tests.exporters.running import serving

PASSWORD = "correct horse battery"
HASH = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).decode()
USERS = f"basic_auth_users:\n  prometheus: {HASH}\n"
TLS = "tls_server_config:\n  cert_file: cert.pem\n  key_file: key.pem\n"


def basic(name="prometheus", password=PASSWORD):
    return "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()


@pytest.fixture(scope="module")
def authority():
    return Authority("test")


@pytest.fixture
def folder(tmp_path, authority):
    write_pair(tmp_path, authority)
    (tmp_path / "ca.pem").write_text(authority.pem)
    return tmp_path


def write_pair(folder, authority):
    signed = authority.sign("exporter", "127.0.0.1")
    (folder / "cert.pem").write_bytes(signed.certificate)
    (folder / "key.pem").write_bytes(signed.key)


def written(folder, text):
    file = folder / "web.yml"
    file.write_text(text)
    return file


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("tls_server_config: {cert_file: a, key_file: b, cipher_suits: []}", 1, "unknown key 'cipher_suits'"),
        ("tls_server_config: {key_file: b}", 1, "missing key cert_file"),
        ("tls_server_config: {cert_file: a, key_file: b, min_version: TLS10}", 1, "min_version is 'TLS10'"),
        (
            "tls_server_config: {cert_file: a, key_file: b, min_version: TLS13, max_version: TLS12}",
            1,
            "above max_version",
        ),
        ("tls_server_config: {cert_file: a, key_file: b, client_ca_file: c}", 1, "one is missing"),
        (
            "tls_server_config: {cert_file: a, key_file: b, client_auth_type: RequireAndVerifyClientCert}",
            1,
            "one is missing",
        ),
        (
            "tls_server_config: {cert_file: a, key_file: b, client_auth_type: RequestClientCert}",
            1,
            "client_auth_type is",
        ),
        ("\nbasic_auth_users:\n  prometheus: secret\n", 3, "prometheus: no bcrypt hash"),
        ("basic_auth_user: {}", 1, "did you mean basic_auth_users?"),
        ("http_server_config: {headers: {}}", 1, "unknown key 'http_server_config'"),
        ("basic_auth_users: [\n", 2, "not valid YAML"),
    ],
)
def test_a_mistake_is_told_with_its_line_and_no_password(tmp_path, text, line, words):
    file = written(tmp_path, text)
    with pytest.raises(InvalidInput) as caught:
        web_config.load(file)

    assert f"{file}:{line}: " in str(caught.value)
    assert words in str(caught.value)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "weakness"),
    [
        (TLS + USERS, ""),
        (
            TLS + "  client_ca_file: ca.pem\n  client_auth_type: RequireAndVerifyClientCert\n",
            "",
        ),
        (USERS, "no tls_server_config"),
        (TLS, "neither basic_auth_users nor"),
        (TLS + "  client_ca_file: ca.pem\n  client_auth_type: VerifyClientCertIfGiven\n", "neither"),
        ("{}", "no tls_server_config"),
    ],
    # Hashes differ in every worker, and names of tests must not.
    ids=["tls and login", "tls and client certificate", "login alone", "tls alone", "certificate if given", "nothing"],
)
def test_other_hosts_are_let_in_with_tls_and_a_login_and_not_with_half_of_it(folder, text, weakness):
    access = web_config.load(written(folder, text))

    assert str(parse("127.0.0.1:9740", access=access)) == "127.0.0.1:9740"
    if not weakness:
        assert str(parse("192.0.2.9:9740", access=access)) == "192.0.2.9:9740"
        return
    with pytest.raises(UsageError, match=weakness):
        parse("192.0.2.9:9740", access=access)


def test_a_key_that_does_not_fit_is_said(folder, authority):
    (folder / "key.pem").write_bytes(authority.sign("other", "127.0.0.1").key)
    access = web_config.load(written(folder, TLS))

    with pytest.raises(CannotRun, match=r"cert\.pem and .*key\.pem cannot be used"):
        tls.context(access.tls)


def asked(access, *headers, path="/-/healthy"):
    async def ask():
        async with TestClient(TestServer(application({}, access))) as client:
            return [(await client.get(path, headers={"Authorization": one} if one else {})).status for one in headers]

    return asyncio.run(ask())


def test_everybody_without_the_right_password_gets_401(folder):
    access = web_config.load(written(folder, USERS))

    assert asked(
        access,
        "",
        basic(),
        basic(),
        basic(password="wrong"),
        basic(password=""),
        basic(name="nobody"),
        basic(password=PASSWORD + "\0"),
        basic(password="x" * 100),
        "Basic !!!",
        "Basic " + base64.b64encode(b"\xff:x").decode(),
        f"Bearer {PASSWORD}",
    ) == [401, 200, 200, *[401] * 8]
    assert asked(access, "", path="/metrics") == [401]
    assert asked(access, "", path="/nothing") == [401]


def test_a_password_that_was_right_once_costs_no_second_bcrypt():
    logins = Logins(lambda: {"prometheus": HASH})

    async def both():
        first = await logins.allows(basic())
        logins._thread.shutdown()
        return first, await logins.allows(basic())

    assert asyncio.run(both()) == (True, True)


def test_a_password_that_was_changed_is_forgotten():
    users = {"prometheus": HASH}
    logins = Logins(lambda: users)

    async def both():
        first = await logins.allows(basic())
        users["prometheus"] = bcrypt.hashpw(b"another", bcrypt.gensalt(4)).decode()
        return first, await logins.allows(basic())

    assert asyncio.run(both()) == (True, False)


def test_who_guesses_many_passwords_at_once_is_told_to_wait():
    logins = Logins(lambda: {"prometheus": HASH})

    async def guess():
        guesses = [logins.allows(basic(password=str(number))) for number in range(MOST_WAITING * 2)]
        return await asyncio.gather(*guesses, return_exceptions=True)

    found = asyncio.run(guess())

    assert found.count(False) == MOST_WAITING
    assert sum(isinstance(one, web.HTTPTooManyRequests) for one in found) == MOST_WAITING


def test_users_are_read_again_and_a_broken_edit_lets_nobody_in_or_out(folder, monkeypatch, caplog):
    monkeypatch.setattr(web_config, "EVERY_SECONDS", 0.0)
    file = written(folder, USERS)
    users = web_config.Users(web_config.load(file))

    file.write_text(USERS + f"  second: {HASH}\n")
    assert set(users()) == {"prometheus", "second"}
    file.write_text("basic_auth_users: [\n")
    assert set(users()) == {"prometheus", "second"}
    file.write_text("{}\n")
    assert set(users()) == {"prometheus", "second"}
    file.write_text(USERS)
    assert set(users()) == {"prometheus"}
    assert "web.yml:" in caplog.text
    assert HASH not in caplog.text


def test_the_real_server_speaks_tls_and_takes_a_renewed_certificate(site, folder, authority):
    file = written(folder, TLS + USERS)
    client = ssl.create_default_context(cafile=folder / "ca.pem")

    def shown(url):
        host, port = url.removeprefix("https://").split(":")
        return ssl.get_server_certificate((host, int(port)), timeout=10)

    with serving(site.root, "--kind", "jobs", "--web-config", str(file)) as exporter:
        assert exporter.url.startswith("https://127.0.0.1:")
        request = urllib.request.Request(exporter.url + "/metrics/jobs", headers={"Authorization": basic()})
        with urllib.request.urlopen(request, timeout=20, context=client) as answer:
            assert b"dcops_ledger_up" in answer.read()
        with pytest.raises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(exporter.url + "/metrics/jobs", timeout=20, context=client)
        caught.value.close()
        assert caught.value.code == 401

        first = shown(exporter.url)
        assert first.strip() == (folder / "cert.pem").read_text().strip()
        write_pair(folder, authority)
        until = time.monotonic() + 15
        while shown(exporter.url) == first:
            assert time.monotonic() < until, "the renewed certificate was never shown"
            time.sleep(0.3)
        assert shown(exporter.url).strip() == (folder / "cert.pem").read_text().strip()


def client_pair(folder):
    """A certificate that says nothing of what it is for, as small site authorities make them."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "prometheus")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .sign(key, hashes.SHA256())
    )
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    (folder / "client.pem").write_bytes(
        certificate.public_bytes(pem) + key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain)
    )
    (folder / "ca-of-clients.pem").write_bytes(certificate.public_bytes(pem))


def test_only_a_client_with_a_certificate_gets_an_answer(folder, authority):
    client_pair(folder)
    text = TLS + "  client_ca_file: ca-of-clients.pem\n  client_auth_type: RequireAndVerifyClientCert\n"
    access = web_config.load(written(folder, text))
    without = ssl.create_default_context(cafile=folder / "ca.pem")
    with_one = ssl.create_default_context(cafile=folder / "ca.pem")
    with_one.load_cert_chain(folder / "client.pem")

    async def said(port, context):
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=context)
            writer.write(b"GET /-/healthy HTTP/1.0\r\n\r\n")
            found = await reader.read()
            writer.close()
        except (ssl.SSLError, ConnectionError):
            return b""
        return found

    async def ask():
        server = TestServer(application({}, access), scheme="https", host="127.0.0.1")
        await server.start_server(ssl=tls.context(access.tls))
        try:
            return [await said(server.port, context) for context in (without, with_one)]
        finally:
            await server.close()

    nothing, answer = asyncio.run(ask())

    assert nothing == b""
    assert b"200 OK" in answer
