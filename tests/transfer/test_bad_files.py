"""Files that are broken, hostile or too much: an answer that says so, and nothing half imported."""

import asyncio
from typing import Any

import httpx
import pytest

from tests.factories import StandingClock, create_task
from tests.transfer.importing import counts, imported_text, tasks_of
from tests.transfer.test_export import exported
from tests.transfer.test_round_trip import imported, lived_in

DOCUMENT: dict[str, Any] = {"format": "todo-ai", "version": 1}
CREATED = {
    "task_id": 1,
    "operation_id": "7f9c2ba4-e88f-4275-ad3c-4a3b0c1d2e3f",
    "kind": "created",
    "occurred_at": "2026-11-01T10:00:00Z",
    "after": {"title": "Once"},
}


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "empty"),
        (b" \r\n\t", "empty"),
        (b"\xff\xfe\x00\xd8", "UTF-8"),
        (b"caf\xe9", "UTF-8"),
        (b"{", "no JSON"),
        (b"[" * 200_000, "no JSON"),
        (b'{"format": ' + b'{"a":' * 5_000 + b"1" + b"}" * 5_001, "no JSON"),
        (b"[]", "no export of ours"),
        (b'{"tasks": []}', "no export of ours"),
        (b'{"format": "todo-ai", "version": 2}', "version 1"),
        (b'{"format": "todo-ai", "tasks": 5}', "a list"),
        (b"BEGIN:VCALENDAR\r\nBEGIN:VTODO\r\n", "no whole calendar"),
        (b'TYPE,CONTENT\r\ntask,"never closed', "no CSV"),
    ],
)
async def test_what_cannot_be_read_is_refused_with_a_sentence(
    client: httpx.AsyncClient, body: bytes, message: str
) -> None:
    response = await client.post("/api/me/import", content=body)

    assert (response.status_code, response.json()["error"]) == (422, "ValidationError")
    assert message in response.json()["message"]


async def test_a_form_is_told_to_send_the_file_itself(client: httpx.AsyncClient) -> None:
    response = await client.post("/api/me/import", files={"file": ("x.csv", b"TYPE,CONTENT")})

    assert response.status_code == 422
    assert "not a form" in response.json()["message"]


async def test_a_file_over_ten_mebibytes_is_too_large_and_elsewhere_one_is(client: httpx.AsyncClient) -> None:
    large = b"x" * (10 * 1024 * 1024 + 1)

    answers = [
        await client.post("/api/me/import", content=large),
        await client.post("/api/me/import", content=_in_pieces(large)),
        await client.post("/api/me/tasks", content=large[: 1024 * 1024 + 1]),
    ]

    assert [answer.status_code for answer in answers] == [413, 413, 413]
    assert "10 MiB" in answers[0].json()["message"]


async def _in_pieces(body: bytes) -> Any:
    for start in range(0, len(body), 1024 * 1024):
        yield body[start : start + 1024 * 1024]


