"""The formats of an export: each a stream of bytes over one user's rows, in constant memory."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson

from src.preferences.schemas import SettingsRead
from src.transfer.csv_export import HEADER, csv_of_tasks
from src.transfer.export_repository import ExportRepository
from src.transfer.json_records import FORMAT, VERSION, change_record, series_record, task_record
from src.transfer.markdown_export import heading, markdown_of_tasks, section

_EVER = datetime(1, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class ExportSource:
    """Where an export comes from: the rows, the settings and the instant."""

    rows: ExportRepository
    settings: SettingsRead
    now: datetime
    with_history: bool = True


async def json_chunks(source: ExportSource) -> AsyncIterator[bytes]:
    """The whole account's tasks: what an import takes without a loss."""
    head = {
        "format": FORMAT,
        "version": VERSION,
        "exported_at": source.now,
        "preferences": source.settings.model_dump(mode="json"),
    }
    yield orjson.dumps(head, option=orjson.OPT_UTC_Z).removesuffix(b"}")
    async for chunk in _json_list(b"series", _series_records(source.rows)):
        yield chunk
    async for chunk in _json_list(b"tasks", _task_records(source.rows)):
        yield chunk
    if source.with_history:
        async for chunk in _json_list(b"history", _change_records(source.rows)):
            yield chunk
    yield b"\n}\n"


async def csv_chunks(source: ExportSource) -> AsyncIterator[bytes]:
    """A table of the tasks."""
    yield HEADER.encode()
    async for page in source.rows.tasks():
        yield csv_of_tasks(page).encode()


async def markdown_chunks(source: ExportSource) -> AsyncIterator[bytes]:
    """A checklist: what is to be done, then what was."""
    yield (heading(source.now) + section("To do")).encode()
    async for page in source.rows.pending_tasks():
        yield markdown_of_tasks(page).encode()
    yield section("Done").encode()
    async for page in source.rows.finished_tasks(_EVER):
        yield markdown_of_tasks(page).encode()


async def _series_records(rows: ExportRepository) -> AsyncIterator[list[dict[str, Any]]]:
    async for page in rows.series():
        yield [series_record(series, missed) for series, missed in page]


async def _task_records(rows: ExportRepository) -> AsyncIterator[list[dict[str, Any]]]:
    async for page in rows.tasks():
        yield [task_record(row) for row in page]


async def _change_records(rows: ExportRepository) -> AsyncIterator[list[dict[str, Any]]]:
    task_id: int | None = None
    state: dict[str, Any] | None = None
    async for page in rows.changes():
        records = []
        for row in page:
            if row["task_id"] != task_id:
                task_id, state = row["task_id"], None
            record, state = change_record(row, state)
            records.append(record)
        yield records


async def _json_list(name: bytes, pages: AsyncIterator[list[dict[str, Any]]]) -> AsyncIterator[bytes]:
    """A member of the document, a record a line."""
    yield b',\n"' + name + b'": ['
    separator = b"\n"
    async for records in pages:
        yield separator + b",\n".join(orjson.dumps(record) for record in records)
        separator = b",\n"
    yield b"\n]"
