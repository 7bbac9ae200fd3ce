"""Which hosts and origins are let through, from the settings."""

import pytest

from mcp_server.hosts import AllowedHosts, UnknownHost
from src.auth.authenticator import UntrustedOrigin
from src.core.config import Environment, Settings


def allowed(**given: object) -> AllowedHosts:
    return AllowedHosts.of(Settings(_env_file=None, environment=Environment.TEST, **given))  # type: ignore[arg-type] # Any setting.


@pytest.mark.parametrize(
    ("given", "host"),
    [
        ({"public_url": "https://todo.example/app"}, "todo.example"),
        ({"public_url": "https://todo.example:8443"}, "TODO.example:443"),
        ({"mcp_allowed_hosts": "proxy.internal, [fd00::1]:9000"}, "proxy.internal:9000"),
        ({"mcp_allowed_hosts": "proxy.internal, [fd00::1]:9000"}, "[fd00::1]"),
        ({"host": "10.0.0.7"}, "10.0.0.7:8000"),
        ({"mcp_allowed_hosts": "*"}, "anything.at.all"),
        ({}, "localhost:8000"),
    ],
)
def test_hosts_of_the_settings_are_known_whatever_their_port(given: dict[str, object], host: str) -> None:
    allowed(**given).require(host, None)


def test_the_host_of_a_space_is_known_there_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPACE_HOST", "me-todo.hf.space")

    allowed(space_id="me/todo").require("me-todo.hf.space", None)
    with pytest.raises(UnknownHost):
        allowed().require("me-todo.hf.space", None)


@pytest.mark.parametrize(
    "host",
    [
        "",
        "evil.example",
        "todo.example.evil.example",
        "evil.example:todo.example",
        "todo.example:evil",
        "::1:8000",
        "user@todo.example",
    ],
)
def test_other_hosts_are_not(host: str) -> None:
    with pytest.raises(UnknownHost, match="MCP_ALLOWED_HOSTS"):
        allowed(public_url="https://todo.example").require(host, None)


def test_origins_are_those_of_the_frontend_and_of_this_machine() -> None:
    guard = allowed(public_url="https://todo.example/api", cors_origins="https://app.example")

    for origin in ("https://todo.example", "https://app.example", "http://127.0.0.1:6274", "http://[::1]:1"):
        guard.require("localhost", origin)
    for origin in (
        "https://other.example",
        "http://app.example",
        "null",
        "file://",
        "http://localhost.evil.example",
    ):
        with pytest.raises(UntrustedOrigin, match="CORS_ORIGINS"):
            guard.require("localhost", origin)


def test_every_origin_is_let_through_where_the_settings_say_so() -> None:
    allowed(allow_all_origins=True).require("localhost", "https://other.example")
