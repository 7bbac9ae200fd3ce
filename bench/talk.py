"""What a chat turn takes beyond its model's own time."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from bench.client import Connection
from bench.ground import Ground
from bench.load import percentiles
from bench.report import Check, Section, milliseconds
from bench.requests import chat_request, request
from bench.servers import Server

MOST_LOCAL_SECONDS = 0.010
MOST_SCRIPTED_SECONDS = 0.012
_WARMING = 10
_LOCAL = ("Add a task to buy milk tomorrow", "Show my tasks", "Hello")
_SCRIPTED = {"How are you": 1, "List my tasks": 2}
"""What is said to the scripted model, and how often it is asked for that."""
_MODEL_REQUEST = {"model": "scripted", "stream": True, "messages": [{"role": "user", "content": "Hello"}]}


@dataclass(frozen=True, slots=True)
class Turns:
    """The latencies of one kind of turn, and of a model's own answer beside it."""

    seconds: Sequence[float]
    first_bytes: Sequence[float]
    cpu_seconds: float
    model_seconds: float = 0

    @property
    def added(self) -> float:
        return statistics.median(self.seconds) - self.model_seconds


async def measure(ground: Ground) -> Section:
    turns = await _local(ground) | await _scripted(ground)
    return Section(
        "Chat turns: ms over one connection, each in a conversation of its own",
        ["", "p50", "p99", "first byte", "CPU", "model alone", "added"],
        [[name, *map(milliseconds, _row(each))] for name, each in turns.items()],
        [_check(name, each) for name, each in turns.items()],
        figures={name: dict(zip(_NAMES, _row(each), strict=True)) for name, each in turns.items()},
    )


_NAMES = ("p50", "p99", "first_byte", "cpu", "model", "added")


def _row(turns: Turns) -> tuple[float, ...]:
    first = statistics.median(turns.first_bytes)
    return (*percentiles(turns.seconds), first, turns.cpu_seconds, turns.model_seconds, turns.added)


def _check(name: str, turns: Turns) -> Check:
    bound = MOST_SCRIPTED_SECONDS if turns.model_seconds else MOST_LOCAL_SECONDS
    return Check(f"a turn adds, {name}", turns.added * 1000, bound * 1000, unit=" ms")


async def _local(ground: Ground) -> dict[str, Turns]:
    async with ground.service() as service:
        return {f"local: {text}": await _turns(ground, service, text) for text in _LOCAL}


async def _scripted(ground: Ground) -> dict[str, Turns]:
    async with ground.model() as model, ground.service(model_settings(model)) as service:
        return {
            f"scripted: {text}": await _turns(ground, service, text, model, asked)
            for text, asked in _SCRIPTED.items()
        }


def model_settings(model: Server) -> dict[str, str]:
    """Settings that make a model server the service's model."""
    return {
        "LLM_PROVIDER": "openai",
        "OPENAI_API_KEY": "none",
        "OPENAI_BASE_URL": f"http://127.0.0.1:{model.port}/v1",
        "LLM_TIMEOUT_SECONDS": "300",
    }


async def _turns(
    ground: Ground, service: Server, text: str, model: Server | None = None, asked: int = 0
) -> Turns:
    connection = await Connection.to(service.port)
    beside = await Connection.to(model.port) if model else None
    turns, firsts, models = [], [], []
    cpu = 0.0
    for number, name in enumerate(ground.cast.people[: _WARMING + (25 if ground.is_quick else 150)]):
        if number == _WARMING:
            cpu = service.cpu_seconds()
        token = ground.cast.tokens[name]
        answer = await connection.ask(chat_request(token, text))
        streamed = await connection.ask(chat_request(token, text, is_streamed=True))
        assert answer.status == streamed.status == 200, (answer.body, streamed.body)
        alone = await beside.ask(_OF_MODEL) if beside else None
        if number >= _WARMING:
            turns.append(answer.seconds)
            firsts.append(streamed.first_byte)
            models.append(alone.seconds * asked if alone else 0.0)
    cpu = (service.cpu_seconds() - cpu) / (len(turns) + len(firsts))
    for each in filter(None, (connection, beside)):
        each.close()
    return Turns(turns, firsts, cpu, statistics.median(models))


_OF_MODEL = request("POST", "/v1/chat/completions", "none", _MODEL_REQUEST)
