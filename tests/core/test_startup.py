"""What the service brings along when nothing is configured."""

import stat
from datetime import timedelta
from pathlib import Path

import jwt
import pytest
from pydantic import SecretStr

from src.core.config import Environment, InvalidSettings, Settings
from src.core.startup import access_token, banner, development_secret, resolved_database


def test_the_services_of_a_folder_share_a_secret_that_only_their_user_reads(tmp_path: Path) -> None:
    settings = Settings(_env_file=None, data_dir=tmp_path / "new", better_auth_secret=None)

    first, second = development_secret(settings), development_secret(settings)

    kept = settings.data_dir / "secret"
    assert first == second == SecretStr(kept.read_text())
    assert len(kept.read_text()) >= 32
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert list(settings.data_dir.iterdir()) == [kept]


def test_a_configured_secret_is_used_and_nothing_is_written(tmp_path: Path) -> None:
    secret = SecretStr("configured")
    settings = Settings(_env_file=None, data_dir=tmp_path / "new", better_auth_secret=secret)

    assert development_secret(settings) == secret
    assert not settings.data_dir.exists()


async def test_a_configured_database_is_used_and_nothing_is_started(tmp_path: Path) -> None:
    url = SecretStr("postgres://ann:pw@db.example/todo?sslmode=require")
    settings = Settings(_env_file=None, data_dir=tmp_path / "new", database_url=url)

    async with resolved_database(settings) as address:
        assert str(address) == "db.example:5432/todo"

    assert not settings.data_dir.exists()


async def test_production_makes_neither_a_secret_nor_a_database_up(tmp_path: Path) -> None:
    settings = Settings(
        _env_file=None,
        environment=Environment.PRODUCTION,
        data_dir=tmp_path / "new",
        database_url=None,
        better_auth_secret=None,
    )

    with pytest.raises(InvalidSettings, match="BETTER_AUTH_SECRET is not set"):
        development_secret(settings)
    with pytest.raises(InvalidSettings, match="DATABASE_URL is not set"):
        await resolved_database(settings).__aenter__()
    assert not settings.data_dir.exists()


def test_a_token_has_what_the_settings_ask_of_tokens() -> None:
    settings = Settings(_env_file=None, jwt_issuer="https://app.example", jwt_audience="todo")
    secret = SecretStr("k" * 40)

    token = access_token(settings, secret, "ann", timedelta(days=2))

    claims = jwt.decode(token, "k" * 40, algorithms=["HS256"], issuer="https://app.example", audience="todo")
    assert claims["sub"] == "ann"
    assert claims["exp"] - claims["iat"] == 2 * 24 * 3600
    assert jwt.get_unverified_header(token) == {"alg": "HS256", "typ": "JWT"}


def test_the_banner_offers_the_address_the_documentation_and_a_line_to_paste() -> None:
    text = banner(Settings(_env_file=None), "http://localhost:8000", "a.b.c")

    (line,) = [line for line in text.splitlines() if line.startswith("curl ")]
    assert "http://localhost:8000/docs" in text
    assert "todo chat" in text
    assert line == (
        "curl http://localhost:8000/api/me/chat -H 'Authorization: Bearer a.b.c'"
        " -H 'Content-Type: application/json' -d '{\"message\":\"Add a task to call mom tomorrow\"}'"
    )
