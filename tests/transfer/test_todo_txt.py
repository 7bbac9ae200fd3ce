"""todo.txt files."""

import httpx

from tests.transfer.importing import counts, imported_text, remarks, tasks_of


async def test_lines_become_tasks(client: httpx.AsyncClient) -> None:
    file = (
        "(A) 2026-11-01 Call Mom +Family +Home @phone due:2026-12-01\n"
        "x 2026-11-20 2026-11-02 Pay rent pri:B\n"
        "\r\n"
        "Water plants rec:+1w due:2026-11-22\n"
        "Stretch rec:3d\n"
        "(D) See http://example.org/a:b note:kept\n"
    )

    result = await imported_text(client, file, "todotxt")

    mom, rent, plants, stretch, see = await tasks_of(client)
    assert (counts(result), result["errors"]) == ((5, 0, 0, 0), [])
    assert (mom["title"], mom["category"], mom["tags"]) == ("Call Mom", "Family", ["Home", "phone"])
    assert (mom["priority"], mom["due_date"]) == ("High", "2026-12-01")
    assert mom["created_at"] == "2026-11-01T00:00:00Z"
    assert (rent["status"], rent["completed_at"]) == ("completed", "2026-11-20T00:00:00Z")
    assert rent["priority"] == "Medium"
    assert (plants["recurrence"]["rule"], plants["recurrence"]["basis"]) == ("FREQ=WEEKLY", "due_date")
    assert (stretch["recurrence"]["rule"], stretch["recurrence"]["basis"]) == (
        "FREQ=DAILY;INTERVAL=3",
        "completion",
    )
    assert (see["title"], see["priority"]) == ("See http://example.org/a:b note:kept", "Low")


async def test_a_task_done_since_is_done_here_too(client: httpx.AsyncClient) -> None:
    await imported_text(client, "(A) Call Mom\nWater rec:+1d due:2026-11-21\n", "todotxt")

    done = "x 2026-11-21 Call Mom\nx 2026-11-21 Water rec:+1d due:2026-11-21\n"
    result = await imported_text(client, done, "todotxt")

    assert counts(result) == (0, 2, 0, 0)
    assert [(task["title"], task["status"], task["due_date"]) for task in await tasks_of(client)] == [
        ("Call Mom", "completed", None),
        ("Water", "completed", "2026-11-21"),
        ("Water", "pending", "2026-11-22"),
    ]


async def test_lines_that_cannot_be_read_are_named(client: httpx.AsyncClient) -> None:
    file = "ok\nx 2026-13-40 bad date\nnul \x00 byte\nrepeat rec:1h\nlate due:9999-12-31\nfine\n"

    result = await imported_text(client, file, "todotxt")

    assert counts(result) == (2, 0, 0, 4)
    assert [line for line, _ in remarks(result)] == [2, 3, 4, 5]
