"""The image's health check."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from src.core.probe import is_alive, port_of


@pytest.mark.parametrize(
    ("environment", "port"),
    [({}, 8000), ({"SPACE_ID": "me/todo"}, 7860), ({"SPACE_ID": "me/todo", "PORT": "9000"}, 9000)],
)
def test_the_probe_asks_the_port_that_the_service_listens_on(environment: dict[str, str], port: int) -> None:
    assert port_of(environment) == port


@pytest.mark.parametrize(("status", "verdict"), [(200, True), (503, False)])
def test_the_service_is_alive_when_its_health_answers_200(status: int, verdict: bool) -> None:
    with _answering(status) as port:
        assert is_alive(port) is verdict


def test_a_service_that_does_not_listen_is_not_alive() -> None:
    with _answering(200) as port:
        pass

    assert is_alive(port) is False


@contextmanager
def _answering(status: int) -> Iterator[int]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status if self.path == "/health" else 404)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nobody reads it."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()
