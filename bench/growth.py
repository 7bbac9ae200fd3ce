"""How much longer a user with many tasks waits than one with few."""

import itertools
import statistics

from bench.client import Connection
from bench.ground import Ground
from bench.operations import FILTERED
from bench.report import Check, Section, milliseconds
from bench.requests import request, token_for
from bench.seed import grown_user

MOST_GROWTH = 1.5
_WARMING = 10
# Each page as long as the smallest user's: what grows is the finding, and not what is shown.
_PATHS = {
    "list": "tasks",
    "filtered": f"tasks?{FILTERED}&limit=15",
    "due on a day that has none": "tasks?due_after=2200-01-01&due_before=2200-01-01",
    "get": "tasks/{task}",
    "search, a rare word": "tasks?search=quokka",
    "search, every 11th task": "tasks?search=invoice&limit=9",
    "search, a beginning": "tasks?search=invo&limit=9",
    "search, a common tag": "tasks?search=urgent&limit=30",
}


async def measure(ground: Ground) -> Section:
    """The latency of each read over one connection, the users in turn; medians."""
    async with ground.loaded_service() as server:
        connection = await Connection.to(server.port)
        figures = {name: await _latencies(ground, connection, path) for name, path in _PATHS.items()}
        connection.close()
    sizes = ground.sizes.grown
    return Section(
        "Growth: median ms over one connection, by the number of a user's tasks",
        ["", *(f"{size:,}" for size in sizes), "growth"],
        [
            [name, *(milliseconds(each[size]) for size in sizes), f"{_growth(each):.2f}"]
            for name, each in figures.items()
        ],
        [Check(f"growth of {name}", _growth(each), MOST_GROWTH) for name, each in figures.items()],
        figures={name: {str(size): each[size] for size in sizes} for name, each in figures.items()},
    )


async def _latencies(ground: Ground, connection: Connection, path: str) -> dict[int, float]:
    sizes = ground.sizes.grown
    requests = {}
    for size in sizes:
        user = grown_user(size)
        own = path.format(task=await ground.cast.first_task(user))
        requests[size] = request("GET", f"/api/me/{own}", token_for(user))
    seconds: dict[int, list[float]] = {size: [] for size in sizes}
    for turn, size in itertools.product(range(_WARMING + (50 if ground.is_quick else 150)), sizes):
        answer = await connection.ask(requests[size])
        assert answer.status == 200, answer.body
        if turn >= _WARMING:
            seconds[size].append(answer.seconds)
    return {size: statistics.median(each) for size, each in seconds.items()}


def _growth(latencies: dict[int, float]) -> float:
    return latencies[max(latencies)] / latencies[min(latencies)]
