"""A conversation in the terminal, with a running service or one of its own."""

import logging
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import httpx
import orjson
import uvicorn
from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.markdown import Markdown
from rich.markup import escape
from rich.spinner import Spinner
from rich.text import Text

from src.core.config import Settings

_START_SECONDS = 60.0
_POLL_SECONDS = 0.05
_GREETING = (
    "[bold]Todo AI[/bold] at {url}\n[dim]/new begins another conversation, /quit or Ctrl-D leaves.[/dim]"
)


class ServiceUnreachable(Exception):
    """The service did not start, or refuses us; the message says how."""


class Answer:
    """What has arrived of an answer so far, ready to be drawn."""

    def __init__(self) -> None:
        self.text = ""
        self.conversation_id: int | None = None
        self._steps: dict[str, Text] = {}
        self._problem = ""
        self._is_finished = False

    def add(self, event: dict[str, Any]) -> None:
        match event.get("type"):
            case "text_delta":
                self.text += event["text"]
            case "tool_call":
                self._steps[event["call_id"]] = Text(f"· {_called(event)}", style="dim")
            case "tool_result":
                mark, style = ("✗", "red") if event["is_error"] else ("✓", "green")
                self._steps[event["call_id"]] = Text(f"{mark} {event['tool']}", style=style)
            case "error":
                self.fail(event.get("detail") or event.get("title") or "Something went wrong.")
            case None:
                self.text = event["response"]
                self.conversation_id = event["conversation_id"]
                self._is_finished = True

    def fail(self, problem: str) -> None:
        self._problem = problem
        self._is_finished = True

    def __rich__(self) -> RenderableType:
        parts: list[RenderableType] = list(self._steps.values())
        if self.text:
            parts.append(Markdown(self.text))
        if self._problem:
            parts.append(Text(self._problem, style="red"))
        if not self._is_finished:
            parts.append(Spinner("dots", style="dim"))
        return Group(*parts)


def _called(event: dict[str, Any]) -> str:
    arguments = ", ".join(f"{name}={value!r}" for name, value in event["arguments"].items())
    return f"{event['tool']}({arguments})"


def talk(settings: Settings, url: str | None, token: str) -> None:
    """Converse until the user leaves; without a URL, with the local service, started where none runs."""
    console = Console()
    with ExitStack() as stack:
        try:
            url = url or stack.enter_context(_local_service(settings, token))
            client = stack.enter_context(_client(url, token))
            _greet(client, console)
            _converse(client, console)
        except ServiceUnreachable as error:
            console.print(Text(str(error), style="red"))
            raise SystemExit(1) from None


def _client(url: str, token: str) -> httpx.Client:
    headers = {"Authorization": f"Bearer {token}", "Accept": "text/event-stream"}
    return httpx.Client(base_url=url.rstrip("/"), headers=headers, timeout=httpx.Timeout(10, read=180))


def _greet(client: httpx.Client, console: Console) -> None:
    url = str(client.base_url).rstrip("/")
    try:
        answer = client.get("/api/me/conversations")
    except httpx.HTTPError as error:
        raise ServiceUnreachable(f"{url} does not answer: {error}") from error
    if answer.is_error:
        raise ServiceUnreachable(_problem(answer))
    console.print(_GREETING.format(url=escape(url)), highlight=False)


def _converse(client: httpx.Client, console: Console) -> None:
    conversation_id: int | None = None
    while (message := _asked(console)) is not None:
        if message == "/new":
            conversation_id = None
            console.print("[dim]A new conversation.[/dim]")
        elif message:
            conversation_id = _exchange(client, console, message, conversation_id)


def _asked(console: Console) -> str | None:
    try:
        message = console.input("\n[bold cyan]you >[/bold cyan] ").strip()
    except (EOFError, KeyboardInterrupt):
        console.print()
        return None
    return None if message in {"/quit", "/exit"} else message


def _exchange(
    client: httpx.Client, console: Console, message: str, conversation_id: int | None
) -> int | None:
    """One question and its answer, drawn while it is made; Ctrl-C ends the answer, not the conversation."""
    answer = Answer()
    with Live(answer, console=console, refresh_per_second=12, vertical_overflow="visible"):
        try:
            for event in events(client, message, conversation_id):
                answer.add(event)
        except KeyboardInterrupt:
            answer.fail("Interrupted.")
        except (httpx.HTTPError, ServiceUnreachable) as error:
            answer.fail(str(error) or "The connection was lost.")
    return answer.conversation_id or conversation_id


def events(client: httpx.Client, message: str, conversation_id: int | None) -> Iterator[dict[str, Any]]:
    """The events of one turn, the whole answer last.

    Raises:
        ServiceUnreachable: the service refused the message.
    """
    body = {"message": message, "conversation_id": conversation_id}
    with client.stream("POST", "/api/me/chat", json=body) as response:
        if response.is_error:
            response.read()
            raise ServiceUnreachable(_problem(response))
        for line in response.iter_lines():
            if line.startswith("data:"):
                yield orjson.loads(line.removeprefix("data:"))


def _problem(response: httpx.Response) -> str:
    try:
        return str(response.json()["detail"])
    except (ValueError, KeyError, TypeError):
        return f"The service answered {response.status_code}."


@contextmanager
def _local_service(settings: Settings, token: str) -> Iterator[str]:
    """The address of the service that already runs here, or of one that lives as long as the context."""
    running = f"http://127.0.0.1:{settings.port}"
    if _welcomes(running, token):
        yield running
        return
    from src.main import create_app  # noqa: PLC0415 - a running service needs no application here.

    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        quiet = settings.model_copy(update={"port": port, "log_level": "ERROR"})
        server = uvicorn.Server(uvicorn.Config(create_app(quiet), log_config=None))
        # The service shares the terminal with the conversation.
        logging.getLogger().setLevel(logging.ERROR)
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        try:
            _wait_for(server, thread)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.should_exit = True
            thread.join()


def _wait_for(server: uvicorn.Server, thread: threading.Thread) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while not server.started:
        if not thread.is_alive() or time.monotonic() > deadline:
            raise ServiceUnreachable("The service did not start.")
        time.sleep(_POLL_SECONDS)


def _welcomes(url: str, token: str) -> bool:
    try:
        with _client(url, token) as client:
            return client.get("/api/me/conversations", timeout=2).is_success
    except httpx.HTTPError:
        return False