async def test_more_tasks_than_a_file_may_have_are_refused(client: httpx.AsyncClient) -> None:
    response = await client.post("/api/me/import", content=b"task\n" * 50_001)

    assert response.status_code == 422
    assert "50000" in response.json()["message"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
async def test_encodings_and_line_ends_do_not_matter(
    client: httpx.AsyncClient, encoding: str, line_end: str
) -> None:
    text = f"Zoë calls{line_end}Two\u2028halves{line_end}"

    await imported_text(client, text.encode(encoding), "todotxt")

    assert [task["title"] for task in await tasks_of(client)] == ["Zoë calls", "Two halves"]


@pytest.mark.parametrize(
    ("content_type", "body", "wanted"),
    [
        ("application/json", b'{"format": "todo-ai"}', "json"),
        ("text/calendar; charset=utf-8", b"BEGIN:VCALENDAR\nEND:VCALENDAR", "ics"),
        ("text/csv", b"title\nx", "csv"),
        ("application/octet-stream", b"TYPE,CONTENT\ntask,x", "csv"),
        ("text/plain", b"\xef\xbb\xbfBEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", "ics"),
        ("application/x-www-form-urlencoded", b"(A) x", "todotxt"),
        ("", b"x", "todotxt"),
    ],
)
async def test_the_format_is_found_out(
    client: httpx.AsyncClient, content_type: str, body: bytes, wanted: str
) -> None:
    response = await client.post("/api/me/import", content=body, headers={"Content-Type": content_type})

    assert (response.status_code, response.json()["format"]) == (200, wanted)


async def test_records_that_do_not_fit_are_named_and_the_rest_is_imported(client: httpx.AsyncClient) -> None:
    tasks: list[Any] = [
        {"title": "Good", "colour": "red"},
        {"title": ""},
        {"title": "NUL \x00"},
        {"title": "Lost", "series_id": 9, "occurrence": 1, "scheduled": "2026-11-21T00:00:00"},
        {"title": "Far", "created_at": "9999-12-31T23:59:59-14:00"},
        {"title": "When", "due_date": "tomorrow"},
        {"title": "Half", "series_id": 9},
        "text",
    ]

    result = await imported(client, DOCUMENT | {"tasks": tasks, "theme": "dark"})

    assert counts(result) == (2, 0, 0, 6)
    assert {error["path"] for error in result["errors"]} == {f"tasks[{n}]" for n in (1, 2, 4, 5, 6, 7)}
    assert [notice["message"] for notice in result["notices"]] == [
        "'theme' is not known here and was left out. (1 times)",
        "'colour' of tasks is not known here and was left out. (1 times)",
        "Imported as a task of its own: series 9 is not in the file.",
    ]


@pytest.mark.parametrize(
    "change",
    [
        {"after": {"title": "x", "due_date": "not a date"}},
        {"after": {"title": "x", "status": "odd"}},
        {"after": {"title": "x", "tags": "no list"}},
        {"after": {}},
        {"occurred_at": "yesterday"},
        {"kind": "exploded"},
        {"operation_id": "1"},
        {"before": {"title": 5}},
    ],
)
async def test_a_history_that_cannot_be_is_left_out(client: httpx.AsyncClient, change: Any) -> None:
    document = DOCUMENT | {"tasks": [{"id": 1, "title": "Once"}], "history": [CREATED | change, CREATED]}

    result = await imported(client, document)
    figures = await client.get("/api/me/tasks/analytics")

    assert (counts(result), figures.status_code) == ((1, 0, 0, 1), 200)
    assert result["errors"][0]["path"] == "history[0]"
    kinds = [each["operation_id"] for each in (await exported(client))["history"]]
    assert CREATED["operation_id"] not in kinds


async def test_an_occurrence_is_there_once(client: httpx.AsyncClient) -> None:
    series = {"id": 1, "uid": "s", "rule": "FREQ=DAILY", "timezone": "UTC", "starts": "2026-11-21"}
    place = {"series_id": 1, "occurrence": 1, "scheduled": "2026-11-21T00:00:00"}
    tasks = [{"uid": uid, "title": uid, **place} for uid in ("a", "b")]

    twice = await imported(client, DOCUMENT | {"series": [series], "tasks": tasks})
    later = await imported(
        client, DOCUMENT | {"series": [series], "tasks": [{"uid": "c", "title": "c", **place}]}
    )

    assert (counts(twice), counts(later)) == ((1, 0, 0, 1), (0, 0, 0, 1))
    assert [task["title"] for task in await tasks_of(client)] == ["a"]


@pytest.mark.parametrize(
    "series",
    [
        {"rule": "FREQ=SECONDLY"},
        {"rule": "FREQ=DAILY;COUNT=1000000000"},
        {"timezone": "Mars/Olympus"},
        {"starts": "9999-01-01"},
        {"starts": "2026-11-21T09:00:00+01:00"},
        {"missed": [{"occurrence": 0, "scheduled": "x", "recorded_at": "y"}]},
        {"id": 2**70},
    ],
)
async def test_a_series_that_cannot_be_followed_is_refused(client: httpx.AsyncClient, series: Any) -> None:
    good = {"id": 1, "rule": "FREQ=DAILY", "timezone": "UTC", "starts": "2026-11-21"}

    result = await imported(client, DOCUMENT | {"series": [good | series]})

    assert [error["path"] for error in result["errors"]] == ["series[0]"]
    assert (await exported(client))["series"] == []


async def test_a_made_up_name_takes_no_place_that_was_never_here(client: httpx.AsyncClient) -> None:
    task = {"uid": f"task-{2**40}-{'0' * 24}@todo-ai", "title": "Forged"}

    result = await imported(client, DOCUMENT | {"tasks": [task]})

    assert counts(result) == (1, 0, 0, 0)
    assert (await tasks_of(client))[0]["id"] < 2**40


async def test_the_same_file_twice_at_once_is_imported_once(
    client: httpx.AsyncClient, clock: StandingClock, client_for: Any, user_id: str
) -> None:
    await lived_in(client, clock)
    there = await exported(client)

    async with client_for(f"{user_id}-new") as newcomer:
        results = await asyncio.gather(*(imported(newcomer, there) for _ in range(4)))

    assert sorted(counts(result) for result in results) == [(0, 0, 8, 0)] * 3 + [(8, 0, 0, 0)]


async def test_tags_that_others_write_meanwhile_do_not_stand_in_the_way(client: httpx.AsyncClient) -> None:
    names = [f"t{number:02}" for number in range(40)]
    lines = "\n".join(f"Task {number} @{names[-number % 40]} @{names[number % 40]}" for number in range(400))

    await asyncio.gather(
        imported_text(client, lines, "todotxt"),
        *(create_task(client, "Mine", tags=names[start : start + 20]) for start in range(0, 20, 2)),
    )

    tags = {tag["name"]: tag["usage_count"] for tag in (await client.get("/api/me/tags?limit=100")).json()}
    carried = [tag for task in (await exported(client))["tasks"] for tag in task.get("tags", [])]
    assert tags == {name: carried.count(name) for name in set(carried)}


async def test_a_retry_with_the_same_key_is_answered_alike(client: httpx.AsyncClient) -> None:
    answers = [
        await client.post("/api/me/import", content=b"One\nTwo\n", headers={"Idempotency-Key": "k"})
        for _ in range(2)
    ]

    assert [answer.json()["created"] for answer in answers] == [2, 2]
    assert len(await tasks_of(client)) == 2


async def test_a_table_of_ours_comes_back(client: httpx.AsyncClient, client_for: Any, user_id: str) -> None:
    await create_task(client, "=1+1", description="'x'\nb", tags=["a,b"], priority="Low", category="Home")
    await create_task(client, "Rent", due_date="2026-12-01T09:00:00", recurrence="every month")
    table = (await client.get("/api/me/export", params={"format": "csv"})).content

    async with client_for(f"{user_id}-new") as newcomer:
        first = await imported_text(newcomer, table, "csv")
        again = await imported_text(newcomer, table, "csv")
        here = await tasks_of(newcomer)

    own = await imported_text(client, table, "csv")
    there = await tasks_of(client)
    names = ("title", "description", "tags", "priority", "category", "due_date", "due_timezone", "created_at")
    assert [counts(each) for each in (first, again, own)] == [(2, 0, 0, 0), (0, 0, 2, 0), (0, 0, 2, 0)]
    assert [[task[name] for name in names] for task in here] == [
        [task[name] for name in names] for task in there
    ]
    assert here[1]["recurrence"]["rule"] == there[1]["recurrence"]["rule"]
