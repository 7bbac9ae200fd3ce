import pytest
from hypothesis import given
from hypothesis import strategies as st

from src.assistant.local_model.intents import Intent, read_intent


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("add oat milk to my groceries list", Intent.ADD),
        ("Could you please remind me to ring the plumber?", Intent.ADD),
        ("don't let me forget the tickets for Vienna", Intent.ADD),
        ("add pay the rent", Intent.ADD),
        ("put yoga on my calendar for Tuesday", Intent.ADD),
        ("we're out of flour, add it to the list", Intent.ADD),
        ("call the garage tomorrow at noon", Intent.ADD),
        ("pay rent every 1st", Intent.ADD),
        ("pay the bills tomorrow", Intent.ADD),
        ("what's due this week?", Intent.LIST),
        ("anything overdue?", Intent.LIST),
        ("show my tasks", Intent.LIST),
        ("is oat milk on my shopping list", Intent.LIST),
        ("am I free on Thursday evening", Intent.LIST),
        ("shopping list", Intent.LIST),
        ("what have I finished today", Intent.LIST),
        ("finish 3 and 7", Intent.COMPLETE),
        ("mark the tax return as done", Intent.COMPLETE),
        ("check off oat milk", Intent.COMPLETE),
        ("I finished the quarterly report", Intent.COMPLETE),
        ("reopen the tax return", Intent.REOPEN),
        ("mark the tax return as not done", Intent.REOPEN),
        ("skip watering the plants", Intent.SKIP),
        ("stop repeating the weekly review", Intent.STOP),
        ("move the review to Monday", Intent.UPDATE),
        ("actually make it Monday", Intent.UPDATE),
        ("rename tax return to tax papers", Intent.UPDATE),
        ("give the tax return a high priority", Intent.UPDATE),
        ("delete the tax return", Intent.DELETE),
        ("take oat milk off my list", Intent.DELETE),
        ("clear my calendar for Friday", Intent.DELETE),
        ("how am I doing this month?", Intent.ANALYTICS),
        ("what tags do I have?", Intent.TAGS),
        ("undo", Intent.UNDO),
        ("what can you do?", Intent.HELP),
        ("good morning", Intent.GREETING),
        ("thanks a lot", Intent.THANKS),
        ("yes please", Intent.YES),
        ("never mind", Intent.NO),
    ],
)
def test_a_wish_about_tasks_is_understood(text: str, intent: Intent) -> None:
    assert read_intent(text) is intent


@pytest.mark.parametrize(
    "text",
    [
        "what is the tallest mountain in Peru",
        "play some jazz in the kitchen",
        "how many ounces are in a pound",
        "turn the heating down",
        "add this song to my running playlist",
        "book me a flight to Lisbon for Friday",
        "transfer fifty dollars to my savings account",
        "will it rain tomorrow",
        "add seven and twelve",
        "give me a list of good restaurants in Rome",
        "what events are happening in Madrid",
        "skip this song",
        "who wrote War and Peace",
    ],
)
def test_what_is_not_about_tasks_is_left_alone(text: str) -> None:
    assert read_intent(text) is Intent.NONE


@given(st.text(max_size=300))
def test_no_text_makes_the_reader_fail(text: str) -> None:
    assert read_intent(text) in Intent
