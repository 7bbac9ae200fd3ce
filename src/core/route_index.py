"""Routes looked up by the parts of a path, where Starlette would try one after the other."""

import re
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass, field
from typing import Self

from starlette.routing import Route, Router
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


class RouteIndex:
    """Stands before a router and finds the route that answers; what it does not find is the router's.

    A part that is written out wins over a parameter, so that `/tasks/recurring` is no task's id.
    """

    def __init__(self, router: Router) -> None:
        self._router = router
        self._root = _Node()
        for route in router.routes:
            if isinstance(route, Route) and _is_plain(route.path):
                self._place(route).routes.append(_Known.of(route))

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        if scope["type"] == "http" and not scope.get("root_path"):
            parts = scope["path"].split("/")
            known = _found(self._root, parts, 0, scope["method"])
            if known is not None:
                route = known.route
                scope["router"], scope["route"], scope["endpoint"] = self._router, route, route.endpoint
                scope["path_params"] = known.values(parts)
                return route.app(scope, receive, send)
        return self._router(scope, receive, send)

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


def _found(node: _Node, parts: list[str], depth: int, method: str) -> _Known | None:
    if depth == len(parts):
        for known in node.routes:
            if known.takes(method):
                return known
        return None
    found, part = None, parts[depth]
    if named := node.named.get(part):
        found = _found(named, parts, depth + 1, method)
    if found is None and part and node.any_part is not None:
        found = _found(node.any_part, parts, depth + 1, method)
    return found
