"""One line of text in, a task and what was understood out."""

import httpx
import pytest

from tests.factories import titles


async def test_one_line_becomes_a_task_with_all_its_fields(client: httpx.AsyncClient) -> None:
    text = "Water the roses every friday at 6pm p1 #garden @Home"

    response = await client.post("/api/me/tasks/quick", json={"text": text})

    assert response.status_code == 201
    task, understood = response.json()["task"], response.json()["understood"]
    assert (task["title"], task["priority"], task["tags"]) == ("Water the roses", "High", ["garden"])
    assert (task["category"], task["due_date"]) == ("Home", "2026-11-27T18:00:00Z")
    assert task["recurrence"]["rule"] == "FREQ=WEEKLY;BYDAY=FR"
    assert [text[piece["start"] : piece["end"]] for piece in understood] == [p["text"] for p in understood]
    assert await titles(client) == ["Water the roses"]


async def test_a_dry_run_shows_the_same_and_stores_nothing(client: httpx.AsyncClient) -> None:
    request = {"text": "Pay rent every 1st p1 #home", "dry_run": True}

    response = await client.post("/api/me/tasks/quick", json=request)

    assert response.status_code == 200
    draft = response.json()["task"]
    assert (draft["title"], draft["due_date"], draft["tags"]) == ("Pay rent", "2026-12-01", ["home"])
    assert draft["recurrence"]["text"] == "every month on the 1st"
    assert await titles(client) == []


@pytest.mark.parametrize(
    "text",
    [
        "Fix the monitor",
        "Buy paprika and almonds",
        "Watch The 9/11 Report",
        "Ask Mark whether I may leave",
        "Prepare 1:1 meeting",
        'Read "Friday Night Lights"',
        r"Write about \tomorrow",
    ],
)
async def test_what_only_looks_like_a_date_stays_in_the_title(client: httpx.AsyncClient, text: str) -> None:
    response = await client.post("/api/me/tasks/quick", json={"text": text, "dry_run": True})

    assert response.json()["task"]["due_date"] is None
    assert response.json()["task"]["title"].casefold() == text.replace("\\", "").casefold()


@pytest.mark.parametrize("text", ["tomorrow", "p1 #home", "Meet tomorrow or friday", "Meet on feb 30"])
async def test_what_leaves_no_title_or_contradicts_itself_is_asked_back(
    client: httpx.AsyncClient, text: str
) -> None:
    response = await client.post("/api/me/tasks/quick", json={"text": text})

    assert response.status_code == 422
    assert response.json()["detail"]
    assert await titles(client) == []


@pytest.mark.parametrize("when", ["in 7000 years at 5pm", "9999-12-31T23:00"])
async def test_a_date_beyond_the_calendar_is_refused(client: httpx.AsyncClient, when: str) -> None:
    headers = {"X-Timezone": "America/New_York"}

    quick = await client.post("/api/me/tasks/quick", json={"text": f"Rest {when}"}, headers=headers)
    plain = await client.post("/api/me/tasks", json={"title": "Rest", "due_date": when}, headers=headers)

    assert (quick.status_code, plain.status_code) == (422, 422)
    assert await titles(client) == []


async def test_a_due_string_that_repeats_sets_the_recurrence(client: httpx.AsyncClient) -> None:
    body = {"title": "Stand-up", "due_string": "every weekday at 9:30"}

    task = (await client.post("/api/me/tasks", json=body, headers={"X-Timezone": "Europe/Berlin"})).json()

    assert task["due_date"] == "2026-11-23T08:30:00Z"
    assert task["recurrence"]["text"] == "every weekday"


async def test_a_sentence_can_be_previewed(client: httpx.AsyncClient) -> None:
    request = {"text": "every 3rd friday at 5pm", "timezone": "Europe/Berlin", "count": 2}

    preview = (await client.post("/api/me/recurrence/preview", json=request)).json()

    assert preview["dates"] == ["2026-12-18T16:00:00Z", "2027-01-15T16:00:00Z"]
