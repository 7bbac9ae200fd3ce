"""Whatever an account holds comes back from its files as it was."""

import itertools
from datetime import UTC, date, datetime
from typing import Any

import asyncpg
import httpx
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from src.core.embedded_postgres import EmbeddedPostgres
from src.transfer.csv_cells import guarded, joined, parted, unguarded
from tests.conftest import ClientFor
from tests.factories import create_task
from tests.transfer.test_export import exported
from tests.transfer.test_round_trip import imported, without_ids

_numbers = itertools.count(1)
_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
_NAMES = _TEXT.map(str.strip).filter(bool)
_INSTANTS = st.datetimes(datetime(1900, 1, 2), datetime(2200, 12, 30), timezones=st.just(UTC)).map(  # noqa: DTZ001 - zoned by `timezones`.
    lambda moment: moment.isoformat().replace("+00:00", "Z")
)
_DUES = st.one_of(
    st.dates(date(1900, 1, 2), date(2200, 12, 30)).map(lambda day: {"due_date": day.isoformat()}),
    st.builds(
        lambda moment, zone: {"due_date": moment, "due_timezone": zone},
        _INSTANTS,
        st.sampled_from(["UTC", "Europe/Berlin", "America/St_Johns", "Pacific/Apia"]),
    ),
    st.just({}),
)


@st.composite
def records(draw: st.DrawFn) -> dict[str, Any]:
    record = {
        "title": draw(_NAMES.filter(lambda name: len(name) <= 200)),
        "status": draw(st.sampled_from(["pending", "completed", "skipped"])),
        "priority": draw(st.sampled_from(["High", "Medium", "Low", "None"])),
        "version": draw(st.integers(1, 2**31 - 1)),
        "created_at": draw(_INSTANTS),
        "updated_at": draw(_INSTANTS),
        **draw(_DUES),
    }
    optional = {
        "description": draw(st.none() | _TEXT),
        "category": draw(st.none() | _NAMES.filter(lambda name: len(name) <= 50)),
        "tags": draw(
            st.lists(_NAMES.filter(lambda name: len(name) <= 50), max_size=4, unique_by=str.casefold)
        ),
        "completed_at": draw(_INSTANTS) if record["status"] == "completed" else None,
    }
    return record | {name: value for name, value in optional.items() if value is not None and value != []}


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(records(), max_size=5))
async def test_json_comes_back_as_it_was(
    client_for: ClientFor, user_id: str, tasks: list[dict[str, Any]]
) -> None:
    named = [{"uid": f"uid-{number}", **task} for number, task in enumerate(tasks)]
    document = {"format": "todo-ai", "version": 1, "tasks": named}

    async with client_for(f"{user_id}-{next(_numbers)}") as first:
        await imported(first, document)
        there = await exported(first)
    async with client_for(f"{user_id}-{next(_numbers)}") as second:
        await imported(second, there)
        here = await exported(second)
        again = await imported(second, there)

    assert [{k: v for k, v in task.items() if k != "id"} for task in there["tasks"]] == named
    assert without_ids(here) == without_ids(there)
    assert (again["created"], again["updated"], again["unchanged"]) == (0, 0, len(tasks))


@given(_TEXT)
def test_a_guarded_cell_is_no_formula_and_is_read_back(text: str) -> None:
    assert unguarded(guarded(text)) == text
    assert not guarded(text).startswith(("=", "+", "-", "@", "\t", "\r", "\n"))


@given(st.lists(_NAMES))
def test_names_in_one_cell_are_parted_again(names: list[str]) -> None:
    assert parted(joined(names)) == names


async def test_the_log_keeps_images_as_if_it_had_happened_here(
    client: httpx.AsyncClient, client_for: ClientFor, user_id: str, postgres: EmbeddedPostgres
) -> None:
    await create_task(client, "Timed", due_string="every day at 9am", tags=["Straße", "b"], category="Home")
    await create_task(client, "Dated", due_date="2026-12-31", priority="None", description="x")
    await create_task(client, "Bare")

    async with client_for(f"{user_id}-new") as newcomer:
        await imported(newcomer, await exported(client))

    connection = await asyncpg.connect(postgres.url)
    rows = await connection.fetch(
        "SELECT array_agg(DISTINCT after) AS images FROM task_change WHERE user_id = $1 GROUP BY task_id",
        f"{user_id}-new",
    )
    await connection.close()
    assert [len(row["images"]) for row in rows] == [1, 1, 1]
