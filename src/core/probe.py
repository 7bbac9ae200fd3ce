"""The image's health check: a process of its own, without the service's libraries."""

import os
import sys
from http.client import HTTPConnection, HTTPException


def port_of(environment: dict[str, str]) -> int:
    """The port that the service listens on in this environment, by the rule of the settings."""
    return int(environment.get("PORT") or (7860 if environment.get("SPACE_ID") else 8000))


def is_alive(port: int) -> bool:
    """Whether the liveness route of this machine answers 200."""
    connection = HTTPConnection("127.0.0.1", port, timeout=4)
    try:
        connection.request("GET", "/health")
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(0 if is_alive(port_of(dict(os.environ))) else 1)
