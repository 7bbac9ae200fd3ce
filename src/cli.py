"""The `todo` command: serve, token, migrate, openapi, chat."""

import asyncio
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Annotated, NoReturn

import orjson
import typer
import uvicorn

from src.core.config import (
    InvalidSettings,
    Settings,
    ended_by_unusable_settings,
    read_settings,
    require_valid,
    settings_or_exit,
)
from src.core.ending import SHUTDOWN_SECONDS
from src.core.logs import configure_logging, flush_logs
from src.core.migrations import migrate as upgrade
from src.core.outages import is_outage
from src.core.postgres_account import EmbeddedPostgresFailed
from src.core.startup import DEVELOPER, access_token, development_secret, resolved_database

STARTUP_FAILURE = 3
"""What uvicorn exits with when the application does not start."""

cli = typer.Typer(
    help="Tasks for people, frontends and AI assistants. Without a command: serve.",
    add_completion=False,
    pretty_exceptions_enable=False,
)


@cli.callback(invoke_without_command=True)
def start(context: typer.Context) -> None:
    if context.invoked_subcommand is None:
        serve()


@cli.command()
def serve(
    host: Annotated[str | None, typer.Option(help="The address to listen on, instead of HOST.")] = None,
    port: Annotated[int | None, typer.Option(help="The port, instead of PORT.", min=1, max=65535)] = None,
) -> None:
    """Run the service."""
    given = {"HOST": host, "PORT": port}
    os.environ.update({name: str(value) for name, value in given.items() if value is not None})
    with ended_by_unusable_settings():
        settings = read_settings()
        if not settings.space_id:  # A Space says on its page what is wrong.
            require_valid(settings)
    configure_logging(settings.log_level, settings.log_format)
    config = uvicorn.Config(
        "src.main:app",
        host=settings.listen_host,
        port=settings.port,
        log_config=None,
        access_log=False,
        http="src.core.http_protocol:BoundedHttpProtocol",
        timeout_graceful_shutdown=SHUTDOWN_SECONDS,
    )
    if config.workers > 1:
        from uvicorn.supervisors import Multiprocess  # noqa: PLC0415 - one worker needs no supervisor.

        Multiprocess(config, sockets=[config.bind_socket()]).run()
        return
    server = Server(config)
    server.run()
    if not server.started:
        raise typer.Exit(STARTUP_FAILURE)
    # All is closed. Taking a thousand modules apart would take a second that a supervisor may not wait.
    flush_logs()
    os._exit(0)


class Server(uvicorn.Server):
    """Ends with exit code 0 when it was asked to end: uvicorn would raise the signal at itself once more."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        previous = {each: signal.signal(each, self.handle_exit) for each in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for each, handler in previous.items():
                signal.signal(each, handler)


@cli.command()
def token(
    user: Annotated[str, typer.Argument(help="The id of the user it speaks for.")],
    days: Annotated[int, typer.Option(help="How long it is accepted.", min=1, max=365)] = 7,
) -> None:
    """Print a bearer token for a user."""
    typer.echo(_own_token(settings_or_exit(), user, timedelta(days=days)))


def _own_token(settings: Settings, user: str, lifetime: timedelta) -> str:
    """A token of ours, where the service would take it."""
    from src.auth.token_rules import token_rules  # noqa: PLC0415 - cryptography would slow every other start.

    if token_rules(settings).by_secret is None:
        _fail(
            f"With JWT_ALGORITHM={settings.jwt_algorithm} no token signed with the secret is accepted; "
            "sign in at the frontend, or make a personal access token (POST /api/me/tokens)."
        )
    return access_token(settings, development_secret(settings), user, lifetime)


@cli.command()
def migrate() -> None:
    """Bring the database to the newest schema."""
    try:
        typer.echo(asyncio.run(_migrated(settings_or_exit())))
    except EmbeddedPostgresFailed as error:
        _fail(str(error))
    except Exception as error:
        if not is_outage(error):
            raise
        _fail(f"The database does not answer: {error}")


async def _migrated(settings: Settings) -> str:
    async with resolved_database(settings) as address:
        await upgrade(address)
        return f"The database at {address} has the newest schema."


@cli.command()
def openapi() -> None:
    """Print the OpenAPI schema; neither database nor secret is needed."""
    os.environ["ENVIRONMENT"] = "test"
    from src.main import app  # noqa: PLC0415 - the application is made on import, from the line above.

    typer.echo(orjson.dumps(app.openapi(), option=orjson.OPT_INDENT_2))


@cli.command()
def chat(
    url: Annotated[
        str | None, typer.Option(help="A running service; without it the local one, started if need be.")
    ] = None,
    bearer: Annotated[
        str | None, typer.Option("--token", help="Your token there; without it a developer's.")
    ] = None,
    user: Annotated[
        str, typer.Option(help="Whose tasks to talk about, where no token is given.")
    ] = DEVELOPER,
) -> None:
    """Talk to the assistant."""
    from src.terminal_chat import talk  # noqa: PLC0415 - its libraries would slow every other start.

    settings = settings_or_exit()
    bearer = bearer or _own_token(settings, user, timedelta(days=1))
    talk(settings, url, bearer)


def _fail(sentence: str) -> NoReturn:
    typer.echo(f"todo: {sentence}", err=True)
    raise typer.Exit(1)


def main() -> None:
    try:
        cli()
    except InvalidSettings as error:
        _fail(str(error))


if __name__ == "__main__":
    main()
