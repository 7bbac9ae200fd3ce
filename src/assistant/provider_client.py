"""Asks a provider over HTTP; what goes wrong is told in the exceptions of OpenAI's client.

That client itself takes half a millisecond to ask, and its answer 15 KiB for as long as the model is silent.
"""

from collections.abc import Mapping
from functools import cache, cached_property
from ssl import SSLContext
from urllib.parse import urlsplit

import orjson
from aiohttp import (
    ClientError,
    ClientResponse,
    ClientSession,
    ClientTimeout,
    DummyCookieJar,
    TCPConnector,
)
from httpx2 import Request, Response, create_ssl_context
from openai import APIConnectionError, APIStatusError
from pydantic import SecretStr

from src.assistant.proxies import proxy_for
from src.core.health import VERSION

OPENAI_URL = "https://api.openai.com/v1"


class ProviderClient:
    """The connections to one provider's Chat Completions interface."""

    def __init__(
        self,
        base_url: str,
        api_key: SecretStr,
        *,
        headers: Mapping[str, str] | None = None,
        connect_timeout: float = 5,
    ) -> None:
        """Take how many seconds a connection may take; whoever asks decides how long an answer may."""
        self.base_url = f"{base_url.strip().rstrip('/')}/"
        self._headers = {
            "Authorization": f"Bearer {api_key.get_secret_value()}",
            "Content-Type": "application/json",
            "User-Agent": f"todo-ai/{VERSION}",
            **(headers or {}),
        }
        self._timeout = ClientTimeout(sock_connect=connect_timeout)
        # What is redirected from HTTP to HTTPS is checked, too.
        self._tls = _tls() if urlsplit(self.base_url).scheme == "https" else True

    @property
    def is_openai(self) -> bool:
        """Whether this is OpenAI itself and nobody compatible."""
        return self.base_url.startswith("https://api.openai.com/")

    async def ask(self, body: bytes) -> "Answer":
        """The answer to a request, which is JSON; its text is yet to come.

        Raises:
            APIConnectionError: the provider cannot be reached.
            APIStatusError: it refuses the request.
        """
        url = f"{self.base_url}chat/completions"
        try:
            response = await self._session.post(url, data=body, headers=self._headers)
            if not response.ok:
                raise _refusal(response, await response.text(errors="replace"))
        except (ClientError, TimeoutError) as error:
            raise APIConnectionError(request=Request("POST", url)) from error
        return Answer(response)

    async def close(self) -> None:
        if "_session" in self.__dict__:
            await self._session.close()

    @cached_property
    def _session(self) -> ClientSession:
        """Made by the first request: it belongs to the loop that is running."""
        return ClientSession(
            connector=TCPConnector(limit=0, ssl=self._tls),
            cookie_jar=DummyCookieJar(),
            # No headers: those of a session go to its proxy as well, and the key is the provider's alone.
            timeout=self._timeout,
            # Found once: with `trust_env` each request would look for it in a thread, and for passwords in
            # a `.netrc` that do not go together with a key.
            proxy=proxy_for(self.base_url),
        )


@cache
def _tls() -> SSLContext:
    """Made once for the process: it takes 20 ms and most of a megabyte."""
    return create_ssl_context()


class Answer:
    """An answer that is still being made."""

    __slots__ = ("_response",)

    def __init__(self, response: ClientResponse) -> None:
        self._response = response

    async def read(self) -> bytes:
        """What has come by now, as soon as something has; nothing once it has ended.

        Raises:
            APIConnectionError: the connection broke.
        """
        try:
            return await self._response.content.readany()
        except ClientError as error:
            raise APIConnectionError(request=Request("POST", str(self._response.url))) from error

    def close(self) -> None:
        """Give the connection up; one whose answer was read to its end serves other requests already."""
        self._response.close()


def _refusal(response: ClientResponse, text: str) -> APIStatusError:
    try:
        told = orjson.loads(text)
    except ValueError:
        told = text
    body = told.get("error", told) if isinstance(told, dict) else told
    request = Request("POST", str(response.url))
    answer = Response(response.status, headers=dict(response.headers), request=request)
    return APIStatusError("The provider refused.", response=answer, body=body)
