"""What lets the service run with no settings at all: a database and a secret of its own, and a greeting."""

import asyncio
import multiprocessing
import os
import secrets
import socket
import sys
import tempfile
import threading
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import orjson
from pydantic import SecretStr

from src.core.clock import system_clock
from src.core.config import Environment, InvalidSettings, Settings
from src.core.database_url import DatabaseAddress, parse_database_url
from src.core.embedded_postgres import EmbeddedPostgres
from src.core.secret_rotation import parse_rotation
from src.core.signing import signed_with_secret

DEVELOPER = "developer"
"""The user that the greeting's token speaks for, and that `todo chat` talks as."""

_SECRET_BYTES = 48
_GREETING_SECONDS = 30.0
_POLL_SECONDS = 0.05


@asynccontextmanager
async def resolved_database(settings: Settings) -> AsyncIterator[DatabaseAddress]:
    """The configured database, or the embedded one while the context lasts.

    Raises:
        EmbeddedPostgresFailed: no database is configured, and the embedded one cannot be used.
        InvalidSettings: no database is configured in production.
    """
    if settings.database_url is not None:
        yield parse_database_url(settings.database_url.get_secret_value())
        return
    if settings.is_production:
        raise InvalidSettings(settings.problems())
    server = await asyncio.to_thread(EmbeddedPostgres, settings.data_dir)
    try:
        yield parse_database_url(server.url)
    finally:
        await asyncio.to_thread(server.close)


def development_secret(settings: Settings) -> SecretStr:
    """The configured secret (of several the one that signs), or one that this folder's services share.

    Raises:
        InvalidSettings: no secret is configured in production.
    """
    if settings.better_auth_secrets is not None:
        return SecretStr(parse_rotation(settings.better_auth_secrets.get_secret_value())[0])
    if settings.better_auth_secret is not None:
        return settings.better_auth_secret
    if settings.is_production:
        raise InvalidSettings(settings.problems())
    return SecretStr(_kept_secret(settings.data_dir / "secret"))


def _kept_secret(path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, unfinished = tempfile.mkstemp(dir=path.parent)
    try:
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_urlsafe(_SECRET_BYTES))
        # A link is never made over an existing file, so the first of several starts decides, and wholly.
        path.hardlink_to(unfinished)
    except FileExistsError:
        pass
    finally:
        Path(unfinished).unlink()
    return path.read_text()


def access_token(settings: Settings, secret: SecretStr, user_id: str, lifetime: timedelta) -> str:
    """A bearer token that a service with these settings accepts from now on."""
    now = system_clock()
    claims = {"sub": user_id, "iat": int(now.timestamp()), "exp": int((now + lifetime).timestamp())}
    expected = {"iss": settings.jwt_issuer, "aud": settings.jwt_audience}
    given = {name: value for name, value in expected.items() if value is not None}
    return signed_with_secret(claims | given, secret.get_secret_value())


def announce(settings: Settings, secret: SecretStr) -> None:
    """Greet the developer as soon as the service listens; quiet outside development and for quiet logs."""
    if settings.environment is not Environment.DEVELOPMENT or settings.log_level not in {"INFO", "DEBUG"}:
        return
    port = _port_in_use(settings)
    # Under a supervisor (--reload, --workers) the port is open before us; else who has it is a stranger.
    if multiprocessing.parent_process() is None and _listens(port):
        return
    lifetime = timedelta(minutes=settings.access_token_expire_minutes)
    token = access_token(settings, secret, DEVELOPER, lifetime)
    text = banner(settings, f"http://localhost:{port}", token)
    threading.Thread(target=_greet_when_listening, args=(port, text), daemon=True).start()


def banner(settings: Settings, url: str, token: str) -> str:
    """What a developer wants to read when the service is ready."""
    database = "your DATABASE_URL" if settings.database_url else f"PostgreSQL in {settings.data_dir}"
    return f"""
Todo AI is ready at {url}  (database: {database})

  Documentation  {url}/docs
  Talk to it     uv run todo chat
  Try it:

{_curl(url, token)}

"""


def _curl(url: str, token: str) -> str:
    body = orjson.dumps({"message": "Add a task to call mom tomorrow"}).decode()
    headers = f"-H 'Authorization: Bearer {token}' -H 'Content-Type: application/json'"
    return f"curl {url}/api/me/chat {headers} -d '{body}'"


def _port_in_use(settings: Settings) -> int:
    """The port of uvicorn's own command line, which the settings do not know; else theirs."""
    for option, value in zip(sys.argv, [*sys.argv[1:], ""], strict=True):
        given = option.removeprefix("--port=") if option.startswith("--port=") else value
        if option.startswith("--port") and given.isdigit():
            return int(given)
    return settings.port


def _greet_when_listening(port: int, text: str) -> None:
    deadline = time.monotonic() + _GREETING_SECONDS
    while time.monotonic() < deadline:
        if _listens(port):
            sys.stdout.write(text)
            sys.stdout.flush()
            return
        time.sleep(_POLL_SECONDS)


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True
