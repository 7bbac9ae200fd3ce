"""Exports, imports and feeds as clients read and write them."""

from enum import StrEnum

from pydantic import Field

from src.core.schemas import RequestModel


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
