"""FastAPI without the layers that nobody here uses."""

from fastapi import FastAPI
from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from src.core.route_index import RouteIndex
from src.core.routing import PlannedRoute


class Application(FastAPI):
    """FastAPI's own watch for telemetry, bodies and clean-ups at each request; ours do that, or need none."""

    def setup(self) -> None:
        self.router.route_class = PlannedRoute
        super().setup()

    def build_middleware_stack(self) -> ASGIApp:
        app: ASGIApp = ExceptionMiddleware(RouteIndex(self.router), handlers=self.exception_handlers)
        for layer in reversed(self.user_middleware):
            app = layer.cls(app, *layer.args, **layer.kwargs)
        return app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or self.middleware_stack is None:
            await super().__call__(scope, receive, send)
            return
        scope["app"] = self
        await self.middleware_stack(scope, receive, send)
