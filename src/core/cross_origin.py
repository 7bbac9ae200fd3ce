"""Which pages of other origins may read the answers."""

from collections.abc import Awaitable
from typing import Any

from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send


class CrossOriginLayer:
    """Starlette's layer, which would look through the headers of all requests, for those that name an origin.

    The others come from no page of another origin. That its answer would differ is told by the layer of
    requests: each says `Vary: Origin`.
    """

    def __init__(self, app: ASGIApp, /, **options: Any) -> None:
        self._app = app
        self._checking = CORSMiddleware(app, **options)

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        is_asked = scope["type"] == "http" and b"origin" in dict(scope["headers"])
        return (self._checking if is_asked else self._app)(scope, receive, send)
