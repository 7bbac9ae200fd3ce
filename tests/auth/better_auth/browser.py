"""A person at a Better Auth frontend: what their browser sends and keeps, and what an MCP client is given."""

import base64
import hashlib
import itertools
import re
import secrets
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

PASSWORD = "correct horse battery"
REDIRECT = "http://127.0.0.1:33418/callback"
_numbers = itertools.count(1)
_COOKIE = re.compile(r"([^=]+)=([^;]*)")


class Browser:
    """One person's browser: it keeps every cookie, `Secure` or not, exactly as it was sent."""

    def __init__(self, http: httpx.AsyncClient, url: str) -> None:
        self.http = http
        self.url = url
        self.email = f"person-{next(_numbers)}@example.com"
        self.cookies: dict[str, str] = {}
        self.user_id = ""
        self.session_token = ""

    async def call(self, method: str, path: str, **options: Any) -> httpx.Response:
        headers = {"Origin": self.url, "Cookie": self.cookie_header()} | options.pop("headers", {})
        request = httpx.Request(method, f"{self.url}/api/auth{path}", headers=headers, **options)
        response = await self.http.send(request)
        for sent in response.headers.get_list("set-cookie"):
            self._keep(sent)
        assert response.status_code < 400, response.text
        return response

    async def sign_up(self) -> httpx.Response:
        body = {"email": self.email, "password": PASSWORD, "name": "Alice"}
        return self._signed_in(await self.call("POST", "/sign-up/email", json=body))

    async def sign_in(self) -> httpx.Response:
        body = {"email": self.email, "password": PASSWORD}
        return self._signed_in(await self.call("POST", "/sign-in/email", json=body))

    async def sign_out(self) -> None:
        await self.call("POST", "/sign-out", json={})

    async def delete_account(self) -> None:
        await self.call("POST", "/delete-user", json={"password": PASSWORD})

    async def token(self) -> str:
        """What the jwt plugin gives for the session."""
        token: str = (await self.call("GET", "/token")).json()["token"]
        return token

    def cookie_header(self, *names: str) -> str:
        """All cookies, or those of some names."""
        return "; ".join(
            f"{name}={value}" for name, value in self.cookies.items() if not names or name in names
        )

    @property
    def session_cookie(self) -> str:
        """The name and value of the session cookie."""
        return self.cookie_header(*(name for name in self.cookies if name.endswith(".session_token")))

    def _signed_in(self, response: httpx.Response) -> httpx.Response:
        body = response.json()
        self.user_id, self.session_token = str(body["user"]["id"]), body["token"]
        return response

    def _keep(self, sent: str) -> None:
        match = _COOKIE.match(sent)
        assert match is not None
        if "max-age=0" in sent.lower():
            self.cookies.pop(match[1], None)
        else:
            self.cookies[match[1]] = match[2]


async def seen_by(browser: Browser, what: str) -> Any:
    """What a server tells about itself: the `mails` that it sent, the `requests` that it had, by path."""
    response = await browser.http.get(f"{browser.url}/{what}")
    return response.json()


async def oauth_grant(browser: Browser, scope: str, resource: str | None) -> dict[str, Any]:
    """The tokens that an MCP client gets after the person agreed: RFC 7591, then RFC 6749 with RFC 7636."""
    client = await _registered(browser, scope)
    verifier = secrets.token_urlsafe(32)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
    common = {"client_id": client, "redirect_uri": REDIRECT} | ({"resource": resource} if resource else {})
    asked = await browser.call(
        "GET",
        "/oauth2/authorize?"
        + str(
            httpx.QueryParams(
                common
                | {"response_type": "code", "scope": scope, "state": "state"}
                | {"code_challenge": challenge, "code_challenge_method": "S256"}
            )
        ),
    )
    page = urlsplit(_destination(asked))
    if page.path == "/consent":
        agreed = await browser.call(
            "POST", "/oauth2/consent", json={"accept": True, "oauth_query": page.query}
        )
        page = urlsplit(_destination(agreed))
    form = common | {
        "grant_type": "authorization_code",
        "code": parse_qs(page.query)["code"][0],
        "code_verifier": verifier,
    }
    granted: dict[str, Any] = (await browser.call("POST", "/oauth2/token", data=form)).json()
    return granted


async def _registered(browser: Browser, scope: str) -> str:
    client = await browser.call(
        "POST",
        "/oauth2/register",
        json={
            "client_name": "an MCP client",
            "application_type": "native",
            "redirect_uris": [REDIRECT],
            "token_endpoint_auth_method": "none",
            "grant_types": ["authorization_code", "refresh_token"],
            "response_types": ["code"],
            "scope": scope,
        },
    )
    client_id: str = client.json()["client_id"]
    return client_id


def _destination(response: httpx.Response) -> str:
    location = response.headers.get("location")
    if location is not None:
        return str(location)
    url: str = response.json()["url"]
    return url
