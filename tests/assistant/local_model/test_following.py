"""What a message means after what was shown, added, skipped or asked before it."""

import time

import pytest

from src.assistant.local_model import answers
from src.assistant.local_model.conversation import Conversation
from src.assistant.local_model.decisions import LONGEST_READ, decide
from tests.assistant.local_model.fakes import INSTRUCTIONS, TOOLS, Talk, talk_with


def test_the_second_one_is_the_second_that_was_just_added() -> None:
    talk = talk_with("sharpen the knives")

    talk.say("add oat milk tomorrow and ring Anna on friday")
    talk.say("mark the second one done")

    assert talk.open_titles() == ["sharpen the knives", "oat milk"]


def test_a_bare_second_one_is_told_how_to_go_on() -> None:
    answer = talk_with("sharpen the knives").say("the second one")

    assert answer == answers.WHICH_LIST


@pytest.mark.parametrize(
    "question", ["what do i have?", "what do I have to do", "what's on my plate", "show me everything"]
)
def test_a_plain_question_lists_what_is_open(question: str) -> None:
    talk = talk_with("sharpen the knives")

    answer = talk.say(question)

    assert answer == "1 task:\n1. sharpen the knives"


def test_everything_is_not_what_an_earlier_question_was_about() -> None:
    talk = talk_with("ring Anna", "ring Ben", "sharpen the knives")

    talk.say("finish ring")
    question = talk.say("delete everything")

    assert question.startswith("Shall I delete these 3 tasks?")


def test_both_are_the_ones_that_were_asked_about() -> None:
    talk = talk_with("ring Anna", "ring Ben", "sharpen the knives")

    talk.say("finish ring")
    talk.say("both")

    assert talk.open_titles() == ["sharpen the knives"]


def test_a_yes_deletes_also_the_tasks_that_were_only_counted() -> None:
    talk = talk_with(*(f"chapter {number}" for number in range(30)))

    question = talk.say("delete everything")
    talk.say("yes")

    assert question.endswith("… and 10 more.")
    assert talk.open_titles() == []


def test_a_title_that_was_asked_for_gets_the_date_that_was_said_before() -> None:
    talk = Talk()

    talk.say("add a reminder for tomorrow")
    talk.say("sharpen the knives")

    assert talk.tools.calls == [("add_task", {"title": "sharpen the knives", "due_date": "2026-11-22"})]


def test_an_hour_alone_keeps_the_day() -> None:
    talk = Talk()

    talk.say("remind me to ring Anna tomorrow at 3pm")
    talk.say("no wait, 4pm")

    assert talk.tools.tasks[100]["due_date"] == "2026-11-22T16:00"


def test_a_day_alone_keeps_the_hour() -> None:
    talk = Talk()

    talk.say("remind me to ring Anna tomorrow at 3pm")
    talk.say("move it to monday")

    assert talk.tools.tasks[100]["due_date"] == "2026-11-23T15:00"


def test_snoozing_moves_the_date_by_a_length() -> None:
    talk = Talk()

    talk.say("add ring Anna on monday")
    talk.say("snooze it a day")

    assert talk.tools.tasks[100]["due_date"] == "2026-11-24"


def test_after_a_skip_it_is_the_next_occurrence() -> None:
    talk = talk_with("water the ferns")

    answer = talk.say("skip water the ferns this time")
    talk.tools.tasks[1] = talk.tools.tasks[100] | {"id": 1}
    talk.say("actually make it monday")

    assert answer == "Skipped “water the ferns”. Next time: next Monday."
    assert talk.tools.calls[-1] == ("update_task", {"task_id": 1, "due_date": "2026-11-23"})


def test_company_goes_into_the_description() -> None:
    talk = Talk()

    answer = talk.say("schedule lunch with Noor on tuesday")

    arguments = talk.tools.calls[0][1]
    assert (arguments["title"], arguments["description"]) == ("lunch", "with Noor")
    assert answer == "Added “lunch” (with Noor), due 2026-11-24."


def test_times_may_be_written_as_they_are_spoken() -> None:
    talk = Talk()

    talk.say("add garden party on march 8th from 6 p to 9 p")

    assert talk.tools.calls[0][1]["title"] == "garden party"


def test_a_message_without_end_is_not_read() -> None:
    answer = Talk().say("add oat milk and " * LONGEST_READ)

    assert answer == answers.TOO_LONG


@pytest.mark.parametrize("piece", ["add oat milk and ", "tomorrow at 5 pm ", ", ", "“ ", "on my list ", "a"])
def test_the_longest_messages_are_read_in_a_moment(piece: str) -> None:
    for length in (LONGEST_READ, 10_000):
        text = (piece * length)[:length]
        items = [{"role": "user", "content": text}]
        spent = []
        for _ in range(3):
            begin = time.process_time()
            decide(Conversation.read(items, INSTRUCTIONS, TOOLS))
            spent.append(time.process_time() - begin)

        assert min(spent) < 0.05
