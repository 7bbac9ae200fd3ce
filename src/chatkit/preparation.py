"""What is made sure of before an answer begins, so that a refusal is a status and leaves nothing behind."""

from collections.abc import Set

from chatkit.types import (
    ChatKitReq,
    InputTranscribeReq,
    ItemsFeedbackReq,
    ThreadCustomActionParams,
    ThreadsAddClientToolOutputReq,
    ThreadsAddStructuredInputReq,
    ThreadsAddUserMessageReq,
    ThreadsCreateReq,
    ThreadsCustomActionReq,
    ThreadsRetryAfterItemReq,
    ThreadsSyncCustomActionReq,
    ThreadsUpdateReq,
    UserMessageInput,
    UserMessageItem,
)

from src.chat.attachments import AttachmentService
from src.chat.items import title_of
from src.chat.leases import refuse_if_closed
from src.chat.schemas import ConversationUpdate
from src.chat.turn import Turn
from src.chat.turns import ChatTurns
from src.chatkit.actions_on_cards import check_press
from src.chatkit.context import ChatKitContext
from src.chatkit.errors import ItemNotFound, NotPossible, NotWaiting, ThreadNotFound
from src.chatkit.repository import ThreadRepository
from src.chatkit.schemas import conversation_id_of
from src.chatkit.widgets_of_confirmations import answer_of, is_of_confirmation
from src.core.database import Database, Row
from src.core.errors import InvalidInput

LONGEST_MESSAGE = 10_000
MOST_ATTACHMENTS = 10
MOST_FEEDBACK = 100


class Preparation:
    """Checks a request, and holds the thread where it leads to an answer."""

    def __init__(self, database: Database, turns: ChatTurns, models: Set[str]) -> None:
        self._database = database
        self._turns = turns
        self._models = models

    async def prepare(self, request: ChatKitReq, context: ChatKitContext) -> None:
        """Leave the context with the turn that the request needs.

        Raises:
            DomainError: it cannot be served, and nothing is stored; whoever asks lets go of the turn.
        """
        match request:
            case ThreadsCreateReq():
                await self._open_for_message(request.params.input, None, context)
            case ThreadsAddUserMessageReq():
                thread_id = conversation_id_of(request.params.thread_id)
                await self._open_for_message(request.params.input, thread_id, context)
            case (
                ThreadsRetryAfterItemReq() | ThreadsAddStructuredInputReq() | ThreadsAddClientToolOutputReq()
            ):
                await self._open_for_what_waits(request, context)
            case ThreadsCustomActionReq() | ThreadsSyncCustomActionReq():
                await self._check_action(request.params, context)
            case ThreadsUpdateReq():
                request.params.title = ConversationUpdate.of(title=request.params.title).title
            case ItemsFeedbackReq():
                _check_feedback(request)
            case InputTranscribeReq():
                raise NotPossible("None of the providers here turns speech into text; send text instead.")

    async def _open_for_message(
        self, given: UserMessageInput, thread_id: int | None, context: ChatKitContext
    ) -> None:
        text = self._checked_text(given)
        files = await AttachmentService(self._database, context.caller).ready_for(
            given.attachments, thread_id
        )
        subject = text if text.strip() else ", ".join(row["name"] for row in files)
        await self._open(subject, thread_id, context)
        context.held_turn.model = given.inference_options.model

    def _checked_text(self, given: UserMessageInput) -> str:
        text = "".join(part.text for part in given.content)
        if not text.strip() and not given.attachments:
            raise InvalidInput("params.input.content", "Say something, or send a file along.")
        if max(len(text), len(given.quoted_text or "")) > LONGEST_MESSAGE:
            raise InvalidInput(
                "params.input.content", f"A message has {LONGEST_MESSAGE} characters at the most."
            )
        if len(given.attachments) > MOST_ATTACHMENTS:
            raise InvalidInput(
                "params.input.attachments", f"{MOST_ATTACHMENTS} files go with a message at the most."
            )
        self._check_options(given)
        return text

    def _check_options(self, given: UserMessageInput) -> None:
        options, known = given.inference_options, ", ".join(sorted(self._models))
        if options.model is not None and options.model not in self._models:
            raise InvalidInput(
                "params.input.inference_options.model", f"No model of that name here; known: {known}."
            )
        if options.tool_choice is not None:
            field = "params.input.inference_options.tool_choice"
            raise InvalidInput(field, "Here the assistant picks its tools itself.")

    async def _open_for_what_waits(
        self,
        request: ThreadsRetryAfterItemReq | ThreadsAddStructuredInputReq | ThreadsAddClientToolOutputReq,
        context: ChatKitContext,
    ) -> None:
        thread_id = conversation_id_of(request.params.thread_id)
        await self._open("", thread_id, context)
        threads = ThreadRepository(self._database, context.caller.user_id)
        if isinstance(request, ThreadsAddClientToolOutputReq):
            _must_wait_for_output(await threads.items(thread_id, None, 1, is_descending=True))
            return
        row = await threads.item(thread_id, request.params.item_id)
        if row is None:
            raise ItemNotFound(request.params.item_id)
        if isinstance(request, ThreadsAddStructuredInputReq):
            _check_answer(request, row)
            await _refuse_if_overtaken(threads, thread_id, request.params.item_id)
            return
        _take_over_message(row, context.held_turn)
        # In one statement; the library would go through the items one by one.
        await threads.delete_items_behind(thread_id, request.params.item_id)

    async def _check_action(self, action: ThreadCustomActionParams, context: ChatKitContext) -> None:
        """What is done to one task holds nothing: such a button works while the thread is still answering."""
        threads = ThreadRepository(self._database, context.caller.user_id)
        thread_id = conversation_id_of(action.thread_id)
        thread = await threads.get(thread_id)
        if thread is None:
            raise ThreadNotFound(action.thread_id)
        refuse_if_closed(thread)
        item = None if action.item_id is None else await threads.item(thread_id, action.item_id)
        if action.item_id is not None and item is None:
            raise ItemNotFound(action.item_id)
        check_press(action.action, item)
        if is_of_confirmation(action.action):
            await self._open(answer_of(action.action), thread_id, context)

    async def _open(self, subject: str, thread_id: int | None, context: ChatKitContext) -> None:
        context.turn = await self._turns.open(context.caller, subject, thread_id)
        context.now = context.turn.started_at


