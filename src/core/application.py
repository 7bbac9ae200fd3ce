"""FastAPI without the layers that nobody here uses."""

from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI
from starlette.datastructures import State
from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from src.core.current_request import current_request
from src.core.route_index import RouteIndex
from src.core.routing import PlannedRoute


class Application(FastAPI):
    """FastAPI's own watch for telemetry, bodies and clean-ups at each request; ours do that, or need none."""

    def setup(self) -> None:
        self.router.route_class = PlannedRoute
        self.state = AppState()
        super().setup()

    def build_middleware_stack(self) -> ASGIApp:
        app: ASGIApp = FailureLayer(RouteIndex(self.router), self.exception_handlers)
        for layer in reversed(self.user_middleware):
            app = layer.cls(app, *layer.args, **layer.kwargs)
        return app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or self.middleware_stack is None:
            await super().__call__(scope, receive, send)
            return
        scope["app"] = self
        await self.middleware_stack(scope, receive, send)


class AppState(State):
    """Keeps what it is given as its own attributes; Starlette asks a dictionary when all else has failed."""

    def __setattr__(self, key: str, value: Any) -> None:
        object.__setattr__(self, key, value)


class FailureLayer:
    """Starlette's handlers of exceptions, called in where there is one: its layer surrounds every answer."""

    def __init__(self, app: ASGIApp, handlers: Mapping[Any, Any]) -> None:
        self._app = app
        self._handlers = handlers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self._app(scope, receive, send)
        except Exception as error:
            request = current_request.get()
            if request is not None and request.status is not None:
                raise
            await ExceptionMiddleware(_failing(error), self._handlers)(scope, receive, send)


def _failing(error: Exception) -> ASGIApp:
    async def app(*_: object) -> None:
        raise error

    return app
