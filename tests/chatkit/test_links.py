"""Links by which a page shows a picture: signed, for one file, for ten minutes."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx
import pytest
from chatkit.types import ImageAttachment, UserMessageItem
from fastapi import FastAPI

from src.auth.claims import MAX_USER_ID_LENGTH
from src.chatkit.links import LONGEST_TICKET, FileLinks, owner_in
from src.core.clock import system_clock
from src.core.database import Database
from tests.chat.conftest import AnswerWith
from tests.chat.factories import rows_of, says
from tests.chatkit.client import ChatKitClient
from tests.chatkit.test_attachments import PNG
from tests.conftest import client_of
from tests.factories import NOW, StandingClock, token_for


@pytest.fixture
def token_clock(app: FastAPI) -> Iterator[StandingClock]:
    """Stands at the real present, in which the tests' JWTs live, until a test moves it."""
    clock = StandingClock()
    clock.set(system_clock())
    app.state.token_clock = clock
    yield clock
    app.state.token_clock = system_clock


async def picture_in_message(chatkit: ChatKitClient) -> ImageAttachment:
    """A picture as a thread shows it that is opened again."""
    attachment_id = await chatkit.upload("cat.png", "image/png", PNG)
    thread_id = (await chatkit.create("look", attachments=[attachment_id])).thread_id
    return await picture_of(chatkit, thread_id)


async def picture_of(chatkit: ChatKitClient, thread_id: str) -> ImageAttachment:
    said = (await chatkit.thread(thread_id)).items.data[0]
    assert isinstance(said, UserMessageItem)
    (attachment,) = said.attachments
    assert isinstance(attachment, ImageAttachment)
    return attachment


async def shown(nobody: httpx.AsyncClient, url: object) -> int:
    return (await nobody.get(str(url))).status_code


async def test_a_page_shows_a_picture_by_its_link_alone(
    chatkit: ChatKitClient, nobody: httpx.AsyncClient, answer_with: AnswerWith
) -> None:
    answer_with(*says("I see."))
    picture = await picture_in_message(chatkit)

    response = await nobody.get(str(picture.preview_url))

    assert (response.status_code, response.content) == (200, PNG)
    assert response.headers["cache-control"] == "private, no-store"


async def test_a_link_dies_after_ten_minutes_and_the_thread_tells_a_new_one(
    chatkit: ChatKitClient, nobody: httpx.AsyncClient, answer_with: AnswerWith, token_clock: StandingClock
) -> None:
    answer_with(*says("I see."))
    picture = await picture_in_message(chatkit)

    token_clock.advance(minutes=9, seconds=58)
    before = await shown(nobody, picture.preview_url)
    token_clock.advance(seconds=2)
    after = await shown(nobody, picture.preview_url)
    renewed = await picture_of(chatkit, str(picture.thread_id))

    assert (before, after) == (200, 401)
    assert await shown(nobody, renewed.preview_url) == 200


async def test_a_link_that_was_altered_or_is_another_files_opens_nothing(
    chatkit: ChatKitClient, nobody: httpx.AsyncClient
) -> None:
    announced = [(await chatkit.announce(f"{each}.png", "image/png")).json() for each in range(2)]
    for each in announced:
        await chatkit.http.put(each["upload_descriptor"]["url"], content=PNG)
    url = announced[0]["preview_url"]
    until, owner, mac = url.partition("ticket=")[2].split(".")
    path = urlsplit(url).path
    foreign = f"{urlsplit(announced[1]['preview_url']).path}?{urlsplit(url).query}"
    tickets = [
        f"{int(until) + 1}.{owner}.{mac}",
        f"{until}.{owner[:-1]}.{mac}",
        f"{until}.{owner}.{'A' * 43}",
        f"{until}.{owner}.",
        f"{until}.{owner}.{mac}x",
        "",
        "\x00",
    ]

    refused = [await nobody.get(path, params={"ticket": ticket}) for ticket in tickets]

    assert {response.status_code for response in refused} <= {400, 401}
    assert await shown(nobody, foreign) == 401
    assert await shown(nobody, url) == 200


async def test_a_link_changes_nothing_and_saves_no_bad_header(
    app: FastAPI, chatkit: ChatKitClient, nobody: httpx.AsyncClient
) -> None:
    announced = (await chatkit.announce("cat.png", "image/png")).json()
    await chatkit.http.put(announced["upload_descriptor"]["url"], content=PNG)
    url = announced["preview_url"]

    sent = await nobody.put(url, content=PNG)
    async with client_of(app, "wrong") as wrong, client_of(app, token_for("a-stranger")) as stranger:
        opened = [await shown(wrong, url), await shown(stranger, url)]

    assert sent.status_code in {400, 401}
    assert opened == [401, 404]


async def test_no_link_is_stored(
    chatkit: ChatKitClient, answer_with: AnswerWith, database: Database, user_id: str
) -> None:
    answer_with(*says("I see."))
    await picture_in_message(chatkit)

    stored = await rows_of(database, "conversation_item", user_id)

    assert "preview_url" in str(stored)
    assert "ticket" not in str(stored)


def test_the_longest_name_of_a_user_fits_into_a_link() -> None:
    owner, key = "\N{GRINNING FACE}" * MAX_USER_ID_LENGTH, b"k" * 32
    url = str(FileLinks("https://todo.example", key, owner, NOW).preview("atc_1"))
    ticket = url.partition("ticket=")[2]

    assert len(ticket) <= LONGEST_TICKET
    assert owner_in(ticket, "atc_1", key, NOW) == owner
