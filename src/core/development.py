"""What makes the service run with no settings at all: a database and a secret of its own, and a greeting."""

import os
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pydantic import SecretStr

from src.core.config import InvalidSettings, Settings
from src.core.database_url import DatabaseAddress, parse_database_url
from src.core.embedded_postgres import EmbeddedPostgres

_SECRET_BYTES = 48


@contextmanager
def resolve_database(settings: Settings) -> Iterator[DatabaseAddress]:
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
    with EmbeddedPostgres(settings.data_dir) as server:
        yield parse_database_url(server.url)


def development_secret(settings: Settings) -> SecretStr:
    """The configured secret, or the one that this folder's services share.

    Raises:
        InvalidSettings: no secret is configured in production.
    """
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


def banner(settings: Settings, url: str, token: str) -> str:
    """What a developer wants to read when the service is ready; `token` is one of a user of theirs."""
    database = "DATABASE_URL" if settings.database_url else f"embedded PostgreSQL in {settings.data_dir}/"
    return f"""
  Todo AI is ready at {url}   ({database})

    Documentation   {url}/docs
    Talk to it      uv run todo chat
    Try it          curl -X POST {url}/api/me/chat -H 'Content-Type: application/json' \\
                      -H 'Authorization: Bearer {token}' \\
                      -d '{{"message": "Add a task to call mom tomorrow"}}'
"""
