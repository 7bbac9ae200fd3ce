import pytest

from src.assistant.local_model.titles import (
    add_title,
    list_named,
    names_whole_list,
    outside_lists,
    target_words,
    without_command,
)


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("add oat milk", "oat milk"),
        ("Please add a task to renew the passport", "renew the passport"),
        ("can you remind me to ring the plumber?", "ring the plumber"),
        ("create a todo called Spring cleaning", "Spring cleaning"),
        ("put hang the pictures on my to do list", "hang the pictures"),
        ("on my list of things to do, add sharpen the knives", "sharpen the knives"),
        ("I'm out of flour, add that to my list", "flour"),
        ('add "Remember the milk" to my list', "Remember the milk"),
        ("add a task", ""),
        ("add an item to my shopping list", ""),
        ("set a reminder", ""),
        ("call mom", "call mom"),
        ("fix the bike", "fix the bike"),
        ("give the dog its pills", "give the dog its pills"),
        ("call a meeting", "meeting"),
        ("give me a reminder to ring the plumber", "ring the plumber"),
    ],
)
def test_the_title_is_what_remains_of_an_order(text: str, title: str) -> None:
    content, _ = outside_lists(text)

    assert add_title(without_command(content)) == title


def test_a_list_with_a_name_of_its_own_is_told() -> None:
    assert outside_lists("add oat milk to my shopping list") == ("add oat milk", "shopping")
    assert outside_lists("add oat milk to my list") == ("add oat milk", None)
    assert list_named("what is on the grocery list") == "grocery"


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("finish the tax return", "tax return"),
        ("mark the tax return as done", "tax return"),
        ("please remove oat milk from my shopping list", "oat milk"),
        ("take oat milk off my list", "oat milk"),
        ("I have finished the tax return", "tax return"),
        ("delete the second one", "second one"),
        ("delete it", "it"),
        ("delete an event", ""),
        ("stop repeating the weekly review", "weekly review"),
    ],
)
def test_the_target_is_what_an_order_names(text: str, target: str) -> None:
    assert target_words(text) == target


@pytest.mark.parametrize(
    ("text", "is_whole"),
    [
        ("clear my calendar", True),
        ("delete everything", True),
        ("remove all items from my list", True),
        ("remove an item from my list", False),
        ("delete the tax return", False),
    ],
)
def test_a_whole_list_is_told_from_one_entry(text: str, is_whole: bool) -> None:
    assert names_whole_list(text) is is_whole
