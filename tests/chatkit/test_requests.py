"""Every request of the protocol, and what each refuses."""

from typing import Any, get_args

import httpx
import pytest
from chatkit.actions import Action
from chatkit.types import (
    AttachmentDeleteParams,
    AttachmentsDeleteReq,
    BaseReq,
    ChatKitReq,
    ClientToolCallItem,
    InputTranscribeParams,
    InputTranscribeReq,
    ItemFeedbackParams,
    ItemsFeedbackReq,
    StructuredInputItem,
    StructuredInputMultipleChoice,
    StructuredInputMultipleChoiceOption,
    StructuredInputSubmission,
    Thread,
    ThreadAddClientToolOutputParams,
    ThreadAddStructuredInputParams,
    ThreadCreateParams,
    ThreadCustomActionParams,
    ThreadDeleteParams,
    ThreadGetByIdParams,
    ThreadItem,
    ThreadItemReplacedEvent,
    ThreadRetryAfterItemParams,
    ThreadsAddClientToolOutputReq,
    ThreadsAddStructuredInputReq,
    ThreadsCreateReq,
    ThreadsCustomActionReq,
    ThreadsDeleteReq,
    ThreadsGetByIdReq,
    ThreadsRetryAfterItemReq,
    ThreadsSyncCustomActionReq,
    ThreadsUpdateReq,
    ThreadUpdateParams,
)
from fastapi import FastAPI
from pydantic import TypeAdapter

from src.assistant.events import ToolUsed, UserSaid
from src.chat.turns import ChatTurns
from src.chatkit.repository import ThreadRepository
from src.chatkit.schemas import RequestType
from src.core.database import Database
from tests.chat.conftest import AnswerWith
from tests.chat.factories import rows_of, says, uses
from tests.chatkit.client import ChatKitClient, add_message, message, said
from tests.conftest import ClientFor
from tests.factories import NOW

ITEM: TypeAdapter[ThreadItem] = TypeAdapter(ThreadItem)


def test_every_request_of_the_library_is_known_by_name() -> None:
    union, _ = get_args(ChatKitReq)
    named = {get_args(kind.model_fields["type"].annotation)[0] for kind in get_args(union)}

    assert set(get_args(RequestType)) == named
    assert len(named) == 16


async def test_threads_are_listed_page_by_page_in_both_orders(
    chatkit: ChatKitClient, answer_with: AnswerWith
) -> None:
    answer_with(*says("Hello."))
    ids = [(await chatkit.create(str(number))).thread_id for number in range(5)]

    for order, expected in (("asc", ids), ("desc", ids[::-1])):
        first = await chatkit.threads(limit=2, order=order)
        second = await chatkit.threads(limit=2, order=order, after=first.after)
        last = await chatkit.threads(limit=2, order=order, after=second.after)

        assert [thread.id for page in (first, second, last) for thread in page.data] == expected
        assert [page.has_more for page in (first, second, last)] == [True, True, False]
        assert last.after is None


async def test_items_are_listed_page_by_page_in_both_orders_without_what_is_hidden(
    chatkit: ChatKitClient, answer_with: AnswerWith
) -> None:
    answer_with(*uses("list_tasks", {"items": []}), *says("Nothing."))
    thread_id = (await chatkit.create("one")).thread_id
    await chatkit.say(thread_id, "two")

    for order, expected in (("asc", ["one", "Nothing.", "two", "Nothing."]), ("desc", None)):
        seen, after, has_more = [], None, True
        while has_more:
            page = await chatkit.items(thread_id, limit=1, order=order, after=after)
            assert len(page.data) == 1
            seen += page.data
            after, has_more = page.after, page.has_more
        texts = [said(item) for item in seen]
        assert texts == (expected or ["Nothing.", "two", "Nothing.", "one"])


@pytest.mark.parametrize("limit", [-5, 0, 10**9])
async def test_a_limit_without_sense_is_bounded(
    chatkit: ChatKitClient, answer_with: AnswerWith, limit: int
) -> None:
    answer_with(*says("Hello."))
    thread_id = (await chatkit.create("hi")).thread_id

    assert len((await chatkit.threads(limit=limit)).data) == 1
    assert (await chatkit.items(thread_id, limit=limit)).data


