"""A ChatKit client made of the library's own types: what it cannot read is a failure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import httpx
from chatkit.types import (
    AssistantMessageItem,
    AttachmentCreateParams,
    AttachmentsCreateReq,
    BaseReq,
    ErrorEvent,
    InferenceOptions,
    ItemsListParams,
    ItemsListReq,
    Page,
    ProgressUpdateEvent,
    StreamingReq,
    Thread,
    ThreadAddUserMessageParams,
    ThreadCreatedEvent,
    ThreadCreateParams,
    ThreadGetByIdParams,
    ThreadItem,
    ThreadItemDoneEvent,
    ThreadItemUpdatedEvent,
    ThreadListParams,
    ThreadRetryAfterItemParams,
    ThreadsAddUserMessageReq,
    ThreadsCreateReq,
    ThreadsGetByIdReq,
    ThreadsListReq,
    ThreadsRetryAfterItemReq,
    ThreadStreamEvent,
    UserMessageInput,
    UserMessageItem,
    UserMessageTextContent,
)
from pydantic import TypeAdapter

EVENT: TypeAdapter[ThreadStreamEvent] = TypeAdapter(ThreadStreamEvent)
ITEMS: TypeAdapter[Page[ThreadItem]] = TypeAdapter(Page[ThreadItem])
THREADS: TypeAdapter[Page[Thread]] = TypeAdapter(Page[Thread])
EventT = TypeVar("EventT")


@dataclass(frozen=True)
class Answer:
    """The events of one stream."""

    events: list[Any]

    def all(self, kind: type[EventT]) -> list[EventT]:
        return [event for event in self.events if isinstance(event, kind)]

    @property
    def thread_id(self) -> str:
        (created,) = self.all(ThreadCreatedEvent)
        return created.thread.id

    @property
    def done(self) -> list[Any]:
        return [event.item for event in self.all(ThreadItemDoneEvent)]

    @property
    def user_message(self) -> UserMessageItem:
        (item,) = [item for item in self.done if isinstance(item, UserMessageItem)]
        return item

    @property
    def text(self) -> str:
        """What the assistant said, whole."""
        (item,) = [item for item in self.done if isinstance(item, AssistantMessageItem)]
        return said(item)

    @property
    def streamed(self) -> str:
        """What the assistant said, piece by piece."""
        updates = [event.update for event in self.all(ThreadItemUpdatedEvent)]
        return "".join(getattr(update, "delta", "") for update in updates)

    @property
    def error(self) -> ErrorEvent:
        (error,) = self.all(ErrorEvent)
        return error

    @property
    def progress(self) -> list[str]:
        return [event.text for event in self.all(ProgressUpdateEvent)]


class ChatKitClient:
    """Asks over HTTP as ChatKit's frontends do."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.http = http

    async def post(self, request: BaseReq) -> httpx.Response:
        headers = {"Content-Type": "application/json"}
        return await self.http.post("/api/chatkit", content=request.model_dump_json(), headers=headers)

    async def stream(self, request: StreamingReq) -> Answer:
        response = await self.post(request)
        assert response.status_code == 200, response.text
        assert response.headers["content-type"].startswith("text/event-stream")
        return Answer(events_of(response.text))

    async def create(self, text: str, **options: Any) -> Answer:
        params = ThreadCreateParams(input=message(text, **options))
        return await self.stream(ThreadsCreateReq(params=params))

    async def say(self, thread_id: str, text: str, **options: Any) -> Answer:
        return await self.stream(add_message(thread_id, text, **options))

    async def retry(self, thread_id: str, item_id: str) -> Answer:
        params = ThreadRetryAfterItemParams(thread_id=thread_id, item_id=item_id)
        return await self.stream(ThreadsRetryAfterItemReq(params=params))

    async def thread(self, thread_id: str) -> Thread:
        response = await self.post(ThreadsGetByIdReq(params=ThreadGetByIdParams(thread_id=thread_id)))
        assert response.status_code == 200, response.text
        return Thread.model_validate_json(response.content)

    async def threads(self, **paging: Any) -> Page[Thread]:
        response = await self.post(ThreadsListReq(params=ThreadListParams(**paging)))
        assert response.status_code == 200, response.text
        return THREADS.validate_json(response.content)

    async def items(self, thread_id: str, **paging: Any) -> Page[ThreadItem]:
        params = ItemsListParams(thread_id=thread_id, **paging)
        response = await self.post(ItemsListReq(params=params))
        assert response.status_code == 200, response.text
        return ITEMS.validate_json(response.content)

    async def spoken(self, thread_id: str) -> list[str]:
        """What is said in a thread, oldest first."""
        return [said(item) for item in (await self.items(thread_id, order="asc", limit=100)).data]

    async def announce(self, name: str, mime_type: str, size: int = 1_000) -> httpx.Response:
        params = AttachmentCreateParams(name=name, size=size, mime_type=mime_type)
        return await self.post(AttachmentsCreateReq(params=params))

    async def upload(self, name: str, mime_type: str, content: bytes) -> str:
        """Send a file in both steps, and return its id."""
        announced = (await self.announce(name, mime_type, len(content))).json()
        target = announced["upload_descriptor"]
        response = await self.http.request(
            target["method"], target["url"], headers=target["headers"], content=content
        )
        assert response.status_code == 200, response.text
        attachment_id: str = announced["id"]
        return attachment_id


def message(
    text: str,
    *,
    attachments: Sequence[str] = (),
    model: str | None = None,
    quoted_text: str | None = None,
) -> UserMessageInput:
    return UserMessageInput(
        content=[UserMessageTextContent(text=text)] if text else [],
        attachments=list(attachments),
        quoted_text=quoted_text,
        inference_options=InferenceOptions(model=model),
    )


def add_message(thread_id: str, text: str, **options: Any) -> ThreadsAddUserMessageReq:
    params = ThreadAddUserMessageParams(thread_id=thread_id, input=message(text, **options))
    return ThreadsAddUserMessageReq(params=params)


def events_of(text: str) -> list[Any]:
    """The events of a stream, each of which the library must be able to read."""
    assert text.endswith("\n\n")
    blocks = [block for block in text.removesuffix("\n\n").split("\n\n") if not block.startswith(":")]
    assert all(block.startswith("data: ") for block in blocks)
    return [EVENT.validate_json(block.removeprefix("data: ")) for block in blocks]


def said(item: Any) -> str:
    return "".join(getattr(part, "text", "") for part in getattr(item, "content", ()))
