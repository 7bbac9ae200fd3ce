"""A question with choices where a reference is ambiguous: nothing is guessed, the answer goes on with it."""

import httpx
import pytest
from chatkit.types import (
    StructuredInputAnswerSubmission,
    StructuredInputItem,
    StructuredInputSubmission,
    ThreadAddStructuredInputParams,
    ThreadItemRemovedEvent,
    ThreadsAddStructuredInputReq,
    WidgetItem,
)

from src.assistant.events import ToolUsed
from src.chatkit.widgets_of_choices import choices_in
from tests.chat.factories import say
from tests.chatkit.client import Answer, ChatKitClient
from tests.factories import create_task, titles


def question_of(answer: Answer) -> StructuredInputItem:
    (item,) = [item for item in answer.done if isinstance(item, StructuredInputItem)]
    return item


def options_of(question: StructuredInputItem) -> list[str]:
    (asked,) = question.inputs
    assert asked.type == "multiple_choice"
    return [option.value for option in asked.options]


def chosen(question: StructuredInputItem, *values: str) -> ThreadsAddStructuredInputReq:
    answers = {"which": StructuredInputAnswerSubmission(values=list(values), skipped=not values)}
    return ThreadsAddStructuredInputReq(
        params=ThreadAddStructuredInputParams(
            thread_id=question.thread_id,
            item_id=question.id,
            input=StructuredInputSubmission(answers=answers, status="answered" if values else "skipped"),
        )
    )


async def two_reports(client: httpx.AsyncClient) -> None:
    await create_task(client, "Finish report B", due_date="2026-11-22")
    await create_task(client, "Finish report A")


@pytest.mark.parametrize(
    ("order", "left"),
    [
        ("complete the report", "Done: “Finish report B”."),
        ("delete the report", "Deleted “Finish report B”."),
        ("move the report to friday", "Changed “Finish report B”: due Fri 27 Nov."),
    ],
)
async def test_an_ambiguous_reference_is_asked_about_and_the_choice_is_done(
    client: httpx.AsyncClient, chatkit: ChatKitClient, order: str, left: str
) -> None:
    await two_reports(client)

    asked = await chatkit.create(order)
    question = question_of(asked)
    done_before = len(await titles(client, completed=True))
    answered = await chatkit.stream(chosen(question, options_of(question)[1]))

    assert done_before == 0
    assert question.inputs[0].question == "Which one do you mean?"
    assert options_of(question) == ["1. Finish report A", "2. Finish report B — tomorrow, Sun 22 Nov"]
    assert all(option in asked.text for option in options_of(question))
    assert answered.text == left


async def test_skipping_the_question_changes_nothing(
    client: httpx.AsyncClient, chatkit: ChatKitClient
) -> None:
    await two_reports(client)

    question = question_of(await chatkit.create("delete the report"))
    answered = await chatkit.stream(chosen(question))

    assert answered.text == "All right, nothing was changed."
    assert len(await titles(client)) == 2


async def test_the_question_is_answered_once_and_not_after_the_conversation_went_on(
    client: httpx.AsyncClient, chatkit: ChatKitClient
) -> None:
    await two_reports(client)
    question = question_of(await chatkit.create("delete the report"))
    option = options_of(question)[0]
    overtaken = question_of(await chatkit.create("delete the report"))

    await say(client, "hello", int(overtaken.thread_id))
    late = await chatkit.post(chosen(overtaken, option))
    await chatkit.stream(chosen(question, option))
    again = await chatkit.post(chosen(question, option))

    assert (late.status_code, again.status_code) == (409, 409)
    assert await titles(client) == ["Finish report B"]


async def test_a_question_that_was_passed_over_goes(
    client: httpx.AsyncClient, chatkit: ChatKitClient
) -> None:
    await two_reports(client)
    question = question_of(await chatkit.create("delete the report"))

    moved_on = await chatkit.say(question.thread_id, "the first one")

    assert [event.item_id for event in moved_on.all(ThreadItemRemovedEvent)] == [question.id]
    assert moved_on.text == "Deleted “Finish report A”."
    assert question.id not in [item.id for item in (await chatkit.items(question.thread_id)).data]


async def test_a_list_that_was_asked_for_is_no_question(
    client: httpx.AsyncClient, chatkit: ChatKitClient
) -> None:
    await create_task(client, "Which way?")
    await create_task(client, "What now?")

    answer = await chatkit.create("show my tasks")

    assert isinstance(answer.done[-1], WidgetItem)


def found(*named: str) -> ToolUsed:
    items = [{"id": number, "title": title, "status": "pending"} for number, title in enumerate(named, 1)]
    return ToolUsed("call_1", "list_tasks", {}, {"items": items})


REPORTS = found("Report A", "Report B")


@pytest.mark.parametrize(
    ("answer", "message", "options"),
    [
        (
            "Two fit:\n1. **Report A**\n2. **Report B**\nWhich one?",
            "finish the report",
            ["1. **Report A**", "2. **Report B**"],
        ),
        ("- Report A\n- Report B\n\nWhich of them?", "complete it", ["Report A", "Report B"]),
        ("Do you mean “Report A” or “Report B”?", "delete the report", ["Report A", "Report B"]),
        (
            "Welchen meinst du?\n1. Report A\n2. Report B",
            "erledige den Report",
            ["1. Report A", "2. Report B"],
        ),
    ],
)
def test_answers_of_models_that_ask_which_are_read(answer: str, message: str, options: list[str]) -> None:
    choices = choices_in([REPORTS], answer, message)

    assert choices is not None
    assert choices[0].endswith("?")
    assert choices[1] == options


DONE = ToolUsed("call_2", "complete_task", {"task_id": 1}, {"completed_task": {}})
REFUSED = ToolUsed("call_2", "complete_task", {"task_id": 1}, "No task 1.", is_error=True)


@pytest.mark.parametrize(
    ("calls", "answer", "message"),
    [
        ([REPORTS, DONE], "Done with Report A. And Report B?", "finish report A"),
        ([REPORTS], "1. Report A\n2. Report B", "finish the report"),
        ([REPORTS], "1. Report A\n2. Report B\nShall I do something?", "what is on my list?"),
        ([REPORTS], "Hello! There are:\n1. Report A\n2. Report B\nWhat shall I do?", "hello"),
        ([found("Report A")], "Do you mean Report A?", "finish the report"),
        ([found("Report", "Report")], "There are two called Report. Which one?", "finish the report"),
        ([], "Which one, Report A or Report B?", "finish the report"),
    ],
)
def test_what_asks_for_no_task_offers_none(calls: list[ToolUsed], answer: str, message: str) -> None:
    assert choices_in(calls, answer, message) is None


def test_a_call_that_failed_leaves_the_question_open() -> None:
    assert choices_in([REPORTS, REFUSED], "Report A or Report B?", "finish the report") is not None
