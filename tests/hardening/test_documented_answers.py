"""The service under schemathesis: every operation answers what the document says, whatever it is asked."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest
from fastapi import FastAPI

from src.core.embedded_postgres import EmbeddedPostgres
from src.core.http_protocol import BoundedHttpProtocol
from src.main import create_app
from tests.conftest import client_of, running, settings_for
from tests.core.sockets import served
from tests.factories import StandingClock, token_for

_ROOT = Path(__file__).resolve().parents[2]
_CONFIGURATION = Path(__file__).with_name("schemathesis.toml")
_UNLIMITED = {
    "rate_limit_per_minute": 0,
    "rate_limit_per_hour": 0,
    "rate_limit_requests_per_minute": 0,
    "rate_limit_address_per_minute": 0,
}
_PATIENCE_SECONDS = 240


@pytest.fixture
async def app_of_its_own(postgres: EmbeddedPostgres, tmp_path: Path) -> AsyncIterator[FastAPI]:
    """The service on a fresh database, so that the same requests meet the same rows in every run."""
    name = f"asked_{uuid4().hex}"
    administrator = await asyncpg.connect(postgres.url)
    await administrator.execute(f"CREATE DATABASE {name}")
    settings = settings_for(postgres.url.replace("/postgres?", f"/{name}?"), tmp_path)
    async with running(create_app(settings.model_copy(update=_UNLIMITED), clock=StandingClock())) as app:
        yield app
    await administrator.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await administrator.close()


async def test_whatever_a_user_asks_is_answered_as_documented(
    app_of_its_own: FastAPI, tmp_path: Path
) -> None:
    known = await _known_to_a_user(app_of_its_own)

    phases = ("--phases", "examples,coverage,fuzzing,stateful", "--max-examples", "4")
    report = await _report(app_of_its_own, tmp_path, known, *phases)

    _assert_clean(report)


async def test_whatever_nobody_asks_is_answered_as_documented(
    app_of_its_own: FastAPI, tmp_path: Path
) -> None:
    nobody = dict.fromkeys(await _known_to_a_user(app_of_its_own), "nothing")

    report = await _report(app_of_its_own, tmp_path, nobody, "--phases", "coverage", "--mode", "positive")

    _assert_clean(report)


def _assert_clean(report: dict[str, Any]) -> None:
    operations = report["operations"]
    assert (report["failures"], report["errors"]) == ([], []), report["printed"]
    assert report["complete"]
    assert operations["tested"] == operations["total"] > 50


async def _known_to_a_user(app: FastAPI) -> dict[str, str]:
    """What the configuration names: credentials, and rows that no answer leads to."""
    token = token_for("asking")
    file = {"name": "list.txt", "mime_type": "text/plain", "size": 4}
    async with client_of(app, token) as client, client_of(app, token_for("reading")) as reader:
        feed = (await reader.post("/api/me/feed")).json()["url"]
        announced = await client.post("/api/chatkit", json={"type": "attachments.create", "params": file})
        tokens = {f"{name}_TOKEN": await _account(client) for name in _ACCOUNTS}
    known = {"FEED_TOKEN": Path(feed).stem, "ATTACHMENT_ID": announced.json()["id"]}
    return known | tokens | {"TOKEN": token}


_ACCOUNTS = ("ACCOUNT", "CHANGING", "LEAVING", "DELETED")


async def _account(client: httpx.AsyncClient) -> str:
    body = {"email": f"{uuid4().hex}@example.com", "password": "a quiet harbour at dusk"}
    token: str = (await client.post("/api/auth/signup", json=body)).json()["access_token"]
    return token


async def _report(app: FastAPI, folder: Path, known: Mapping[str, str], *options: str) -> dict[str, Any]:
    """What schemathesis found, asking the running service always the same."""
    async with served(app, http=BoundedHttpProtocol) as port:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "schemathesis.cli", "--no-color", "--config-file", str(_CONFIGURATION)),
            *("run", f"http://127.0.0.1:{port}/openapi.json", "--generation-deterministic", *options),
            *("--report-json-path", "report.json"),
            cwd=folder,
            env=os.environ | known | {"PYTHONPATH": str(_ROOT), "PYTHONHASHSEED": "0"},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        async with asyncio.timeout(_PATIENCE_SECONDS):
            printed, _ = await process.communicate()
    report: dict[str, Any] = json.loads((folder / "report.json").read_text())
    return report | {"printed": printed.decode()}
