"""The web admin of a balancer as somebody with a browser or a script meets it."""

from __future__ import annotations

import contextlib
import json

import urllib3

NAME = "wan-1"
DOWNLOAD = "/cgi-bin/MANGA/configuration.cgi"


class Admin:
    """One browser: it keeps its cookie, or a token."""

    def __init__(self, pool, account):
        self.pool = pool
        self.account = account
        self.cookie = ""
        self.token = ""

    def send(self, method, path, query=None, body=None, **options):
        fields = {**(query or {}), **({"accessToken": self.token} if self.token else {})}
        headers = {"Cookie": f"bauth={self.cookie}"} if self.cookie else {}
        if method == "GET":
            return self.pool.request("GET", path, fields=fields, headers=headers, **options)
        text = "&".join(f"{key}={value}" for key, value in fields.items())
        return self.pool.request(
            method, f"{path}?{text}" if text else path, body=json.dumps(body or {}), headers=headers, **options
        )

    def get(self, function, **query):
        return json.loads(self.send("GET", f"/api/{function}", query).data)

    def post(self, function, **body):
        return json.loads(self.send("POST", f"/api/{function}", body=body).data)

    def login(self, **changed):
        answer = self.send("POST", "/api/login", body={**self.account, **changed})
        self.cookie = answer.headers.get("Set-Cookie", "").partition("bauth=")[2].partition(";")[0]
        return json.loads(answer.data)

    def grant(self, client):
        answer = self.post(
            "auth.token.grant", **{key: value for key, value in client.items() if key.startswith("client")}
        )
        self.token = answer.get("response", {}).get("accessToken", "")
        return answer

    def download(self):
        return self.send("GET", DOWNLOAD, {"action": "download"})


@contextlib.contextmanager
def admin(lab, *, logged_in=True, name=NAME):
    """A browser at the balancer, verified against the site root's authority; logged out at the end."""
    address, port = lab.place(name)
    pool = urllib3.HTTPSConnectionPool(
        address, port, ca_certs=str(lab.site / "trust" / "ca.pem"), timeout=5, retries=False
    )
    login = lab.login("peplink-backup")
    browser = Admin(pool, {"username": login["username"], "password": login["password"]})
    with contextlib.closing(pool):
        if logged_in:
            assert browser.login()["stat"] == "ok"
        try:
            yield browser
        finally:
            with contextlib.suppress(urllib3.exceptions.HTTPError, ValueError):
                browser.post("logout")


def change(lab, **body):
    """Another administrator's change."""
    status, answer = lab.control("POST", f"/devices/{NAME}/change", body)
    assert status == 200, answer
    return answer


@contextlib.contextmanager
def writer(lab):
    """A script with an API client that may write."""
    client = change(lab, client={"name": "changes", "scope": "api"})
    with admin(lab, logged_in=False) as browser:
        assert browser.grant(client)["stat"] == "ok"
        yield browser
