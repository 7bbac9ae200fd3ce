"""Reading the JSON of an export: tasks, series, missed dates and the change log."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from typing import Any, TypeVar

import orjson

from src.core.errors import DomainError, InvalidInput
from src.core.schemas import RequestModel
from src.core.zones import zone_named
from src.preferences.schemas import SettingsUpdate
from src.recurrence.rfc5545 import parse_rrule
from src.tasks.due import Due, due_columns, due_of_wall, read_iso_due
from src.tasks.pattern import Pattern
from src.tasks.schemas import TaskStatus, tag_key
from src.transfer.drafts import (
    Draft,
    DraftChange,
    DraftSeries,
    DraftTask,
    Place,
    ReadingContext,
    fingerprint,
    pattern_columns,
)
from src.transfer.json_records import FORMAT, VERSION
from src.transfer.records import (
    ChangeRecord,
    ExportDocument,
    MissedRecord,
    SeriesRecord,
    TaskRecord,
    TaskState,
)

ModelT = TypeVar("ModelT", bound=RequestModel)
_PLAIN = ("title", "description", "category", "tags", "occurrence", "version")


def read_json(text: str, context: ReadingContext) -> Draft:
    """What a JSON file says.

    Raises:
        InvalidInput: it is no JSON, or of another format or version.
    """
    document = _document(text)
    draft = Draft(is_state=True)
    for name in document.keys() - set(ExportDocument.model_fields):
        draft.leave_out(f"'{name[:60]}' is not known here and was left out.")
    _read_preferences(draft, document)
    for place, raw in _records(draft, document, "series"):
        _add_series(draft, place, raw, context)
    for place, raw in _records(draft, document, "tasks"):
        _add_task(draft, place, raw, context)
    _History(draft, context).read(_records(draft, document, "history"))
    return draft


def _document(text: str) -> dict[str, Any]:
    try:
        document = orjson.loads(text)
    except (orjson.JSONDecodeError, RecursionError) as error:
        raise InvalidInput("body", f"This is no JSON that can be read: {error}.") from error
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise InvalidInput("format", f'This is no export of ours, which says "format": "{FORMAT}".')
    if document.get("version", VERSION) != VERSION:
        raise InvalidInput("version", f"Only version {VERSION} of the format can be read here.")
    return document


def _records(draft: Draft, document: dict[str, Any], section: str) -> Iterator[tuple[Place, dict[str, Any]]]:
    values = document.get(section, [])
    if not isinstance(values, list):
        raise InvalidInput(section, "This is a list.")
    for index, value in enumerate(values):
        place = Place(path=f"{section}[{index}]")
        if isinstance(value, dict):
            yield place, value
        else:
            draft.refuse(place, "This is a JSON object.")


def _known(draft: Draft, model: type[RequestModel], raw: dict[str, Any], section: str) -> dict[str, Any]:
    """The fields of a record that there are; of others it is told that they were left out."""
    for name in raw.keys() - model.model_fields.keys():
        draft.leave_out(f"'{name[:60]}' of {section} is not known here and was left out.")
    return {name: value for name, value in raw.items() if name in model.model_fields}


def _read_preferences(draft: Draft, document: dict[str, Any]) -> None:
    raw = document.get("preferences")
    if not isinstance(raw, dict):
        return
    try:
        draft.settings = SettingsUpdate.of(**_known(draft, SettingsUpdate, raw, "preferences"))
    except DomainError as error:
        draft.refuse(Place(path="preferences"), error)


def _add_series(draft: Draft, place: Place, raw: dict[str, Any], context: ReadingContext) -> None:
    try:
        known = _known(draft, SeriesRecord, raw, "series")
        known["missed"] = [
            _known(draft, MissedRecord, each, "missed") if isinstance(each, dict) else each
            for each in known.get("missed") or []
        ]
        record = SeriesRecord.of(**known)
        key = record.uid or draft.key_of("json-series", fingerprint(raw).hex())
        series = DraftSeries(key, _series_columns(record, context), _missed(record))
    except DomainError as error:
        draft.refuse(place, error)
        return
    if key in draft.series or record.id in draft.series_key_of:
        draft.refuse(place, "Its id or uid is there twice; the first counts.")
        return
    draft.series[key] = series
    draft.series_key_of[record.id] = key


def _series_columns(record: SeriesRecord, context: ReadingContext) -> dict[str, Any]:
    zone = zone_named(record.timezone)
    rule = replace(parse_rrule(record.rule, zone), basis=record.basis, catch_up=record.catch_up)
    created_at = record.created_at or context.now
    return pattern_columns(Pattern(rule, zone, _starts(record.starts))) | {
        "last_occurrence": record.last_occurrence,
        "created_at": created_at,
        "updated_at": record.updated_at or created_at,
        "stopped_at": record.stopped_at,
    }


def _starts(text: str) -> date:
    """The start of a series: a date, or a naive wall time."""
    try:
        starts = datetime.fromisoformat(text)
    except ValueError:
        starts = None
    if starts is None or starts.tzinfo is not None:
        raise InvalidInput("starts", f"'{text[:40]}' is no date, and no time without an offset.")
    due_of_wall(starts.date(), None, zone_named("UTC"))
    return starts if "T" in text else starts.date()


def _missed(record: SeriesRecord) -> tuple[dict[str, Any], ...]:
    by_number = {each.occurrence: each for each in record.missed}
    return tuple(
        {"occurrence": number, "scheduled_wall": each.scheduled, "recorded_at": each.recorded_at}
        for number, each in by_number.items()
    )


def _add_task(draft: Draft, place: Place, raw: dict[str, Any], context: ReadingContext) -> None:
    try:
        record = TaskRecord.of(**_known(draft, TaskRecord, raw, "tasks"))
        columns = state_columns(record, context)
    except DomainError as error:
        draft.refuse(place, error)
        return
    series_key = draft.series_key_of.get(record.series_id) if record.series_id is not None else None
    if record.series_id is not None and series_key is None:
        draft.notice(place, f"Imported as a task of its own: series {record.series_id} is not in the file.")
    if series_key is None:
        columns |= {"occurrence": None, "scheduled_wall": None}
    said = {name: value for name, value in raw.items() if name not in ("id", "series_id")}
    key = record.uid or draft.key_of("json", record.title)
    draft.tasks.append(DraftTask(place, key, fingerprint(said), columns, series_key, record.id))


def state_columns(state: TaskState, context: ReadingContext) -> dict[str, Any]:
    """The columns of a task that is in a state; without ids, and without what is computed."""
    created_at = state.created_at or context.now
    updated_at = state.updated_at or created_at
    is_completed = state.status is TaskStatus.COMPLETED
    return {
        **{name: getattr(state, name) for name in _PLAIN},
        "status": state.status.value,
        "priority": state.priority.value,
        "tag_keys": [tag_key(tag) for tag in state.tags],
        "scheduled_wall": state.scheduled,
        "created_at": created_at,
        "updated_at": updated_at,
        "completed_at": (state.completed_at or updated_at) if is_completed else None,
        **due_columns(_due(state, context)),
    }


def _due(state: TaskState, context: ReadingContext) -> Due | None:
    if state.due_date is None:
        return None
    context = context.in_zone_named(state.due_timezone) if state.due_timezone else context
    due = read_iso_due(state.due_date, context.preferences)
    if due is None:
        raise InvalidInput("due_date", f"'{state.due_date}' is no date and no instant.")
    return due


class _History:
    """Reads the change log: each change says what differs from what the task's change before left."""

    def __init__(self, draft: Draft, context: ReadingContext) -> None:
        self._draft = draft
        self._context = context
        self._states: dict[int, tuple[dict[str, Any], dict[str, Any]] | None] = {}
        self._broken: set[int] = set()

    def read(self, records: Iterator[tuple[Place, dict[str, Any]]]) -> None:
        for place, raw in records:
            try:
                self._add(ChangeRecord.of(**_known(self._draft, ChangeRecord, raw, "history")))
            except DomainError as error:
                self._draft.refuse(place, error)
                task_id = raw.get("task_id")
                if isinstance(task_id, int):
                    self._broken.add(task_id)

    def _add(self, record: ChangeRecord) -> None:
        if record.task_id in self._broken:
            self._draft.leave_out("A change behind one that cannot be read was left out.")
            return
        before = self._states.get(record.task_id)
        if record.before is not None:
            before = self._state(record.before) if record.before else None
        after = None
        if record.after is not None:
            after = self._state((before[0] if before else {}) | record.after)
        self._states[record.task_id] = after
        self._draft.changes.append(
            DraftChange(
                record.task_id,
                record.operation_id,
                record.kind,
                record.actor_kind,
                record.actor_name,
                record.occurred_at,
                before[1] if before else None,
                after[1] if after else None,
            )
        )

    def _state(self, said: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        """What is said of a state, and the columns that it is."""
        said = _known(self._draft, TaskState, {k: v for k, v in said.items() if v is not None}, "history")
        state = TaskState.of(**said)
        return said, state_columns(state, self._context) | {"series_id": state.series_id}
