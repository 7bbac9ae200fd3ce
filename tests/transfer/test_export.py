"""Moving out: whole, readable by others, and harmless wherever it is opened."""

import csv
import io
from typing import Any

import httpx

from src.transfer.csv_cells import parted, unguarded
from tests.factories import StandingClock, create_task


async def exported(client: httpx.AsyncClient, **parameters: str) -> dict[str, Any]:
    response = await client.get("/api/me/export", params=parameters)
    assert response.status_code == 200, response.text
    document: dict[str, Any] = response.json()
    return document


async def exported_text(client: httpx.AsyncClient, wanted: str) -> str:
    response = await client.get("/api/me/export", params={"format": wanted})
    assert response.status_code == 200, response.text
    return response.text


async def test_an_empty_account_is_a_whole_document(client: httpx.AsyncClient) -> None:
    document = await exported(client)

    assert document == {
        "format": "todo-ai",
        "version": 1,
        "exported_at": "2026-11-21T10:00:00Z",
        "preferences": {"timezone": "UTC", "week_start": "mon", "date_order": "mdy"},
        "series": [],
        "tasks": [],
        "history": [],
    }


async def test_a_file_has_a_name_and_the_type_of_its_format(client: httpx.AsyncClient) -> None:
    answers = {
        wanted: await client.get("/api/me/export", params={"format": wanted})
        for wanted in ("json", "csv", "ics", "markdown")
    }

    assert {wanted: answer.headers["Content-Type"].split(";")[0] for wanted, answer in answers.items()} == {
        "json": "application/json",
        "csv": "text/csv",
        "ics": "text/calendar",
        "markdown": "text/markdown",
    }
    assert answers["markdown"].headers["Content-Disposition"] == 'attachment; filename="todo-2026-11-21.md"'


async def test_json_holds_series_missed_dates_and_what_happened(
    client: httpx.AsyncClient, clock: StandingClock
) -> None:
    task = await create_task(client, "Water", due_date="2026-11-21", recurrence="every day")
    clock.advance(days=3)
    await client.post(f"/api/me/tasks/{task['id']}/complete")

    document = await exported(client)

    (series,) = document["series"]
    assert (series["rule"], series["starts"], series["last_occurrence"]) == ("FREQ=DAILY", "2026-11-21", 5)
    assert [missed["occurrence"] for missed in series["missed"]] == [2, 3, 4]
    assert [each["occurrence"] for each in document["tasks"]] == [1, 5]
    assert [each["kind"] for each in document["history"]] == ["created", "completed", "created"]
    assert document["history"][1]["after"] == {
        "status": "completed",
        "updated_at": "2026-11-24T10:00:00Z",
        "completed_at": "2026-11-24T10:00:00Z",
        "version": 2,
    }


async def test_history_can_be_left_out(client: httpx.AsyncClient) -> None:
    await create_task(client)

    assert "history" not in await exported(client, history="false")


async def test_a_cell_that_looks_like_a_formula_is_guarded_and_can_be_read_back(
    client: httpx.AsyncClient,
) -> None:
    titles = ["=1+1", "+1", "-1", "@SUM(A1)", "'quoted", 'plain, "quoted"\nand broken']
    for title in titles:
        await create_task(client, title, tags=["a,b", "c\\d"])

    rows = list(csv.DictReader(io.StringIO(await exported_text(client, "csv"), newline="")))

    assert [row["title"] for row in rows] == [*(f"'{title}" for title in titles[:5]), titles[5]]
    assert [unguarded(row["title"]) for row in rows] == titles
    assert parted(rows[0]["tags"]) == ["a,b", "c\\d"]


async def test_markdown_shows_text_as_it_is(client: httpx.AsyncClient) -> None:
    await create_task(client, "1. <b>*bold*</b> [x](http://e.vil)", description="# one\n- two", tags=["home"])

    text = await exported_text(client, "markdown")

    assert (
        "- [ ] 1\\. \\<b\\>\\*bold\\*\\</b\\> \\[x\\](http://e.vil) · \\#home\n"
        "  > \\# one\n"
        "  > \\- two\n" in text
    )


async def test_a_client_that_takes_gzip_gets_the_same_file_packed(client: httpx.AsyncClient) -> None:
    await create_task(client)

    packed = await client.get("/api/me/export", headers={"Accept-Encoding": "gzip"})
    plain = await client.get("/api/me/export", headers={"Accept-Encoding": "identity"})

    assert packed.headers["Content-Encoding"] == "gzip"
    assert {"Accept-Encoding", "Origin"} <= set(packed.headers["Vary"].split(", "))
    assert "Content-Encoding" not in plain.headers
    assert packed.json() == plain.json()


async def test_a_strangers_tasks_are_not_in_it(
    client: httpx.AsyncClient, client_for: Any, user_id: str
) -> None:
    await create_task(client, "Mine", recurrence="every day")

    async with client_for(f"{user_id}-other") as stranger:
        document = await exported(stranger)

    assert (document["series"], document["tasks"], document["history"]) == ([], [], [])
