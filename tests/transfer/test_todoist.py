"""Todoist's CSV template."""

import httpx

from tests.transfer.importing import counts, imported_text, remarks, tasks_of

HEADER = "TYPE,CONTENT,DESCRIPTION,PRIORITY,INDENT,AUTHOR,RESPONSIBLE,DATE,DATE_LANG,TIMEZONE\r\n"


async def test_a_project_moves_in(client: httpx.AsyncClient) -> None:
    file = (
        "\ufeff"
        + HEADER
        + "task,Buy milk @home @shop,Two litres,1,1,,,every friday at 5pm,en,Europe/Berlin\r\n"
        "task,The low-fat one,,4,2,,,2026-12-01,en,\r\n"
        "note,Ask Zoë,,,,,,,,\r\n"
        "\r\n"
        "section,Later,,,,,,,,\r\n"
        'task,"Two\nlines",,2,1,,,,,\r\n'
    )

    result = await imported_text(client, file, "csv")

    milk, low_fat, later = await tasks_of(client)
    assert (counts(result), result["errors"], result["notices"]) == ((3, 0, 0, 0), [], [])
    assert (milk["title"], milk["tags"], milk["priority"]) == ("Buy milk", ["home", "shop"], "High")
    assert (milk["due_date"], milk["recurrence"]["text"]) == ("2026-11-27T16:00:00Z", "every Friday")
    assert low_fat["description"] == "Part of: Buy milk\n\nAsk Zoë"
    assert (low_fat["due_date"], low_fat["priority"]) == ("2026-12-01", "None")
    assert (later["title"], later["category"], later["priority"]) == ("Two lines", "Later", "Medium")


async def test_the_same_file_again_changes_nothing_and_a_longer_one_adds(client: httpx.AsyncClient) -> None:
    file = HEADER + "task,Milk,,4,1,,,tomorrow,en,\r\n" * 2
    await imported_text(client, file, "csv")

    again = await imported_text(client, file, "csv")
    longer = await imported_text(client, file + "task,Bread,,4,1,,,,en,\r\n", "csv")

    assert (counts(again), counts(longer)) == ((0, 0, 2, 0), (1, 0, 2, 0))


async def test_what_cannot_be_kept_is_told(client: httpx.AsyncClient) -> None:
    file = HEADER.replace("\r\n", ",DURATION\r\n") + (
        "task,Ok,,4,1,Me (1),,jeden Tag,de,,15\r\n"
        "task,,,4,1,,,,,,\r\n"
        "note,Plan [[file {}]],,,,,,,,,\r\n"
        "task,Wrong,,9,1,,,,,,\r\n"
        "gadget,What,,,,,,,,,\r\n"
    )

    result = await imported_text(client, file, "csv")

    assert counts(result) == (1, 0, 0, 3)
    assert [line for line, _ in remarks(result)] == [3, 5, 6]
    notices = dict.fromkeys(message for _, message in remarks(result, "notices"))
    assert "The column 'AUTHOR' is not kept here. (1 times)" in notices
    assert "The column 'DURATION' is not kept here. (1 times)" in notices
    assert any(message.startswith("Imported without its date") for message in notices)
    assert "The attachment was left out." in notices


async def test_a_title_that_is_too_long_is_kept_in_the_description(client: httpx.AsyncClient) -> None:
    title = "word " * 60

    result = await imported_text(client, f"{HEADER}task,{title},,4,1,,,,,\r\n", "csv")

    (task,) = await tasks_of(client)
    assert (len(task["title"]), task["description"]) == (200, title.strip())
    assert len(result["notices"]) == 1
