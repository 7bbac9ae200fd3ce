"""What a chat turn takes beyond its model's own time."""

import itertools
import statistics
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from bench.client import Connection
from bench.ground import Ground
from bench.load import percentiles
from bench.report import Check, Section, milliseconds
from bench.requests import chat_request, request
from bench.servers import Server

MOST_LOCAL_SECONDS = 0.010
MOST_SCRIPTED_SECONDS = 0.012
_WARMING = 10
_PART = 25
_LOCAL = ("Add a task to buy milk tomorrow", "Show my tasks", "Hello")
_SCRIPTED = {"How are you": 1, "List my tasks": 2}
"""What is said to the scripted model, and how often it is asked for that."""
_MODEL_REQUEST = {"model": "scripted", "stream": True, "messages": [{"role": "user", "content": "Hello"}]}


@dataclass(slots=True)
class Turns:
    """The latencies of one kind of turn, and of a model's own answer beside it."""

    asked: int
    """How often a turn asks the model."""
    seconds: list[float] = field(default_factory=list)
    first_bytes: list[float] = field(default_factory=list)
    model_answers: list[float] = field(default_factory=list)
    whole_cpu_seconds: float = 0.0

    @property
    def cpu_seconds(self) -> float:
        return self.whole_cpu_seconds / (len(self.seconds) + len(self.first_bytes))

    @property
    def model_seconds(self) -> float:
        return statistics.median(self.model_answers) * self.asked if self.model_answers else 0.0

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
        turns = await Speakers(service).in_turn(ground, dict.fromkeys(_LOCAL, 0))
    return {f"local: {text}": each for text, each in turns.items()}


async def _scripted(ground: Ground) -> dict[str, Turns]:
    async with ground.model() as model, ground.service(model_settings(model)) as service:
        turns = await Speakers(service, model).in_turn(ground, _SCRIPTED)
    return {f"scripted: {text}": each for text, each in turns.items()}


def model_settings(model: Server) -> dict[str, str]:
    """Settings that make a model server the service's model."""
    return {
        "LLM_PROVIDER": "openai",
        "OPENAI_API_KEY": "none",
        "OPENAI_BASE_URL": f"http://127.0.0.1:{model.port}/v1",
        "LLM_TIMEOUT_SECONDS": "300",
    }


class Speakers:
    """People who say the same to the service, one after the other, over one connection."""

    def __init__(self, service: Server, model: Server | None = None) -> None:
        self._service = service
        self._model = model

    async def in_turn(self, ground: Ground, texts: Mapping[str, int]) -> dict[str, Turns]:
        """The turns of each text, of which is told how often it asks the model.

        The texts take turns, some people each, so that none has a bad moment of the machine to itself.
        """
        turns = {text: Turns(asked) for text, asked in texts.items()}
        warming, *parts = _parted(ground.cast.people, 25 if ground.is_quick else 150)
        for text, asked in texts.items():
            await self._add(Turns(asked), ground, text, warming)
        for people, text in itertools.product(parts, texts):
            await self._add(turns[text], ground, text, people)
        return turns

    async def _add(self, turns: Turns, ground: Ground, text: str, people: Sequence[str]) -> None:
        connection = await Connection.to(self._service.port)
        beside = await Connection.to(self._model.port) if self._model else None
        cpu = self._service.cpu_seconds()
        for name in people:
            token = ground.cast.tokens[name]
            answer = await connection.ask(chat_request(token, text))
            streamed = await connection.ask(chat_request(token, text, is_streamed=True))
            assert answer.status == streamed.status == 200, (answer.body, streamed.body)
            turns.seconds.append(answer.seconds)
            turns.first_bytes.append(streamed.first_byte)
            if beside:
                turns.model_answers.append((await beside.ask(_OF_MODEL)).seconds)
        turns.whole_cpu_seconds += self._service.cpu_seconds() - cpu
        for each in filter(None, (connection, beside)):
            each.close()


def _parted(people: Sequence[str], number: int) -> Iterator[Sequence[str]]:
    """Those who only warm up, and as many more as there is to measure, in parts."""
    yield people[:_WARMING]
    for start in range(_WARMING, _WARMING + number, _PART):
        yield people[start : start + _PART]


_OF_MODEL = request("POST", "/v1/chat/completions", "none", _MODEL_REQUEST)
