"""Words and figures that look like dates and are none."""

import pytest

from src.language import find_whens
from tests.language.contexts import FRIDAY_NOON


@pytest.mark.parametrize(
    "text",
    [
        "monitor the backups",
        "season the stew with paprika",
        "a bag of almonds for the cake",
        "the 9/11 museum shop",
        "may I borrow the ladder",
        "they may be late",
        "ask Mark about the fence",
        "march on with the parade",
        "a 1:1 with the new designer",
        "a 1-1 chat",
        "lying in the sun",
        "the cat sat on the sofa",
        "the fall of the wall",
        "second draft of the speech",
        "the 4th floor",
        "seats on the 2nd row",
        "pick up 12 eggs",
        "call 020 7946 0123",
        "call 555-0142",
        "release 2.14.3",
        "chapter 7.2",
        "half the budget",
        "a quarter of the pie",
        "add 1/2 cup of flour",
        "open 24/7",
        "12.5% of the total",
        "pay $20.30",
        "mail ann@may5.example",
        "see https://example.org/2026-11-20/friday",
        "fix the date-picker",
        "room 1030",
        "back to back",
        "ever after",
        "in no time",
        "ratio 16:9 or 4:3",
        "32 march lane",
        "between 4 and 9 guests",
        "wednesday.com hosting",
        "",
        "…",
    ],
)
def test_nothing_is_found_where_no_date_is_meant(text: str) -> None:
    assert find_whens(text, FRIDAY_NOON) == []


@pytest.mark.parametrize("text", ["2026-02-30", "13/32/2027", "25:70", "2026-13-01", "31 june", "at 28pm"])
def test_a_date_that_does_not_exist_is_not_bent_into_one(text: str) -> None:
    assert find_whens(text, FRIDAY_NOON) == []


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("dentist on monday at 9am, bring the card", ["on monday at 9am"]),
        ("tomorrow ring the plumber at 4pm", ["tomorrow", "at 4pm"]),
        ("lease ends 31 may 2027", ["31 may 2027"]),
        ("hand in by friday please", ["by friday"]),
    ],
)
def test_spans_cover_the_words_that_say_when(text: str, pieces: list[str]) -> None:
    (when,) = find_whens(text, FRIDAY_NOON)

    assert [text[span.start : span.end] for span in when.spans] == pieces
