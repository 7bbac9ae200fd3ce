from tests.assistant.local_model.fakes import TOOLS, Talk, talk_with


def test_two_tasks_in_one_sentence_are_two_calls_with_a_date_where_it_was_said() -> None:
    talk = Talk()

    answer = talk.say("add oat milk and call Anna tomorrow")

    assert talk.tools.calls == [
        ("add_task", {"title": "oat milk"}),
        ("add_task", {"title": "call Anna", "due_date": "2026-11-22"}),
    ]
    assert "oat milk" in answer
    assert "2026-11-22" in answer


def test_priority_tags_and_list_become_fields() -> None:
    talk = Talk()

    talk.say("add saffron to my shopping list, high priority #paella")

    assert talk.tools.calls == [
        ("add_task", {"title": "saffron", "priority": "High", "category": "shopping", "tags": ["paella"]})
    ]


def test_a_repetition_is_passed_on_as_a_sentence() -> None:
    talk = Talk()

    talk.say("remind me to water the plants every friday")

    arguments = talk.tools.calls[0][1]
    assert (arguments["title"], arguments["recurrence"]) == ("water the plants", "every friday")


def test_a_chore_needs_no_order_to_be_added() -> None:
    talk = Talk()

    talk.say("Pay rent every 1st")

    said = {"title": "Pay rent", "due_date": "2026-12-01", "recurrence": "every 1st"}
    assert talk.tools.calls == [("add_task", said)]


def test_a_task_without_content_is_asked_for() -> None:
    talk = Talk()

    question = talk.say("add a task")
    talk.say("sharpen the knives")

    assert question == "What should I add?"
    assert talk.open_titles() == ["sharpen the knives"]


def test_the_second_one_is_the_second_that_was_shown() -> None:
    talk = talk_with("sharpen the knives", "call Anna", "paint the fence")

    talk.say("what's on my list?")
    talk.say("finish the second one")

    assert talk.open_titles() == ["sharpen the knives", "paint the fence"]


def test_several_numbers_are_several_calls() -> None:
    talk = talk_with("sharpen the knives", "call Anna", "paint the fence")

    talk.say("show my tasks")
    talk.say("finish 1 and 3")

    assert talk.open_titles() == ["call Anna"]


def test_a_number_is_an_id_where_no_list_was_shown() -> None:
    talk = talk_with("sharpen the knives", "call Anna")

    talk.say("complete task 101")

    assert talk.open_titles() == ["sharpen the knives"]


def test_a_correction_changes_what_was_last_touched() -> None:
    talk = Talk()

    talk.say("add call Anna tomorrow")
    talk.say("actually make it Monday")

    assert talk.tools.calls[-1] == ("update_task", {"task_id": 100, "due_date": "2026-11-23"})


def test_several_matches_are_asked_about_and_the_answer_is_understood() -> None:
    talk = talk_with("call Anna", "call Ben")

    question = talk.say("finish call")
    talk.say("the second one")

    assert "1. call Ben\n2. call Anna" in question
    assert talk.open_titles() == ["call Ben"]


def test_no_match_tells_the_nearest_and_changes_nothing() -> None:
    talk = talk_with("water the plants")

    answer = talk.say("finish water the flowers")

    assert "no task “water the flowers”" in answer
    assert "“water the plants”" in answer
    assert talk.open_titles() == ["water the plants"]


def test_deleting_several_waits_for_a_yes() -> None:
    talk = talk_with("call Anna", "call Ben")

    question = talk.say("delete everything")
    before = talk.open_titles()
    talk.say("yes")

    assert question.startswith("Shall I delete these 2 tasks?")
    assert before == ["call Anna", "call Ben"]
    assert talk.open_titles() == []


def test_a_no_deletes_nothing() -> None:
    talk = talk_with("call Anna", "call Ben")

    talk.say("delete everything")
    answer = talk.say("no")

    assert answer == "All right, nothing was changed."
    assert talk.open_titles() == ["call Anna", "call Ben"]


def test_two_named_tasks_are_not_deleted_without_a_yes() -> None:
    talk = talk_with("call Anna", "dentist")

    question = talk.say("delete call Anna and the dentist")
    talk.say("yes")

    assert question.startswith("Shall I delete these 2 tasks?")
    assert talk.open_titles() == []


def test_clearing_one_list_leaves_the_others() -> None:
    talk = talk_with("call Anna")
    talk.say("add saffron to my shopping list")

    talk.say("clear my shopping list")

    assert talk.open_titles() == ["call Anna"]


def test_an_unnamed_task_is_never_deleted_by_guess() -> None:
    talk = talk_with("call Anna")

    answer = talk.say("delete a task")

    assert answer.startswith("Which one do you mean?")
    assert talk.open_titles() == ["call Anna"]


def test_completing_can_be_undone() -> None:
    talk = talk_with("call Anna")

    talk.say("finish call Anna")
    answer = talk.say("undo")

    assert answer == "Reopened “call Anna”."
    assert talk.open_titles() == ["call Anna"]


def test_adding_can_be_undone() -> None:
    talk = Talk()

    talk.say("add call Anna")
    talk.say("undo")

    assert talk.open_titles() == []


def test_fields_change_by_sentence() -> None:
    talk = talk_with("call Anna")

    talk.say("make call Anna high priority")
    talk.say("rename it to ring Anna")
    talk.say("tag it with family and phone")
    talk.say("change the due date of ring Anna to monday")
    talk.say("move it 2 days later")

    task = talk.tools.tasks[100]
    assert (task["title"], task["priority"], task["tags"]) == ("ring Anna", "High", ["family", "phone"])
    assert task["due_date"] == "2026-11-25"


def test_a_field_can_be_emptied() -> None:
    talk = talk_with("call Anna")

    talk.say("remove the due date from call Anna")

    assert talk.tools.calls[-1] == ("update_task", {"task_id": 100, "clear": ["due_date"]})


def test_a_change_without_a_field_is_asked_for() -> None:
    talk = talk_with("team meeting")

    question = talk.say("change the team meeting")
    talk.say("to monday")

    assert question == "What should change about “team meeting”?"
    assert talk.tools.tasks[100]["due_date"] == "2026-11-23"


def test_questions_become_filters() -> None:
    talk = Talk()

    talk.say("what's due this week?")
    talk.say("anything overdue?")
    talk.say("show high priority tasks")
    talk.say("what's on my list for friday?")

    asked = [arguments for _, arguments in talk.tools.calls]
    assert [arguments.get("due") for arguments in asked[:2]] == ["this_week", "overdue"]
    assert asked[2]["priority"] == ["High"]
    assert (asked[3]["due_after"], asked[3]["due_before"]) == ("2026-11-27", "2026-11-27")


def test_figures_are_told_from_the_tool() -> None:
    answer = Talk().say("how am I doing this month?")

    assert answer == "You have done 4 tasks (66.7 %); 2 still open."


def test_a_tool_that_is_not_there_is_not_called() -> None:
    talk = Talk(available={name: names for name, names in TOOLS.items() if name != "get_analytics"})

    answer = talk.say("how am I doing this month?")

    assert talk.tools.calls == []
    assert "not available" in answer


def test_an_error_of_a_tool_is_told() -> None:
    answer = Talk().say("complete task 7")

    assert "Task 7 was not found." in answer


def test_what_is_not_about_tasks_gets_one_honest_sentence_and_no_call() -> None:
    talk = Talk()

    answer = talk.say("what is the capital of Peru?")

    assert answer.startswith("I can't help with that")
    assert talk.tools.calls == []
