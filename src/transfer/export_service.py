"""Writes exports: read at the database's pace from one snapshot, fetched at the client's."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from typing import NamedTuple

from src.auth.context import Caller
from src.core.database import Executor
from src.preferences.service import PreferencesService
from src.transfer.export_repository import ExportRepository
from src.transfer.exporting import ExportSource, csv_chunks, json_chunks, markdown_chunks
from src.transfer.ics_export import ics_chunks
from src.transfer.schemas import ExportFormat, ExportRequest
from src.transfer.spool import Spool


class _Written(NamedTuple):
    chunks: Callable[[ExportSource], AsyncIterator[bytes]]
    media_type: str
    suffix: str


_FORMATS = {
    ExportFormat.JSON: _Written(json_chunks, "application/json", "json"),
    ExportFormat.CSV: _Written(csv_chunks, "text/csv; charset=utf-8; header=present", "csv"),
    ExportFormat.ICS: _Written(ics_chunks, "text/calendar; charset=utf-8", "ics"),
    ExportFormat.MARKDOWN: _Written(markdown_chunks, "text/markdown; charset=utf-8", "md"),
}


class ExportFile(NamedTuple):
    """A finished export, and what a client is told of it."""

    spool: Spool
    media_type: str
    name: str


class ExportService:
    """One caller's exports."""

    def __init__(self, executor: Executor, caller: Caller, now: datetime, turns: asyncio.Semaphore) -> None:
        self._executor = executor
        self._caller = caller
        self._now = now
        self._turns = turns

    async def write(self, request: ExportRequest) -> ExportFile:
        """The whole file, put aside; a failure on the way is an answer, not half a file."""
        written = _FORMATS[request.format]
        with Spool() as spool:
            async with self._turns, self._executor.transaction() as transaction:
                rows = ExportRepository(transaction, self._caller.user_id)
                await rows.stand_still()
                settings = await PreferencesService(transaction, self._caller).get()
                source = ExportSource(rows, settings, self._now, with_history=request.history)
                async for chunk in written.chunks(source):
                    await asyncio.to_thread(spool.write, chunk)
            spool.finish()
        return ExportFile(spool, written.media_type, f"todo-{self._now:%Y-%m-%d}.{written.suffix}")
