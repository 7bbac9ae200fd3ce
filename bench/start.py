"""From the start of the process to the first answer, and the memory it holds then and later."""

import compileall
import statistics
from collections.abc import Iterable

from bench.client import Connection
from bench.ground import Ground
from bench.load import drive
from bench.operations import OPERATIONS, Operation
from bench.report import Check, Section, megabytes
from bench.requests import request
from bench.servers import ROOT, Server

MOST_SECONDS = 1.0
MOST_BYTES_OF_REST = 100e6
MOST_BYTES_OF_CHAT = 180e6
_CHATTING = ("chat", "mcp")


async def measure(ground: Ground) -> Section:
    """Several starts with everything compiled; the first, which only warms up, is left out."""
    for folder in ("src", "mcp_server", "bench"):
        compileall.compile_dir(ROOT / folder, quiet=2)
    starts = [await _start(ground) for _ in range(4 if ground.is_quick else 6)][1:]
    limits = [await _limit_start(ground) for _ in range(2 if ground.is_quick else 4)][1:]
    rest, after_rest, after_chat = await _rest_only(ground), *await _grown(ground)
    seconds = statistics.median(each[0] for each in starts)
    limit_seconds = statistics.median(each[0] for each in limits)
    at_first = statistics.median(each[1] for each in starts)
    limit_at_first = statistics.median(each[1] for each in limits)
    return Section(
        "Start and memory",
        ["", "service", "limit"],
        [
            ["exec to the first 200, s", f"{seconds:.2f}", f"{limit_seconds:.2f}"],
            ["memory at the first 200, MB", megabytes(at_first), megabytes(limit_at_first)],
            ["after reads and changes, CHAT_PRELOAD=false, MB", megabytes(rest), ""],
            ["after reads and changes, all loaded, MB", megabytes(after_rest), ""],
            ["after 200 chat turns, MB", megabytes(after_chat), ""],
        ],
        [
            Check("exec to the first 200", seconds, MOST_SECONDS, unit=" s"),
            Check("memory of a REST-only worker", rest / 1e6, MOST_BYTES_OF_REST / 1e6, unit=" MB"),
            Check("memory of a chat worker", after_chat / 1e6, MOST_BYTES_OF_CHAT / 1e6, unit=" MB"),
        ],
        figures={
            "seconds": seconds,
            "limit_seconds": limit_seconds,
            "bytes_at_first_200": at_first,
            "bytes_of_rest_only": rest,
            "bytes_after_rest": after_rest,
            "bytes_after_chat": after_chat,
        },
    )


async def _start(ground: Ground) -> tuple[float, int]:
    async with ground.service() as server:
        return server.started_in, server.resident_bytes()


async def _limit_start(ground: Ground) -> tuple[float, int]:
    async with ground.limit() as server:
        return server.started_in, server.resident_bytes()


async def _rest_only(ground: Ground) -> int:
    """The memory of a worker whom nobody asks for chat, after every other operation was driven."""
    async with ground.service({"CHAT_PRELOAD": "false"}) as server:
        await _drive(ground, server, [each for each in OPERATIONS if each.name not in _CHATTING])
        return server.resident_bytes()


async def _grown(ground: Ground) -> tuple[int, int]:
    """The memory after every operation was driven, then after chat."""
    async with ground.service() as server:
        await _drive(ground, server, OPERATIONS)
        after_rest = server.resident_bytes()
        connection = await Connection.to(server.port)
        for name in ground.cast.people:
            body = {"message": "Add a task to buy milk tomorrow"}
            answer = await connection.ask(request("POST", "/api/me/chat", ground.cast.tokens[name], body))
            assert answer.status == 200, answer.body
        connection.close()
        return after_rest, server.resident_bytes()


async def _drive(ground: Ground, server: Server, operations: Iterable[Operation]) -> None:
    for operation in operations:
        if not operation.uses_up:
            requests = await operation.requests(ground.cast)
            await drive(server.port, requests, seconds=0.25 if ground.is_quick else 0.5)
