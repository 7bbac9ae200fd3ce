"""Routes looked up by the parts of a path, where Starlette would try one after the other."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NoReturn

from starlette.routing import BaseRoute, Match, NoMatchFound, Route
from starlette.types import Receive, Scope, Send


@dataclass(slots=True)
class _Node:
    """The routes whose paths begin alike."""

    named: dict[str, "_Node"] = field(default_factory=dict)
    any_part: "_Node | None" = None
    routes: list[Route] = field(default_factory=list)


class RouteIndex(BaseRoute):
    """Stands before the routes it knows and finds the one that answers; what it does not find is theirs.

    A part that is written out wins over a parameter, so that `/tasks/recurring` is no task's id.
    """

    def __init__(self, routes: Sequence[BaseRoute]) -> None:
        self._root = _Node()
        for route in routes:
            if isinstance(route, Route) and not any(":" in part for part in route.path.split("/")):
                self._place(route).routes.append(route)

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        if scope["type"] == "http":
            for route in _found(self._root, scope["path"].split("/"), 0):
                match, child_scope = route.matches(scope)
                if match is Match.FULL:
                    return match, {**child_scope, "indexed_route": route}
        return Match.NONE, {}

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        route: Route = scope["indexed_route"]
        await route.handle(scope, receive, send)

    def url_path_for(self, name: str, /, **path_params: Any) -> NoReturn:
        raise NoMatchFound(name, path_params)

    def _place(self, route: Route) -> _Node:
        node = self._root
        for part in route.path.split("/"):
            if part.startswith("{"):
                node.any_part = node.any_part or _Node()
                node = node.any_part
            else:
                node = node.named.setdefault(part, _Node())
        return node


def _found(node: _Node, parts: list[str], depth: int) -> Iterator[Route]:
    if depth == len(parts):
        yield from node.routes
        return
    named = node.named.get(parts[depth])
    if named is not None:
        yield from _found(named, parts, depth + 1)
    if node.any_part is not None:
        yield from _found(node.any_part, parts, depth + 1)
