"""Exports, imports and feeds as clients read and write them."""

from enum import StrEnum

from pydantic import BaseModel, Field

from src.core.schemas import Instant, RequestModel


class ExportFormat(StrEnum):
    """What an export can be written as."""

    JSON = "json"
    CSV = "csv"
    ICS = "ics"
    MARKDOWN = "markdown"


class ExportRequest(RequestModel):
    """How an export is to be written."""

    format: ExportFormat = ExportFormat.JSON
    history: bool = Field(default=True, description="With the change log; only JSON holds it.")


class ImportFormat(StrEnum):
    """What an import can read; CSV is Todoist's template, or the table of an export."""

    JSON = "json"
    CSV = "csv"
    ICS = "ics"
    TODO_TXT = "todotxt"


class ImportRequest(RequestModel):
    """How a file is to be read."""

    format: ImportFormat | None = Field(
        default=None, description="Found out from `Content-Type` and the content where it is missing."
    )
    dry_run: bool = Field(default=False, description="Only say what would become of the file.")


class ImportRemark(BaseModel):
    """A sentence about a place of the file: a line from 1 on, or the path of a JSON value."""

    line: int | None = None
    path: str | None = Field(default=None, examples=["tasks[3]"])
    message: str


class ImportResult(BaseModel):
    """What became of the items of a file; `errors` and `notices` name the first hundred each."""

    format: ImportFormat
    dry_run: bool
    created: int
    updated: int
    unchanged: int
    skipped: int = Field(description="Items that were left out; `errors` says why.")
    errors: list[ImportRemark]
    notices: list[ImportRemark] = Field(description="What was left out of items that are imported.")


class FeedRead(BaseModel):
    """Whether there is a private calendar address."""

    is_active: bool
    created_at: Instant | None


class FeedCreated(BaseModel):
    """The private calendar address, which is shown this once; who knows it reads the tasks."""

    url: str = Field(examples=["https://todo.example/api/feed/…43 characters….ics"])
    created_at: Instant
