"""Writes the log in a thread of its own: a reader that stalls, as a full pipe does, delays no request."""

import os
import select
import stat
import threading
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

Event: TypeAlias = dict[str, Any]
Render: TypeAlias = Callable[[Event], bytes]

GATHERED_SECONDS = 0.1
"""How long lines wait for company; what is urgent is written at once, and all of it at the end."""
MOST_WAITING = 20_000
"""Beyond this many lines nobody reads; further ones are counted instead of kept."""


class LogWriter:
    """Takes events from any thread and never blocks; renders and writes them behind."""

    def __init__(self, descriptor: int, renderer: Callable[[], Render]) -> None:
        """Take where to write, and what makes the renderer: in the thread, for its libraries take time."""
        self._descriptor = descriptor
        self._renderer = renderer
        self.is_ending = False
        """Whether the process may be gone in a moment; then each event is waited for until it is written."""
        self._waiting: deque[Event | threading.Event] = deque()
        self._some = threading.Event()
        self._urgent = threading.Event()
        self._dropped = 0
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None

    def put(self, event: Event, *, is_urgent: bool = False) -> None:
        if len(self._waiting) >= MOST_WAITING:
            self._dropped += 1
            return
        self._waiting.append(event)
        if is_urgent:
            self._urgent.set()
        if not self._some.is_set():
            self._some.set()
            self._start()
        if self.is_ending:
            self.flush(GATHERED_SECONDS)

    def flush(self, seconds: float = 1.0) -> None:
        """Wait until what was put so far is written, but not for ever."""
        if self._thread is None:
            return
        written = threading.Event()
        self._waiting.append(written)
        self._urgent.set()
        self._some.set()
        written.wait(seconds)

    def _start(self) -> None:
        with self._starting:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="log", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        render = self._renderer()
        while True:
            self._some.wait()
            self._urgent.wait(GATHERED_SECONDS)
            self._some.clear()
            self._urgent.clear()
            self._write_waiting(render)

    def _write_waiting(self, render: Render) -> None:
        chunk, most = bytearray(), self._most_at_once()
        for line in self._lines(render):
            if isinstance(line, threading.Event) or len(chunk) + len(line) > most:
                self._write(bytes(chunk))
                chunk.clear()
            if isinstance(line, threading.Event):
                line.set()
            else:
                chunk += line
        self._write(bytes(chunk))

    def _lines(self, render: Render) -> Iterator[bytes | threading.Event]:
        while self._waiting:
            event = self._waiting.popleft()
            yield event if isinstance(event, threading.Event) else _rendered(event, render)
        if dropped := self._dropped:
            self._dropped -= dropped
            yield render({"level": "warning", "event": f"{dropped} lines were not written: nobody read them"})

    def _most_at_once(self) -> int:
        """Several workers share a pipe, and only so much goes into it in one piece."""
        try:
            is_pipe = stat.S_ISFIFO(os.fstat(self._descriptor).st_mode)
        except OSError:
            return select.PIPE_BUF
        return select.PIPE_BUF if is_pipe else 1 << 16

    def _write(self, chunk: bytes) -> None:
        view = memoryview(chunk)
        while view:
            try:
                view = view[os.write(self._descriptor, view) :]
            except BlockingIOError:
                select.select([], [self._descriptor], [], 1)
            except OSError:
                return  # Nobody reads any more; the service has better to do than to end.


def _rendered(event: Event, render: Render) -> bytes:
    try:
        return render(event)
    except Exception as error:  # noqa: BLE001 - the thread must live, whatever one event is made of.
        return render({"level": "error", "event": f"an event could not be told: {type(error).__name__}"})