async def test_a_thread_is_renamed_and_deleted(
    chatkit: ChatKitClient, client: httpx.AsyncClient, answer_with: AnswerWith
) -> None:
    answer_with(*says("Hello."))
    thread_id = (await chatkit.create("hi")).thread_id

    renamed = await chatkit.post(
        ThreadsUpdateReq(params=ThreadUpdateParams(thread_id=thread_id, title="  Plans  "))
    )
    blank = await chatkit.post(ThreadsUpdateReq(params=ThreadUpdateParams(thread_id=thread_id, title=" ")))
    read = (await client.get(f"/api/me/conversations/{thread_id}")).json()
    deleted = await chatkit.post(ThreadsDeleteReq(params=ThreadDeleteParams(thread_id=thread_id)))
    again = await chatkit.post(ThreadsDeleteReq(params=ThreadDeleteParams(thread_id=thread_id)))

    assert Thread.model_validate_json(renamed.content).title == read["title"] == "Plans"
    assert blank.status_code == 400
    assert (deleted.status_code, deleted.json()) == (200, {})
    assert (again.status_code, again.json()["code"]) == (404, "thread_not_found")
    assert (await client.get(f"/api/me/conversations/{thread_id}")).status_code == 404


async def test_feedback_is_kept_once_for_each_item_and_may_change(
    chatkit: ChatKitClient, answer_with: AnswerWith, database: Database, user_id: str
) -> None:
    answer_with(*says("Hello."))
    answer = await chatkit.create("hi")
    item_id = answer.done[-1].id

    responses = [await chatkit.post(feedback(answer.thread_id, [item_id], kind)) for kind in KINDS]

    assert [response.json() for response in responses] == [{}, {}]
    (kept,) = await rows_of(database, "item_feedback", user_id)
    assert (kept["item_id"], kept["kind"], kept["given_at"]) == (item_id, "negative", NOW)


async def test_feedback_on_what_is_not_there_is_refused_whole(
    chatkit: ChatKitClient, answer_with: AnswerWith, database: Database, user_id: str
) -> None:
    answer_with(*says("Hello."))
    answer = await chatkit.create("hi")

    known, unknown = answer.done[-1].id, "msg_unknown"
    refused = await chatkit.post(feedback(answer.thread_id, [known, unknown], "positive"))
    empty = await chatkit.post(feedback(answer.thread_id, [], "positive"))

    assert (refused.status_code, refused.json()["code"]) == (404, "item_not_found")
    assert empty.status_code == 400
    assert await rows_of(database, "item_feedback", user_id) == []


KINDS: tuple[Any, ...] = ("positive", "negative")


def feedback(thread_id: str, item_ids: list[str], kind: Any) -> ItemsFeedbackReq:
    return ItemsFeedbackReq(params=ItemFeedbackParams(thread_id=thread_id, item_ids=item_ids, kind=kind))


async def test_speech_is_refused_with_a_sentence(chatkit: ChatKitClient) -> None:
    request = InputTranscribeReq(params=InputTranscribeParams(audio_base64="AAAA", mime_type="audio/webm"))

    response = await chatkit.post(request)

    assert (response.status_code, response.json()["error"]) == (501, "NotImplemented")
    assert "speech" in response.json()["detail"]


async def put(database: Database, user_id: str, thread_id: str, item: ThreadItem) -> None:
    body = item.model_dump(mode="json")
    threads = ThreadRepository(database, user_id)
    await threads.put_item(int(thread_id), item.id, item.type, body, item.created_at, NOW)


async def test_the_answer_to_a_question_with_choices_is_kept_and_goes_to_the_model_as_said(
    chatkit: ChatKitClient, answer_with: AnswerWith, database: Database, user_id: str
) -> None:
    answer_with(*says("Which one?"))
    thread_id = (await chatkit.create("delete the report")).thread_id
    await put(database, user_id, thread_id, question(thread_id))
    responder = answer_with(*says("Deleted."))

    answer = await chatkit.stream(chosen(thread_id, "ask_1", "Sales report"))
    twice = await chatkit.post(chosen(thread_id, "ask_1", "Budget report"))

    (replaced,) = answer.all(ThreadItemReplacedEvent)
    assert isinstance(replaced.item, StructuredInputItem)
    assert replaced.item.status == "answered"
    assert responder.heard == ["Sales report"]
    assert answer.text == "Deleted."
    assert (twice.status_code, twice.json()["code"]) == (409, "nothing_waits")


