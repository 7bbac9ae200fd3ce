"""Fetching published keys: bounded, without detours; loaded only where there is a server to ask."""

import httpx

from src.auth.jwks import KeysUnreachable

MAX_KEYS_BYTES = 64 * 1024
_HEADERS = {"Accept": "application/json", "Accept-Encoding": "identity"}


async def fetch_keys(http: httpx.AsyncClient, url: str) -> bytes:
    """What is published at an address.

    Raises:
        KeysUnreachable: it is away, redirects, compresses (a little could become a lot) or is too long.
    """
    try:
        # Built by hand: a request of the client's own making would carry cookies that others were sent.
        request = httpx.Request("GET", url, headers=_HEADERS)
        response = await http.send(request, stream=True, follow_redirects=False)
        try:
            return await _checked(response)
        finally:
            await response.aclose()
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise KeysUnreachable(f"{type(error).__name__} {error}".strip()) from error


async def _checked(response: httpx.Response) -> bytes:
    if response.status_code != httpx.codes.OK:
        raise KeysUnreachable(f"status {response.status_code}")
    if response.headers.get("content-encoding", "identity") != "identity":
        raise KeysUnreachable("compressed, which was not asked for")
    return await _bounded(response)


async def _bounded(response: httpx.Response) -> bytes:
    body = bytearray()
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) > MAX_KEYS_BYTES:
            raise KeysUnreachable(f"more than {MAX_KEYS_BYTES} bytes")
    return bytes(body)
