"""`python -m mcp_server`: MCP over standard input and output."""

import argparse
import asyncio
import os
import signal
import sys

from mcp_server.stdio import StdioSettings, serve
from src.core.config import Settings, ended_by_unusable_settings, load_settings
from src.core.errors import DomainError
from src.core.logs import configure_logging, flush_logs
from src.core.outages import is_outage
from src.core.postgres_account import EmbeddedPostgresFailed

EXIT_FAILED = 1


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m mcp_server", description="Tasks over MCP, on stdio.")
    parser.add_argument("--profile", help="full, read or research; instead of TODO_PROFILE")
    arguments = parser.parse_args()
    given = {"TODO_PROFILE": arguments.profile} if arguments.profile else {}
    with ended_by_unusable_settings():
        settings = load_settings()
        chosen = StdioSettings.of({**os.environ, **given}, settings)
    configure_logging(settings.log_level, settings.log_format)
    asyncio.run(_until_ended(settings, chosen))


async def _until_ended(settings: Settings, chosen: StdioSettings) -> None:
    stopping = asyncio.Event()
    for ending in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(ending, stopping.set)
    try:
        await serve(settings, chosen, stopping)
    except (DomainError, EmbeddedPostgresFailed) as error:
        _fail(str(error))
    except Exception as error:
        if not is_outage(error):
            raise
        _fail(f"The database does not answer: {error}")
    if stopping.is_set():
        # A thread still waits for standard input, and nothing can wake it; all else is closed by now.
        flush_logs()
        os._exit(0)


def _fail(sentence: str) -> None:
    sys.stderr.write(f"todo: {sentence}\n")
    raise SystemExit(EXIT_FAILED)


if __name__ == "__main__":
    main()