def question(thread_id: str) -> StructuredInputItem:
    options = [StructuredInputMultipleChoiceOption(value=f"{name} report") for name in ("Sales", "Budget")]
    choice = StructuredInputMultipleChoice(id="which", question="Which one?", options=options)
    return StructuredInputItem(id="ask_1", thread_id=thread_id, created_at=NOW, inputs=[choice])


def chosen(thread_id: str, item_id: str, value: str) -> ThreadsAddStructuredInputReq:
    submission = StructuredInputSubmission.model_validate({"answers": {"which": {"values": [value]}}})
    params = ThreadAddStructuredInputParams(thread_id=thread_id, item_id=item_id, input=submission)
    return ThreadsAddStructuredInputReq(params=params)


async def test_what_a_tool_of_the_client_gave_back_goes_to_the_model(
    chatkit: ChatKitClient, answer_with: AnswerWith, database: Database, user_id: str
) -> None:
    answer_with(*says("Let me see where you are."))
    thread_id = (await chatkit.create("where am I?")).thread_id
    call = ClientToolCallItem(
        id="tc_1",
        thread_id=thread_id,
        created_at=NOW,
        call_id="call_9",
        name="locate",
        arguments={"exact": True},
    )
    await put(database, user_id, thread_id, call)
    responder = answer_with(*says("In Ulm."))

    answer = await chatkit.stream(tool_output(thread_id, {"city": "Ulm"}))
    twice = await chatkit.post(tool_output(thread_id, {"city": "Ulm"}))

    assert responder.histories[0][-1] == ToolUsed("call_9", "locate", {"exact": True}, {"city": "Ulm"})
    assert answer.text == "In Ulm."
    assert (twice.status_code, twice.json()["code"]) == (409, "nothing_waits")


def tool_output(thread_id: str, result: Any) -> ThreadsAddClientToolOutputReq:
    params = ThreadAddClientToolOutputParams(thread_id=thread_id, result=result)
    return ThreadsAddClientToolOutputReq(params=params)


async def test_only_what_the_user_said_is_answered_once_more(
    chatkit: ChatKitClient, answer_with: AnswerWith, turns: ChatTurns, database: Database, user_id: str
) -> None:
    answer_with(*says("Hello."))
    answer = await chatkit.create("hi")

    refused = await chatkit.post(retry(answer.thread_id, answer.done[-1].id))
    unknown = await chatkit.post(retry(answer.thread_id, "msg_unknown"))
    await turns.settle()

    assert (refused.status_code, unknown.status_code) == (400, 404)
    assert await chatkit.spoken(answer.thread_id) == ["hi", "Hello."]
    assert [row["turn_id"] for row in await rows_of(database, "conversation", user_id)] == [None]


def retry(thread_id: str, item_id: str) -> ThreadsRetryAfterItemReq:
    return ThreadsRetryAfterItemReq(params=ThreadRetryAfterItemParams(thread_id=thread_id, item_id=item_id))


async def test_the_model_the_user_picks_is_asked_if_there_is_one_of_that_name(
    chatkit: ChatKitClient, answer_with: AnswerWith
) -> None:
    responder = answer_with(*says("Hello."))

    await chatkit.create("hi", model="local")
    refused = await chatkit.post(
        ThreadsCreateReq(params=ThreadCreateParams(input=message("hi", model="gpt-9")))
    )

    assert responder.models == ["local"]
    assert refused.status_code == 400
    assert refused.json()["errors"][0]["field"] == "params.input.inference_options.model"


async def test_what_is_quoted_reaches_the_model_apart_from_the_users_words(
    chatkit: ChatKitClient, answer_with: AnswerWith
) -> None:
    responder = answer_with(*says("Hello."))

    await chatkit.create("what is that?", quoted_text="Added milk.")

    assert responder.histories == [[UserSaid("what is that?", "Added milk.")]]


def of_every_type(thread_id: str, item_id: str, attachment_id: str) -> list[BaseReq]:
    """One request of each type that names something that belongs to somebody."""
    action = ThreadCustomActionParams(thread_id=thread_id, action=Action(type="task.complete", payload=None))
    return [
        add_message(thread_id, "hi"),
        tool_output(thread_id, 1),
        chosen(thread_id, item_id, "x"),
        retry(thread_id, item_id),
        ThreadsCustomActionReq(params=action),
        ThreadsSyncCustomActionReq(params=action),
        ThreadsGetByIdReq(params=ThreadGetByIdParams(thread_id=thread_id)),
        ThreadsUpdateReq(params=ThreadUpdateParams(thread_id=thread_id, title="Mine")),
        feedback(thread_id, [item_id], "positive"),
        AttachmentsDeleteReq(params=AttachmentDeleteParams(attachment_id=attachment_id)),
        ThreadsCreateReq(params=ThreadCreateParams(input=message("hi", attachments=[attachment_id]))),
        ThreadsDeleteReq(params=ThreadDeleteParams(thread_id=thread_id)),
    ]


