"""What tests read of cards, and how they press the buttons on them."""

from collections.abc import Iterator
from typing import Any

import httpx
from chatkit.actions import Action
from chatkit.types import (
    SyncCustomActionResponse,
    ThreadCustomActionParams,
    ThreadItemReplacedEvent,
    ThreadsCustomActionReq,
    ThreadsSyncCustomActionReq,
    WidgetItem,
)

from tests.chatkit.client import Answer, ChatKitClient


def card_of(answer: Answer) -> WidgetItem:
    """The one card among the items of an answer."""
    (card,) = [item for item in answer.done if isinstance(item, WidgetItem)]
    return card


def as_json(card: WidgetItem) -> dict[str, Any]:
    body: dict[str, Any] = card.model_dump(mode="json")["widget"]
    return body


def parts(node: Any, kind: str) -> Iterator[dict[str, Any]]:
    """All components of a kind, in the order they stand on the card."""
    if isinstance(node, list):
        for each in node:
            yield from parts(each, kind)
    elif isinstance(node, dict):
        if node.get("type") == kind:
            yield node
        yield from parts(node.get("children"), kind)


def titles_on(card: WidgetItem) -> list[str]:
    return [text["value"] for text in parts(as_json(card), "Text")]


def labels_on(card: WidgetItem, row: int = 0) -> list[str]:
    """The buttons of a row."""
    return [button["label"] for button in parts(_row(card, row), "Button")]


def heading(card: WidgetItem) -> str:
    text: str = as_json(card)["status"]["text"]
    return text


def facts_on(card: WidgetItem, row: int = 0) -> str:
    return "".join(caption["value"] for caption in parts(_row(card, row), "Caption"))


def action_of(card: WidgetItem, label: str, row: int = 0) -> dict[str, Any]:
    """What the button says when it is pressed."""
    (button,) = [each for each in parts(_row(card, row), "Button") if each["label"] == label]
    action: dict[str, Any] = button["onClickAction"]
    return action


def _row(card: WidgetItem, row: int) -> Any:
    root = as_json(card)
    return root["children"][row] if root["type"] == "ListView" else root


async def press(chatkit: ChatKitClient, card: WidgetItem, label: str, row: int = 0) -> WidgetItem:
    """Press a button, and read the card that takes the place of the one pressed."""
    answer = await pressed(chatkit, card, action_of(card, label, row))
    (replaced,) = answer.all(ThreadItemReplacedEvent)
    assert isinstance(replaced.item, WidgetItem)
    assert replaced.item.id == card.id
    return replaced.item


async def pressed(chatkit: ChatKitClient, card: WidgetItem, action: dict[str, Any]) -> Answer:
    return await chatkit.stream(ThreadsCustomActionReq(params=params(card, action)))


async def send(
    chatkit: ChatKitClient, card: WidgetItem, action: dict[str, Any], **changes: Any
) -> httpx.Response:
    """What the client sends for a button, as it is or forged."""
    return await chatkit.post(ThreadsCustomActionReq(params=params(card, action, **changes)))


async def press_at_once(chatkit: ChatKitClient, card: WidgetItem, label: str, row: int = 0) -> WidgetItem:
    """Press a button whose answer is the card alone."""
    request = ThreadsSyncCustomActionReq(params=params(card, action_of(card, label, row)))
    response = await chatkit.post(request)
    assert response.status_code == 200, response.text
    item = SyncCustomActionResponse.model_validate_json(response.content).updated_item
    assert isinstance(item, WidgetItem)
    return item


def params(card: WidgetItem, action: dict[str, Any], **changes: Any) -> ThreadCustomActionParams:
    sent: Action[str, Any] = Action(type=action["type"], payload=action.get("payload"))
    named = ThreadCustomActionParams(thread_id=card.thread_id, item_id=card.id, action=sent)
    return named.model_copy(update=changes)


async def stored(chatkit: ChatKitClient, card: WidgetItem) -> WidgetItem:
    """The card as it is in the thread by now."""
    items = (await chatkit.items(card.thread_id, limit=100)).data
    (item,) = [item for item in items if item.id == card.id]
    assert isinstance(item, WidgetItem)
    return item
