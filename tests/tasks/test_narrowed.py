"""A narrowed list shows what a plain look at all tasks does, whichever of its ways it takes to them."""

import random
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

import asyncpg
import pytest

from src.tasks.filters import SortDirection, TaskSort
from src.tasks.search import count_query
from tests.factories import NOW
from tests.tasks.paging import pages

Case: TypeAlias = tuple[dict[str, Any], Callable[[asyncpg.Record], bool]]

TODAY = NOW.date()
TAGS = ("home", "office", "rare")
# As far from UTC as zones are, on both sides.
ZONES = ("Pacific/Kiritimati", "UTC", "Etc/GMT+12")
SORTS = tuple(sort for sort in TaskSort if sort is not TaskSort.RELEVANCE)
INSERT = """
INSERT INTO task (user_id, title, status, priority, tags, tag_keys, due_on, due_at, due_timezone, series_id,
                  occurrence, created_at, updated_at, completed_at, version)
VALUES ($1, $2, $3, $4, $5, $5, $6, $7, $8, $9, $10, $11, $12, $13, 1)
"""


def made(generator: random.Random, number: int, user_id: str) -> tuple[Any, ...]:
    due_at = NOW + timedelta(hours=generator.randint(-200, 200))
    zone = generator.choice(ZONES)
    due: tuple[date | None, datetime | None, str | None] = generator.choice(
        [
            (None, None, None),
            (due_at.date(), None, None),
            (due_at.astimezone(ZoneInfo(zone)).date(), due_at, zone),
        ]
    )
    status = generator.choice(["pending", "pending", "completed"])
    return (
        user_id,
        f"Task {number % 7}",
        status,
        generator.choice(["High", "Medium", "Low", "None"]),
        sorted({generator.choices(TAGS, (30, 30, 1))[0] for _ in range(generator.randint(0, 2))}),
        *due,
        *((number, 1) if number % 40 == 0 else (None, None)),
        NOW - timedelta(hours=number % 50),
        NOW - timedelta(hours=generator.randint(0, 40)),
        NOW - timedelta(hours=generator.randint(0, 100)) if status == "completed" else None,
    )


def is_due_from(row: asyncpg.Record, first: date, at: datetime) -> bool:
    if row["due_at"] is not None:
        return bool(row["due_at"] >= at)
    return row["due_on"] is not None and row["due_on"] >= first


def is_due_until(row: asyncpg.Record, last: date, at: datetime) -> bool:
    if row["due_at"] is not None:
        return bool(row["due_at"] <= at)
    return row["due_on"] is not None and row["due_on"] <= last


def cases(generator: random.Random) -> list[Case]:
    day = TODAY + timedelta(days=generator.randint(-9, 9))
    at = NOW + timedelta(hours=generator.randint(-250, 250))
    hours = timedelta(hours=generator.randint(0, 60))
    tags = generator.sample(TAGS, 2)
    return [
        ({}, lambda _row: True),
        ({"any_tags": tags}, lambda row: bool({*tags} & {*row["tag_keys"]})),
        ({"all_tags": tags}, lambda row: {*tags} <= {*row["tag_keys"]}),
        ({"any_tags": ["absent"]}, lambda _row: False),
        ({"recurring": True}, lambda row: row["series_id"] is not None),
        ({"not_recurring": True}, lambda row: row["series_id"] is None),
        ({"undated": True}, lambda row: row["due_on"] is None),
        ({"due_from_on": day, "due_from_at": at}, lambda row: is_due_from(row, day, at)),
        ({"due_until_on": day, "due_until_at": at}, lambda row: is_due_until(row, day, at)),
        (
            {"due_from_on": day, "due_from_at": at, "due_until_on": day, "due_until_at": at + hours},
            lambda row: is_due_from(row, day, at) and is_due_until(row, day, at + hours),
        ),
        ({"created_after": NOW - hours}, lambda row: row["created_at"] > NOW - hours),
        ({"updated_after": NOW - hours}, lambda row: row["updated_at"] > NOW - hours),
        (
            {"completed_after": NOW - hours, "completed_before": NOW},
            lambda row: row["completed_at"] is not None and row["completed_at"] >= NOW - hours,
        ),
    ]


def key_of(row: asyncpg.Record, sort: TaskSort, *, descends: bool) -> Any:
    if sort is TaskSort.PRIORITY:
        return row["priority_rank"]
    if sort is TaskSort.DUE_DATE:
        # Undated tasks come last both ways.
        return (row["due_wall"] is None) != descends, row["due_wall"] or NOW.replace(tzinfo=None)
    return row["title"].lower() if sort is TaskSort.TITLE else row[sort.value]


@pytest.mark.parametrize("seed", range(6))
async def test_pages_of_a_narrowed_list_are_those_of_a_plain_look(
    connection: asyncpg.Connection, user_id: str, seed: int
) -> None:
    generator = random.Random(seed)  # noqa: S311 - tasks that are the same in every run, nothing secret.
    await connection.executemany(INSERT, [made(generator, number, user_id) for number in range(250)])
    rows = await connection.fetch("SELECT * FROM task WHERE user_id = $1", user_id)

    for conditions, is_met in cases(generator) * 2:
        sort, direction = generator.choice(SORTS), generator.choice(list(SortDirection))
        status = generator.choice([None, None, "pending"])
        values = conditions | ({"status": status} if status else {})
        how = {
            "owner": user_id,
            "now": NOW,
            "asked_zone": None,
            "page_size": generator.choice([1, 7, 30, 1000]),
            # Less than all there are, so that each way to them is taken.
            "walked_each": generator.choice([1, 3, 20]),
            "few": generator.choice([0, 5, 40, 3_000]),
        }
        descends = direction is SortDirection.DESCENDING
        expected = [row for row in rows if is_met(row) and status in (None, row["status"])]
        expected.sort(key=lambda row: (key_of(row, sort, descends=descends), row["id"]), reverse=descends)

        seen = await pages(connection, frozenset(how | values), how | values, sort, direction)

        case = (values, sort, direction, how)
        assert seen == [row["id"] for row in expected], case
        query = count_query(frozenset(values))
        counted = await connection.fetchval(query.text, *query.arguments(how | values))
        assert counted == len(expected), case