async def test_a_stranger_finds_nothing_and_changes_nothing_by_any_request(
    app: FastAPI, chatkit: ChatKitClient, client_for: ClientFor, answer_with: AnswerWith, user_id: str
) -> None:
    del app
    answer_with(*says("Hello."))
    mine = await chatkit.create("hi")
    attachment_id = await chatkit.upload("a.txt", "text/plain", b"hello")
    before = await chatkit.thread(mine.thread_id)
    requests = of_every_type(mine.thread_id, mine.user_message.id, attachment_id)

    async with client_for(f"{user_id}-stranger") as http:
        stranger = ChatKitClient(http)
        answers = [await stranger.post(request) for request in requests]
        listed = await stranger.threads()
        items = await http.post(
            "/api/chatkit", json={"type": "items.list", "params": {"thread_id": mine.thread_id}}
        )

    assert [answer.status_code for answer in [*answers, items]] == [404] * (len(requests) + 1)
    assert listed.data == []
    assert await chatkit.thread(mine.thread_id) == before


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "body"),
        ({"type": "threads.lst"}, "type"),
        ({"type": "threads.list", "messages": [{"role": "user", "content": "hi"}]}, "body"),
        ({"type": "threads.get_by_id", "thread_id": 1}, "thread_id"),
        ({"type": "threads.get_by_id", "params": {}}, "params.thread_id"),
        ({"type": "threads.list", "params": {"order": "up"}}, "params.order"),
        ({"type": "threads.list", "paramss": {}}, "paramss"),
        ({"type": "items.list", "params": {"thread_id": "1\u0000"}}, "thread_id"),
        ({"messages": []}, "messages"),
        ({"messages": [{"role": "assistant", "content": "hi"}]}, "messages"),
        ({"messages": [{"role": "user", "content": " "}]}, "message"),
        ({"messages": [{"role": "user", "content": 5}]}, "messages.0.content.str"),
    ],
)
async def test_what_is_no_request_is_refused_by_the_name_of_the_field(
    client: httpx.AsyncClient, body: dict[str, Any], field: str
) -> None:
    response = await client.post("/api/chatkit", json=body)

    assert (response.status_code, response.json()["error"]) == (400, "ValidationError")
    assert response.json()["errors"][0]["field"] == field


@pytest.mark.parametrize("number", [10**30, -(10**30)])
async def test_what_cannot_be_stored_is_refused_before_anything_is(
    client: httpx.AsyncClient, chatkit: ChatKitClient, number: int
) -> None:
    nested: Any = "end"
    for _ in range(400):
        nested = [nested]
    tags = [{"type": "input_tag", "id": "t", "text": "hi", "data": {"n": bad}} for bad in (number, nested)]
    inputs = [{"content": [tag], "attachments": [], "inference_options": {}} for tag in tags]

    answers = [
        await client.post("/api/chatkit", json={"type": "threads.create", "params": {"input": each}})
        for each in inputs
    ]

    assert [answer.status_code for answer in answers] == [400, 400]
    assert (await chatkit.threads()).data == []


async def test_an_unknown_action_is_told_and_changes_nothing(
    chatkit: ChatKitClient, answer_with: AnswerWith
) -> None:
    answer_with(*says("Hello."))
    answer = await chatkit.create("hi")
    action: Action[str, Any] = Action(type="launch", payload=None)
    named = ThreadCustomActionParams(thread_id=answer.thread_id, action=action)
    of_a_message = named.model_copy(update={"item_id": answer.user_message.id})

    told = await chatkit.stream(ThreadsCustomActionReq(params=named))
    at_once = await chatkit.post(ThreadsSyncCustomActionReq(params=named))
    of_no_widget = await chatkit.post(ThreadsCustomActionReq(params=of_a_message))

    assert "launch" in (told.error.message or "")
    assert not told.error.allow_retry
    assert at_once.status_code == 501
    assert of_no_widget.status_code == 400
