"""The requests of the bench, as the bytes that go over the wire."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import jwt
import orjson

from src.core.clock import system_clock

SECRET = "a-secret-of-the-benches-0123456789abcdef"  # noqa: S105 - guards nothing but made-up tasks.
_LIFETIME = timedelta(hours=6)


def token_for(user_id: str) -> str:
    now = system_clock()
    return jwt.encode({"sub": user_id, "iat": now, "exp": now + _LIFETIME}, SECRET, algorithm="HS256")


def request(
    method: str, path: str, token: str, body: Any = None, headers: Mapping[str, str] | None = None
) -> bytes:
    """An HTTP/1.1 request of a caller, with a JSON body where one is given."""
    content = b"" if body is None else orjson.dumps(body)
    lines = [
        f"{method} {path} HTTP/1.1",
        "Host: 127.0.0.1",
        f"Authorization: Bearer {token}",
        *(f"{name}: {value}" for name, value in (headers or {}).items()),
    ]
    if body is not None:
        lines += ["Content-Type: application/json", f"Content-Length: {len(content)}"]
    return "\r\n".join([*lines, "", ""]).encode() + content


def chat_request(token: str, text: str, *, is_streamed: bool = False) -> bytes:
    """Something said in a conversation of its own."""
    headers = {"Accept": "text/event-stream"} if is_streamed else None
    return request("POST", "/api/me/chat", token, {"message": text}, headers)


def mcp_request(token: str) -> bytes:
    """A tool called over Streamable HTTP, without a session."""
    body = {
        "jsonrpc": "2.0",
        "id": 1,
        "method": "tools/call",
        "params": {"name": "list_tasks", "arguments": {"limit": 10}},
    }
    headers = {"Accept": "application/json, text/event-stream", "MCP-Protocol-Version": "2025-11-25"}
    return request("POST", "/api/mcp", token, body, headers)
