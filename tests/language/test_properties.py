"""What holds for every text: no exception, spans in order, rules that come back, bounded work."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from src.language import AmbiguousPhrase, NotUnderstood, TitleMissing, find_whens, read_quick_add, read_when
from src.language.lexicon import WORDS
from src.language.reading import fold
from src.recurrence.rule import Basis, Frequency, RecurrenceRule, Weekday, WeekdayPosition
from src.recurrence.sentence import describe
from tests.language.contexts import FRIDAY_NOON

_FIGURES = [
    "3",
    "31",
    "12:30",
    "5pm",
    "2027",
    "9999-12-31",
    "3/4",
    "10/11/12",
    "15th",
    "9.30",
    "100000",
    "christmas",
]
_SIGNS = [",", ".", "-", "/", "!", "#", "@", '"', "\\"]
texts = st.one_of(
    st.text(max_size=60),
    st.lists(st.sampled_from([*WORDS, *_FIGURES, *_SIGNS]), max_size=9).map(" ".join),
)


@given(texts)
def test_finding_never_raises_and_spans_lie_inside_the_text_in_order(text: str) -> None:
    whens = find_whens(text, FRIDAY_NOON)

    edges = [edge for when in whens for span in when.spans for edge in (span.start, span.end)]
    assert edges == sorted(edges)
    assert all(0 <= edge <= len(text) for edge in edges)
    assert all(span.start < span.end for when in whens for span in when.spans)


@given(texts)
def test_whole_phrases_are_read_or_refused_with_a_reason(text: str) -> None:
    try:
        said = read_when(text, FRIDAY_NOON).explanation
    except (NotUnderstood, AmbiguousPhrase) as refusal:
        said = refusal.message

    assert said


@given(texts)
def test_a_title_is_never_empty(text: str) -> None:
    try:
        added = read_quick_add(text, FRIDAY_NOON)
    except (TitleMissing, AmbiguousPhrase):
        return

    assert added.title.strip()


_weekdays = st.sets(st.sampled_from(Weekday), min_size=1, max_size=6)
_plain = st.builds(
    lambda days: {"weekdays": tuple(WeekdayPosition(day) for day in days)},
    _weekdays,
)
_nth = st.builds(
    lambda day, number: {"weekdays": (WeekdayPosition(day, number),)},
    st.sampled_from(Weekday),
    st.sampled_from([-2, -1, 1, 2, 3, 4]),
)
_month_days = st.sets(st.integers(1, 31), min_size=1, max_size=4).map(
    lambda days: {"month_days": tuple(days)}
)
_dates = st.builds(
    lambda month, day: {"months": (month,), "month_days": (day,)}, st.integers(1, 12), st.integers(1, 28)
)
_shapes = st.one_of(
    st.tuples(st.sampled_from(Frequency), st.just({})),
    st.tuples(st.just(Frequency.WEEKLY), _plain),
    st.tuples(st.just(Frequency.MONTHLY), st.one_of(_nth, _month_days, st.just({"month_days": (-1,)}))),
    st.tuples(st.just(Frequency.YEARLY), _dates),
)
_ends: st.SearchStrategy[dict[str, object]] = st.one_of(
    st.just({}),
    st.integers(1, 99).map(lambda count: {"count": count}),
    st.dates(date(2060, 1, 1), date(2090, 12, 31)).map(lambda until: {"until": until}),
    st.just({"basis": Basis.COMPLETION}),
)


@given(_shapes, st.integers(1, 12), _ends)
def test_a_rule_said_as_a_sentence_reads_back_as_the_rule(
    shape: tuple[Frequency, dict[str, object]], interval: int, end: dict[str, object]
) -> None:
    frequency, parts = shape
    rule = RecurrenceRule(frequency, interval, **parts, **end)  # type: ignore[arg-type] # The parts are made above.

    when = read_when(describe(rule), FRIDAY_NOON)

    assert when.rule == rule


@pytest.mark.parametrize(
    "piece", ["a1", "mon ", "1,", "every ", "the 5th of ", "x@", "5pm ", "every monday and "]
)
def test_the_line_of_items_grows_with_the_text_and_no_faster(piece: str) -> None:
    short, _ = fold((piece * 1000)[:1000], FRIDAY_NOON)
    long, _ = fold((piece * 10000)[:10000], FRIDAY_NOON)

    assert len(long) <= 11 * len(short) + 11
