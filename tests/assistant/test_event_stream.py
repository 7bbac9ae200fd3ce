"""Server-sent events out of bytes that are cut anywhere."""

import asyncio
from itertools import pairwise
from typing import Any, Self

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openai import APIError

from src.assistant.event_stream import read_json

STREAM = (
    ": hello\r\n\r\n"
    'event: chunk\r\nid: 1\r\ndata: {"n": 1}\r\n\r\n'
    'data:{"n":2, "text": "Grüße"}\n\n'
    'data: {"n":\ndata: 3}\n\n'
    "retry: 5\n\n"
    'data: {"n": 4}\r\r'
    "data: [DONE]\n\n"
    'data: {"n": 5}\n\n'
)
TOLD = [{"n": 1}, {"n": 2, "text": "Grüße"}, {"n": 3}, {"n": 4}]


class Reads:
    """What comes over the network, read by read; an exception is how it ends."""

    def __init__(self, *reads: bytes | Exception) -> None:
        self._reads = list(reads)
        self.is_closed = False

    async def read(self) -> bytes:
        read = self._reads.pop(0) if self._reads else b""
        if isinstance(read, Exception):
            raise read
        return read

    def close(self) -> None:
        self.is_closed = True

    async def asked(self) -> Self:
        return self


async def batches_of(*reads: bytes | Exception) -> list[list[Any]]:
    return [batch async for batch in read_json(Reads(*reads).asked)]


@given(cuts=st.lists(st.integers(0, len(STREAM.encode())), max_size=8))
def test_events_are_the_same_however_the_bytes_are_cut(cuts: list[int]) -> None:
    content = STREAM.encode()
    edges = sorted({0, *cuts, len(content)})
    reads = [content[start:end] for start, end in pairwise(edges)]

    batches = asyncio.run(batches_of(*reads))

    assert [event for batch in batches for event in batch] == TOLD


async def test_what_came_together_stays_together() -> None:
    batches = await batches_of(b'data: {"n": 1}\n\ndata: {"n": 2}\n\nda', b'ta: {"n": 3}\n\n', b": quiet\n\n")

    assert batches == [[{"n": 1}, {"n": 2}], [{"n": 3}]]


@pytest.mark.parametrize(
    ("ending", "failure"),
    [
        (b'data: {"error": {"message": "no", "code": 502}}\n\n', APIError),
        (b'data: {"n"\n\n', ValueError),
        (b"data: [1]\n\n", ValueError),
        (OSError("gone"), OSError),
    ],
)
async def test_what_came_before_a_failure_is_told(
    ending: bytes | Exception, failure: type[Exception]
) -> None:
    begun = b'data: {"n": 1}\n\n'
    reads = [begun, ending] if isinstance(ending, Exception) else [begun + ending]
    batches = read_json(Reads(*reads).asked)

    told = await anext(batches)
    with pytest.raises(failure):
        await anext(batches)

    assert told == [{"n": 1}]


async def test_a_stream_that_stays_open_after_its_end_is_left() -> None:
    class Open(Reads):
        async def read(self) -> bytes:
            return await super().read() or await asyncio.Future()

    stream = Open(b'data: {"n": 1}\n\ndata: [DONE]\n\n')

    batches = [batch async for batch in read_json(stream.asked)]

    assert batches == [[{"n": 1}]]
    assert stream.is_closed
