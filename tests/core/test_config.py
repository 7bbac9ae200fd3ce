"""The settings: their names, their defaults, and which of them stop the start."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from pydantic import AliasChoices, SecretStr

from src.core.config import Environment, InvalidSettings, Settings, load_settings, require_valid

ROOT = Path(__file__).resolve().parents[2]
STRONG_SECRET = "q7Zr0vX2mK9wB4tN6yH1sD8fG3jL5pC0aE"
PRODUCTION: dict[str, Any] = {
    "_env_file": None,
    "environment": "production",
    "database_url": "postgresql://ann:hunter2@db.example/todo",
    "better_auth_secret": STRONG_SECRET,
}


def aliases(name: str) -> list[str]:
    alias = Settings.model_fields[name].validation_alias
    return [str(choice) for choice in alias.choices] if isinstance(alias, AliasChoices) else [name.upper()]


@pytest.fixture(autouse=True)
def _no_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in Settings.model_fields:
        for alias in aliases(name):
            monkeypatch.delenv(alias, raising=False)
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    ("alias", "field"),
    [
        ("BETTER_AUTH_SECRET", "better_auth_secret"),
        ("SECRET_KEY", "better_auth_secret"),
        ("JWT_ALGORITHM", "jwt_algorithm"),
        ("ALGORITHM", "jwt_algorithm"),
        ("CORS_ORIGINS", "cors_origins"),
        ("ALLOWED_ORIGINS", "cors_origins"),
        ("GEMINI_API_KEY", "gemini_api_key"),
        ("GOOGLE_API_KEY", "gemini_api_key"),
        ("GOOGLE_GEMINI_API_KEY", "gemini_api_key"),
        ("LLM_FALLBACKS", "llm_fallbacks"),
    ],
)
def test_a_setting_is_read_by_each_of_its_names(
    monkeypatch: pytest.MonkeyPatch, alias: str, field: str
) -> None:
    monkeypatch.setenv(alias, "HS256")

    value = getattr(Settings(), field)

    assert value in ("HS256", ("HS256",), SecretStr("HS256"))


def test_lists_are_parted_by_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CORS_ORIGINS", " https://a.example/ , https://b.example,")

    settings = Settings()

    assert settings.cors_origins == ("https://a.example", "https://b.example")


def test_an_empty_value_counts_as_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.setenv(aliases(name)[0], "")

    settings = Settings()

    assert settings == Settings(_env_file=None)
    assert settings.database_url is None


@pytest.mark.parametrize(
    ("variables", "port"),
    [({}, 8000), ({"SPACE_ID": "me/todo"}, 7860), ({"SPACE_ID": "me/todo", "PORT": "9000"}, 9000)],
)
def test_the_port_depends_on_where_the_service_runs(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], port: int
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)

    settings = Settings()

    assert settings.port == port


@pytest.mark.parametrize(
    ("given", "host"),
    [
        ({}, "127.0.0.1"),
        ({"space_id": "me/todo"}, "0.0.0.0"),  # noqa: S104 - nothing is bound here.
        ({"host": "::", "space_id": "me/todo"}, "::"),
    ],
)
def test_a_developers_service_listens_to_this_machine_alone(given: dict[str, Any], host: str) -> None:
    settings = Settings(_env_file=None, **given)

    assert settings.listen_host == host


def test_the_environment_goes_before_the_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("ENVIRONMENT=Test\nLOG_LEVEL=debug\nUNKNOWN=1\n")
    monkeypatch.setenv("LOG_LEVEL", "error")

    settings = Settings()

    assert (settings.environment, settings.log_level) == (Environment.TEST, "ERROR")


def test_development_needs_no_settings_at_all() -> None:
    assert Settings(_env_file=None).problems() == []


def test_production_starts_with_a_strong_secret_and_a_database() -> None:
    assert Settings(**PRODUCTION).problems() == []


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"better_auth_secret": None}, "BETTER_AUTH_SECRET is not set."),
        ({"better_auth_secret": "hunter2"}, "BETTER_AUTH_SECRET is shorter than 32 characters."),
        ({"better_auth_secret": "hunter2" * 5}, None),
        ({"better_auth_secret": "a" * 40}, "BETTER_AUTH_SECRET repeats too few different characters."),
        (
            {"better_auth_secret": "better-auth-secret-12345678901234567890"},
            "BETTER_AUTH_SECRET is a published default or a placeholder.",
        ),
        (
            {"better_auth_secret": "please-CHANGE-ME-before-you-deploy-this-thing"},
            "BETTER_AUTH_SECRET is a published default or a placeholder.",
        ),
        ({"database_url": None}, "DATABASE_URL is not set;"),
        ({"database_url": "mysql://ann:hunter2@db/todo"}, "DATABASE_URL must look like postgresql://"),
        ({"cors_origins": ("*",)}, "CORS_ORIGINS has a *"),
        ({"cors_origins": ("*",), "allow_all_origins": True}, None),
        ({"frozen_now": "2026-03-01T09:00:00Z"}, "FROZEN_NOW is set;"),
        ({"jwks_url": "http://app.example/jwks"}, "JWKS_URL must start with https://"),
        ({"jwks_url": "http://localhost:3000@app.example/jwks"}, "JWKS_URL must start with https://"),
        ({"jwks_url": "http://localhost:3000/api/auth/jwks"}, None),
        ({"better_auth_url": "http://app.example"}, "BETTER_AUTH_URL must start with https://"),
        ({"better_auth_url": "http://127.0.0.1"}, None),
        ({"mcp_authorization_server": "http://app.example"}, "MCP_AUTHORIZATION_SERVER must start with"),
        ({"jwt_algorithm": "EdDSA"}, "JWT_ALGORITHM is EdDSA, which needs JWKS_URL or BETTER_AUTH_URL."),
        ({"jwt_algorithm": "EdDSA", "better_auth_url": "https://app.example"}, None),
        ({"better_auth_secrets": f"2:{STRONG_SECRET}", "better_auth_secret": None}, None),
        ({"better_auth_secrets": f"2:{STRONG_SECRET},1:{STRONG_SECRET[::-1]}"}, None),
        (
            {"better_auth_secrets": f"2:{STRONG_SECRET},1:hunter2"},
            "A secret in BETTER_AUTH_SECRETS is shorter",
        ),
        (
            {"better_auth_secrets": f"2:{STRONG_SECRET}", "better_auth_secret": "hunter2"},
            "BETTER_AUTH_SECRET is shorter than 32 characters.",
        ),
        ({"better_auth_secrets": "hunter2"}, "BETTER_AUTH_SECRETS must look like 2:new,1:old"),
        ({"better_auth_secrets": "2:hunter2,2:hunter3"}, "BETTER_AUTH_SECRETS must look like 2:new,1:old"),
        ({"better_auth_secrets": "2:hunter2,1:"}, "BETTER_AUTH_SECRETS must look like 2:new,1:old"),
    ],
)
def test_production_refuses_what_is_missing_or_weak(changed: dict[str, Any], sentence: str | None) -> None:
    settings = Settings(**PRODUCTION | changed)

    problems = settings.problems()

    assert len(problems) == (sentence is not None)
    assert " ".join(problems).startswith(sentence or "")
    assert "hunter2" not in " ".join(problems)


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"jwks_url": "app.example/jwks"}, "JWKS_URL must start with https:// or http://."),
        ({"better_auth_secrets": "hunter2"}, "BETTER_AUTH_SECRETS must look like 2:new,1:old"),
        ({"jwt_issuer": "todo-ai"}, "JWT_ISSUER is todo-ai, which is kept for own accounts."),
    ],
)
def test_development_too_refuses_what_it_cannot_read(changed: dict[str, Any], sentence: str) -> None:
    settings = Settings(_env_file=None, **changed)

    (problem,) = settings.problems()

    assert problem.startswith(sentence)
    assert "hunter2" not in problem


def test_every_problem_is_told_at_once() -> None:
    settings = Settings(_env_file=None, environment=Environment.PRODUCTION)

    with pytest.raises(InvalidSettings) as refusal:
        require_valid(settings)

    assert [problem.split()[0] for problem in refusal.value.problems] == [
        "BETTER_AUTH_SECRET",
        "DATABASE_URL",
    ]


def test_an_unreadable_value_is_named_and_not_quoted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "hunter2")
    monkeypatch.setenv("ALGORITHM", "none")

    with pytest.raises(InvalidSettings) as refusal:
        load_settings()

    assert [problem.split()[0] for problem in refusal.value.problems] == ["PORT", "JWT_ALGORITHM"]
    assert "hunter2" not in str(refusal.value)


def test_the_start_ends_with_a_line_for_each_problem_and_no_traceback(tmp_path: Path) -> None:
    start = "from src.core.config import settings_or_exit; settings_or_exit()"
    variables = {"ENVIRONMENT": "production", "SECRET_KEY": "hunter2", "PYTHONPATH": str(ROOT)}

    done = subprocess.run(
        [sys.executable, "-c", start],
        cwd=tmp_path,
        env=variables,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 78
    assert [line.split()[1] for line in done.stderr.splitlines()] == ["BETTER_AUTH_SECRET", "DATABASE_URL"]
    assert "hunter2" not in done.stderr


def test_secrets_are_never_shown() -> None:
    settings = Settings(**PRODUCTION | {"openai_api_key": "hunter2"})

    shown = f"{settings!r} {settings} {settings.model_dump_json()}"

    assert "hunter2" not in shown
    assert STRONG_SECRET not in shown


def test_the_example_names_and_explains_every_setting_and_no_other() -> None:
    example = (ROOT / ".env.example").read_text()

    explained = dict(reversed(pair) for pair in re.findall(r"^# (.+)\n([A-Z_]+)=", example, re.MULTILINE))

    assert set(explained) == set(re.findall(r"^([A-Z_]+)=", example, re.MULTILINE))
    assert set(explained) == {name.upper() for name in Settings.model_fields}
    for name in Settings.model_fields:
        assert all(alias in explained[name.upper()] for alias in aliases(name) if alias != name.upper())


def test_the_example_changes_nothing() -> None:
    assert Settings(_env_file=ROOT / ".env.example") == Settings(_env_file=None)


@pytest.mark.parametrize(
    ("environment", "url"),
    [
        ({}, None),
        ({"SPACE_HOST": "me-todo.hf.space"}, None),
        ({"SPACE_ID": "me/todo"}, None),
        ({"SPACE_ID": "me/todo", "SPACE_HOST": "me-todo.hf.space"}, "https://me-todo.hf.space"),
        (
            {
                "SPACE_ID": "me/todo",
                "SPACE_HOST": "me-todo.hf.space",
                "PUBLIC_URL": "https://todo.example/",
            },
            "https://todo.example",
        ),
    ],
)
def test_a_space_is_reached_where_hugging_face_says(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], url: str | None
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    assert Settings(_env_file=None).public_url == url


def test_what_has_its_default_from_other_values_is_not_blamed_for_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ENVIRONMENT", "moon")

    with pytest.raises(InvalidSettings) as refusal:
        load_settings()

    assert [problem.split()[0] for problem in refusal.value.problems] == ["ENVIRONMENT"]
