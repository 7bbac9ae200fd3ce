"""One line of text to a task."""

from datetime import date, time

import pytest

from src.language import AmbiguousPhrase, TitleMissing, WhenKind, read_quick_add
from tests.language.contexts import FRIDAY_NOON


def test_a_line_gives_title_date_priority_tags_and_category() -> None:
    text = "Send invoice by tuesday 4pm p2 #clients #money @office"

    added = read_quick_add(text, FRIDAY_NOON)

    assert added.title == "Send invoice"
    assert added.when is not None
    assert (added.when.on, added.when.at) == (date(2026, 11, 24), time(16))
    assert (added.priority, added.tags, added.category) == ("Medium", ("clients", "money"), "office")


def test_every_understood_piece_says_what_it_was_taken_as() -> None:
    text = "Water the roses every 3 days !high #garden"

    added = read_quick_add(text, FRIDAY_NOON)

    assert [(piece.text, piece.as_) for piece in added.understood] == [
        ("every 3 days", "repeats: every 3 days, from Friday 20 November 2026"),
        ("!high", "priority: High"),
        ("#garden", "tag: garden"),
    ]
    assert all(text[piece.start : piece.end] == piece.text for piece in added.understood)


@pytest.mark.parametrize(
    ("marker", "priority"),
    [("p1", "High"), ("p2", "Medium"), ("P3", "Low"), ("p4", "None"), ("!low", "Low"), ("!medium", "Medium")],
)
def test_priorities_have_short_names(marker: str, priority: str) -> None:
    added = read_quick_add(f"Sweep the yard {marker}", FRIDAY_NOON)

    assert (added.title, added.priority) == ("Sweep the yard", priority)


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ('Rehearse "Monday, Monday" tomorrow', 'Rehearse "Monday, Monday"'),
        ('"Plan tomorrow" on monday', "Plan tomorrow"),
        (r"Buy the \friday paper tomorrow", "Buy the friday paper"),
        (r"Learn \#hashtags on sunday", "Learn #hashtags"),
    ],
)
def test_quotes_and_backslashes_keep_words_in_the_title(text: str, title: str) -> None:
    added = read_quick_add(text, FRIDAY_NOON)

    assert added.title == title
    assert added.when is not None
    assert added.tags == ()


@pytest.mark.parametrize(
    "text",
    [
        "monitor the backups",
        "Paprika chips",
        "The 9/11 Report",
        "may I?",
        "Mark",
        "1:1 meeting with Ann",
        "buy almonds",
        "step1 of the plan",
        "fix issue #42",
        "C# lessons",
        "ask ann@example.org",
        "read the minutes of monday",
        "gather today's receipts",
    ],
)
def test_only_whole_words_that_are_dates_leave_the_title(text: str) -> None:
    added = read_quick_add(text, FRIDAY_NOON)

    assert (added.title, added.when, added.priority, added.tags) == (text, None, None, ())


@pytest.mark.parametrize("text", ["tomorrow", "every friday at 6", "p1 #home", "   ", "monday p1"])
def test_a_line_without_words_for_a_title_asks_what_to_do(text: str) -> None:
    with pytest.raises(TitleMissing, match="what to do"):
        read_quick_add(text, FRIDAY_NOON)


@pytest.mark.parametrize(
    "text",
    ["Move the boxes monday or rather on 5 december", "Pay the fee feb 30", "Run twice a week", "Mow p1 p3"],
)
def test_contradictions_are_asked_about(text: str) -> None:
    with pytest.raises(AmbiguousPhrase):
        read_quick_add(text, FRIDAY_NOON)


def test_a_day_and_a_time_apart_are_both_taken_out_of_the_title() -> None:
    added = read_quick_add("tomorrow feed the cat at 8am", FRIDAY_NOON)

    assert added.title == "feed the cat"
    assert added.when is not None
    assert (added.when.on, added.when.at) == (date(2026, 11, 21), time(8))


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("movie night on friday", "movie night"),
        ("game night friday", "game night"),
        ("morning swim tomorrow", "morning swim"),
        ("lunch with Bo tomorrow", "lunch with Bo"),
        ("in 20 minutes to the station", "to the station"),
        ("turn in the keys by 5", "turn in the keys"),
    ],
)
def test_a_title_keeps_the_words_that_are_not_its_date(text: str, title: str) -> None:
    added = read_quick_add(text, FRIDAY_NOON)

    assert added.title == title
    assert added.when is not None


def test_a_repetition_is_recognised_in_the_middle_of_a_line() -> None:
    added = read_quick_add("Pay rent every 1st p1 #home", FRIDAY_NOON)

    assert added.title == "Pay rent"
    assert added.when is not None
    assert added.when.kind is WhenKind.RECURRENCE
