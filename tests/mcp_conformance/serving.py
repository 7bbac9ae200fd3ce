"""Serve an application on a socket that the parent has opened: whoever connects early waits, nobody polls."""

import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

_SECONDS_TO_END = 15


@contextmanager
def served(application: str, **environment: str) -> Iterator[str]:
    """The address of an application (`module:attribute`) in a process of its own, while the context lasts."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        descriptor, port = listener.fileno(), listener.getsockname()[1]
        command = [sys.executable, "-m", __name__, str(descriptor), application]
        process = subprocess.Popen(
            command,
            pass_fds=[descriptor],
            env=environment,
            stdout=subprocess.DEVNULL,
            stdin=subprocess.DEVNULL,
        )
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        # uvicorn ends in order and then by the signal that it was sent.
        assert process.wait(_SECONDS_TO_END) == -signal.SIGTERM


def main() -> None:
    descriptor, application = sys.argv[1:]
    config = uvicorn.Config(application, factory=application.endswith("_app"), log_level="warning")
    uvicorn.Server(config).run([socket.socket(fileno=int(descriptor))])


if __name__ == "__main__":
    main()
