"""Reads files into one caller's account: whole or not at all, and the same file only once."""

import asyncio
from collections.abc import Callable
from dataclasses import asdict

from src.core.database import Executor
from src.core.errors import InvalidInput
from src.history.operation import Operation
from src.preferences.schemas import Preferences
from src.transfer.csv_import import read_csv
from src.transfer.drafts import Draft, ReadingContext, Remark
from src.transfer.file_formats import format_of
from src.transfer.ics_import import read_ics
from src.transfer.importing import Importer
from src.transfer.json_import import read_json
from src.transfer.schemas import ImportFormat, ImportRemark, ImportRequest, ImportResult
from src.transfer.text_files import decoded
from src.transfer.todo_txt import read_todo_txt

_MOST_TASKS = 50_000
_READERS: dict[ImportFormat, Callable[[str, ReadingContext], Draft]] = {
    ImportFormat.JSON: read_json,
    ImportFormat.CSV: read_csv,
    ImportFormat.ICS: read_ics,
    ImportFormat.TODO_TXT: read_todo_txt,
}


class ImportService:
    """One caller's imports, in one operation."""

    def __init__(
        self, executor: Executor, operation: Operation, preferences: Preferences, turns: asyncio.Semaphore
    ) -> None:
        self._executor = executor
        self._operation = operation
        self._context = ReadingContext(preferences, operation.now)
        self._turns = turns

    async def run(self, body: bytes, content_type: str, request: ImportRequest) -> ImportResult:
        """Import a file, or with `dry_run` only say what would become of it.

        Raises:
            InvalidInput: it cannot be read as a whole, or holds too much.
        """
        async with self._turns:
            wanted, draft = await asyncio.to_thread(self._read, body, content_type, request.format)
            async with self._executor.transaction() as transaction:
                importer = Importer(transaction, self._operation, draft)
                plan = await importer.plan()
                if not request.dry_run:
                    await importer.apply(plan)
        return ImportResult(
            format=wanted,
            dry_run=request.dry_run,
            created=len(plan.new),
            updated=len(plan.changed),
            unchanged=plan.unchanged,
            skipped=draft.skipped,
            errors=[_read_remark(remark) for remark in draft.errors],
            notices=[_read_remark(remark) for remark in draft.remarks()],
        )

    def _read(
        self, body: bytes, content_type: str, wanted: ImportFormat | None
    ) -> tuple[ImportFormat, Draft]:
        """In a thread: a large file takes seconds, in which others are served."""
        text = decoded(body)
        if not text.strip():
            raise InvalidInput("body", "The file is empty; send it as the body of the request.")
        wanted = wanted or format_of(content_type, text)
        draft = _READERS[wanted](text, self._context)
        if len(draft.tasks) > _MOST_TASKS:
            raise InvalidInput("body", f"A file has at most {_MOST_TASKS} tasks; import it in parts.")
        return wanted, draft


def _read_remark(remark: Remark) -> ImportRemark:
    return ImportRemark(**asdict(remark.place), message=remark.message)
