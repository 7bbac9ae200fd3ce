"""Routes looked up by the parts of a path, where Starlette would try one after the other."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NoReturn, Self

from starlette.routing import BaseRoute, Match, NoMatchFound, Route
from starlette.types import Receive, Scope, Send

_PARAMETER = re.compile(r"\{(\w+)\}")


@dataclass(slots=True)
class _Node:
    """The routes whose paths begin alike."""

    named: dict[str, "_Node"] = field(default_factory=dict)
    any_part: "_Node | None" = None
    routes: list["_Known"] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Known:
    """A route, and which parts of a path are its parameters."""

    route: Route
    parameters: Sequence[tuple[str, int]]

    @classmethod
    def of(cls, route: Route) -> Self:
        found = ((_PARAMETER.fullmatch(part), place) for place, part in enumerate(route.path.split("/")))
        return cls(route, [(match[1], place) for match, place in found if match])

    def takes(self, method: str) -> bool:
        return self.route.methods is None or method in self.route.methods

    def values(self, parts: Sequence[str]) -> dict[str, str]:
        return {name: parts[place] for name, place in self.parameters}


class RouteIndex(BaseRoute):
    """Stands before the routes it knows and finds the one that answers; what it does not find is theirs.

    A part that is written out wins over a parameter, so that `/tasks/recurring` is no task's id.
    """

    def __init__(self, routes: Sequence[BaseRoute]) -> None:
        self._root = _Node()
        for route in routes:
            if isinstance(route, Route) and _is_plain(route.path):
                self._place(route).routes.append(_Known.of(route))

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        if scope["type"] == "http" and not scope.get("root_path"):
            parts = scope["path"].split("/")
            for known in _found(self._root, parts, 0):
                if known.takes(scope["method"]):
                    route = known.route
                    values = known.values(parts)
                    return Match.FULL, {"route": route, "endpoint": route.endpoint, "path_params": values}
        return Match.NONE, {}

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        route: Route = scope["route"]
        await route.app(scope, receive, send)

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


def _is_plain(path: str) -> bool:
    """Whether parameters are whole parts of a path, and text as it comes."""
    return all("{" not in part or _PARAMETER.fullmatch(part) for part in path.split("/"))


def _found(node: _Node, parts: list[str], depth: int) -> Iterator[_Known]:
    if depth == len(parts):
        yield from node.routes
        return
    named = node.named.get(parts[depth])
    if named is not None:
        yield from _found(named, parts, depth + 1)
    if node.any_part is not None and parts[depth]:
        yield from _found(node.any_part, parts, depth + 1)
