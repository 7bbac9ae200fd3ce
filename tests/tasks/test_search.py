"""Finding tasks: by words, beginnings and resemblance; totals and tags."""

import asyncio

import httpx
import pytest

from tests.conftest import ClientFor
from tests.factories import create_task, titles


@pytest.fixture
async def some(client: httpx.AsyncClient) -> httpx.AsyncClient:
    await create_task(client, "Plan the summer holiday", description="flights and hotels", tags=["Family"])
    await create_task(client, "Book flights", category="Travel")
    await create_task(client, "Buy groceries", tags=["home", "family"])
    await create_task(client, "Fix the printer", description="100% of pages are_blank")
    return client


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("groc", ["Buy groceries"]),
        ("grocries", ["Buy groceries"]),
        ("planning", ["Plan the summer holiday"]),
        ("flights", ["Book flights", "Plan the summer holiday"]),
        ("FAMILY", ["Buy groceries", "Plan the summer holiday"]),
        ("travel", ["Book flights"]),
        ("summer hotel", ["Plan the summer holiday"]),
        ("100%", ["Fix the printer"]),
        ("xylophone", []),
        ("' | & ! :* <->", []),
        ("\\", []),
    ],
)
async def test_words_are_found_by_beginning_stem_and_resemblance(
    some: httpx.AsyncClient, search: str, found: list[str]
) -> None:
    assert await titles(some, search=search) == found


async def test_the_best_match_comes_first_and_pages_go_on_from_there(some: httpx.AsyncClient) -> None:
    first = (await some.get("/api/me/tasks", params={"search": "flights", "limit": 1})).json()
    rest = (
        await some.get("/api/me/tasks", params={"search": "flights", "cursor": first["next_cursor"]})
    ).json()

    assert [task["title"] for task in first["items"]] == ["Book flights"]
    assert [task["title"] for task in rest["items"]] == ["Plan the summer holiday"]


@pytest.mark.parametrize(
    "text",
    [
        "it's ''quoted'' \\'twice\\'",
        "C:\\temp\\ and a\\b",
        "snake_case and x² and foo_bar_baz",
        ":* <-> <2> !a | (b & c",
        "https://example.org/it's?a='b'&c=<d>",
        "<a href='q'>tag</a> &amp; -1.5e3",
        "🙂 日本語 한국어 Straße İstanbul e\u0301te\u0301",
        "'" * 180,
        "ü" * 200,
    ],
)
async def test_a_task_is_found_by_its_own_title_however_odd(client: httpx.AsyncClient, text: str) -> None:
    words = f"{text} findable"[:200]
    await create_task(client, words, description=text)

    assert await titles(client, search=words) == [words]


@pytest.mark.parametrize("word", ["x" * 2046, "ü" * 1023, "日" * 680, "y" * 9_000])
async def test_a_word_too_long_to_index_whole_hinders_nothing(client: httpx.AsyncClient, word: str) -> None:
    await create_task(client, "Decode", description=f"{word} tail")

    assert await titles(client, search="tail") == ["Decode"]


async def test_words_of_others_are_not_found(client: httpx.AsyncClient, client_for: ClientFor) -> None:
    await create_task(client, "Pay the invoice")

    async with client_for("stranger") as stranger:
        await create_task(stranger, "Lose the invoice")
        found = await titles(stranger, search="invoice")

    assert found == ["Lose the invoice"]


async def test_a_search_meets_the_other_conditions_too(some: httpx.AsyncClient) -> None:
    await create_task(some, "Water plants daily", tags=["home"], recurrence={"rule": "FREQ=DAILY"})

    assert await titles(some, search="family", tags="home") == ["Buy groceries"]
    assert await titles(some, search="flights", category="travel") == ["Book flights"]
    assert await titles(some, search="plants", recurring=True) == ["Water plants daily"]
    # A typo is forgiven where nobody's task says the word, not where a condition hides those that do.
    assert await titles(some, search="groceries", status="completed") == []


async def test_another_order_can_be_asked_of_a_search(some: httpx.AsyncClient) -> None:
    assert await titles(some, search="family", sort_by="title", order="desc") == [
        "Plan the summer holiday",
        "Buy groceries",
    ]


async def test_relevance_without_a_search_is_refused(client: httpx.AsyncClient) -> None:
    response = await client.get("/api/me/tasks", params={"sort_by": "relevance"})

    assert (response.status_code, response.json()["errors"][0]["field"]) == (422, "sort_by")


async def test_a_total_is_counted_only_when_asked(some: httpx.AsyncClient) -> None:
    counted = (await some.get("/api/me/tasks", params={"limit": 1, "include_total": True})).json()
    plain = (await some.get("/api/me/tasks", params={"limit": 1})).json()

    assert counted["total"] == 4
    assert "total" not in plain


async def test_tags_are_counted_whatever_their_letter_case(
    some: httpx.AsyncClient, client_for: ClientFor
) -> None:
    tags = (await some.get("/api/me/tags")).json()
    same = (await some.get("/api/me/tasks/tags", params={"search": "hom"})).json()

    assert [(tag["name"].lower(), tag["usage_count"]) for tag in tags] == [("family", 2), ("home", 1)]
    assert same == [{"name": "home", "usage_count": 1}]
    async with client_for("without-tags") as stranger:
        assert (await stranger.get("/api/me/tags")).json() == []


async def test_tasks_are_found_by_when_they_were_made(some: httpx.AsyncClient) -> None:
    assert len(await titles(some, created_after="2026-11-21T09:59:59Z")) == 4
    assert await titles(some, created_after="2026-11-21") == []


async def test_tag_counts_follow_every_change(client: httpx.AsyncClient) -> None:
    first = await create_task(client, "one", tags=["Home", "garden"])
    second = await create_task(client, "two", tags=["home"])
    await client.patch(f"/api/me/tasks/{first['id']}", json={"tags": ["HOME", "garage"]})
    await client.delete(f"/api/me/tasks/{second['id']}")

    tags = (await client.get("/api/me/tags")).json()

    assert [(tag["name"], tag["usage_count"]) for tag in tags] == [("garage", 1), ("HOME", 1)]


async def test_tags_counted_at_once_are_all_counted(client: httpx.AsyncClient) -> None:
    await asyncio.gather(
        *(create_task(client, str(number), tags=["a", "b", "c"][:: (-1) ** number]) for number in range(20))
    )

    tags = (await client.get("/api/me/tags")).json()

    assert [(tag["name"], tag["usage_count"]) for tag in tags] == [("a", 20), ("b", 20), ("c", 20)]
