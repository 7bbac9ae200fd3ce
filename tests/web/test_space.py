"""What a Hugging Face Space shows: a demonstration without settings, and its problem with unusable ones."""

from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from src.core.config import Environment, Settings
from src.main import create_app
from src.web.unusable import unusable_app
from tests.conftest import client_of, running

PAGE = {"Accept": "text/html"}


async def test_a_space_without_settings_demonstrates_itself_and_says_so(tmp_path: Path) -> None:
    settings = _space(data_dir=tmp_path)

    async with running(create_app(settings)) as app, client_of(app, None) as visitor:
        page = await visitor.get("/", headers=PAGE)
        health = (await visitor.get("/health")).json()

    assert settings.problems() == []
    assert "This is a demonstration" in page.text
    assert (health["status"], health["database"]) == ("ok", "connected")
    assert "DATABASE_URL" in health["notice"]


@pytest.mark.parametrize("path", ["/", "/health", "/api/health"])
async def test_a_space_with_unusable_settings_lives_and_names_the_problem(path: str) -> None:
    settings = _space(database_url=SecretStr("mysql://somebody:hidden@db.example/todo"))
    problems = settings.problems()

    async with _visitor(problems) as visitor:
        health = await visitor.get(path)
        page = await visitor.get("/", headers=PAGE)

    assert health.status_code == 200
    assert (health.json()["status"], health.json()["notice"]) == ("misconfigured", " ".join(problems))
    assert all(problem.split()[0] in page.text for problem in problems)
    assert "hidden" not in page.text + health.text


async def test_a_space_with_unusable_settings_refuses_everything_else() -> None:
    async with _visitor(["BETTER_AUTH_SECRET is not set."]) as visitor:
        response = await visitor.post("/api/me/chat", json={"message": "Add a task"})

    assert response.status_code == 503
    assert (response.json()["code"], response.headers["Retry-After"]) == ("misconfigured", "60")


def _space(data_dir: Path = Path("/nowhere"), database_url: SecretStr | None = None) -> Settings:
    return Settings(
        _env_file=None,
        environment=Environment.PRODUCTION,
        space_id="someone/todo",
        cors_origins=("https://someone.example",),
        data_dir=data_dir,
        database_url=database_url,
        log_level="WARNING",
        llm_provider="local",
    )


def _visitor(problems: list[str]) -> httpx.AsyncClient:
    return client_of(unusable_app(problems), None)