def _must_wait_for_output(last: list[Row]) -> None:
    if not last or last[0]["kind"] != "client_tool_call" or last[0]["item"]["status"] != "pending":
        raise NotWaiting("No tool of the client's is waited for in this thread.")


def _check_answer(request: ThreadsAddStructuredInputReq, question: Row) -> None:
    if question["kind"] != "structured_input" or question["item"]["status"] != "pending":
        raise NotWaiting("This item waits for no answer.")
    values = [value for answer in request.params.input.answers.values() for value in answer.values]
    if sum(map(len, values)) > LONGEST_MESSAGE:
        raise InvalidInput("params.input.answers", f"An answer has {LONGEST_MESSAGE} characters at the most.")


async def _refuse_if_overtaken(threads: ThreadRepository, thread_id: int, question_id: str) -> None:
    """A question is about what was said just before it; what was said since may have changed that."""
    if await threads.is_overtaken(thread_id, question_id):
        raise NotWaiting("The conversation has moved on since; ask once more.")


def _take_over_message(stored: Row, turn: Turn) -> None:
    if stored["kind"] != "user_message":
        raise InvalidInput("params.item_id", "Only what the user said can be answered once more.")
    message = UserMessageItem.model_validate(stored["item"])
    turn.message = title_of("".join(part.text for part in message.content))
    turn.model = message.inference_options.model


def _check_feedback(request: ItemsFeedbackReq) -> None:
    if not 0 < len(request.params.item_ids) <= MOST_FEEDBACK:
        raise InvalidInput("params.item_ids", f"Name 1 to {MOST_FEEDBACK} items.")
