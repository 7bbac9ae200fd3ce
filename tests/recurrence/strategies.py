"""Rules and starts to try properties on."""

from dataclasses import replace
from datetime import date, datetime

from hypothesis import assume
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from src.recurrence.rule import (
    Frequency,
    InvalidRule,
    RecurrenceRule,
    Skip,
    Weekday,
    WeekdayPosition,
)

starts: SearchStrategy[datetime] = st.builds(
    datetime.combine,
    st.dates(date(1990, 1, 1), date(2090, 12, 31)),
    st.times().map(lambda at: at.replace(microsecond=0)),
)
start_days: SearchStrategy[date] = st.dates(date(1990, 1, 1), date(2090, 12, 31))


def some(low: int, high: int, *, from_end: bool = False) -> SearchStrategy[tuple[int, ...]]:
    """Mostly none, else up to three numbers of a range."""
    numbers = st.integers(low, high)
    if from_end:
        numbers |= st.integers(-high, -low)
    return st.just(()) | st.lists(numbers, max_size=3).map(tuple)


@st.composite
def weekday_positions(draw: DrawFn, frequency: Frequency) -> WeekdayPosition:
    weekday = draw(st.sampled_from(Weekday))
    if frequency in (Frequency.DAILY, Frequency.WEEKLY) or draw(st.booleans()):
        return WeekdayPosition(weekday)
    return WeekdayPosition(weekday, draw(st.sampled_from([1, 2, 3, 4, 5, -1, -2, -5])))


@st.composite
def rules(draw: DrawFn, skips: SearchStrategy[Skip] = st.sampled_from(Skip)) -> RecurrenceRule:  # noqa: B008 - a strategy is a value.
    """Any rule that can be followed, without an end."""
    frequency = draw(st.sampled_from(Frequency))
    field, last = draw(st.sampled_from([("month_days", 31), ("year_days", 366), ("week_numbers", 53)]))
    numbers = draw(some(1, last, from_end=True))
    try:
        rule = RecurrenceRule(
            frequency,
            interval=draw(st.integers(1, 4) | st.integers(1, 100)),
            weekdays=draw(st.lists(weekday_positions(frequency), max_size=4).map(tuple)),
            months=draw(some(1, 12)),
            month_days=numbers if field == "month_days" else (),
            year_days=numbers if field == "year_days" else (),
            week_numbers=numbers if field == "week_numbers" else (),
            week_start=draw(st.sampled_from(Weekday)),
            skip=draw(skips),
            hours=draw(some(0, 23)),
            minutes=draw(some(0, 59)),
            seconds=draw(some(0, 59)),
        )
        return replace(rule, set_position=draw(some(1, 5, from_end=True)))
    except InvalidRule:
        assume(condition=False)
        raise


@st.composite
def simple_rules(draw: DrawFn) -> RecurrenceRule:
    """What people say: an interval, and perhaps days of the week or the month."""
    frequency = draw(st.sampled_from(Frequency))
    interval = draw(st.integers(1, 5))
    if frequency is Frequency.WEEKLY:
        days = draw(st.lists(weekday_positions(frequency), max_size=4).map(tuple))
        return RecurrenceRule(frequency, interval, weekdays=days)
    if frequency is Frequency.MONTHLY:
        return RecurrenceRule(frequency, interval, month_days=draw(some(1, 31)))
    return RecurrenceRule(frequency, interval)


def endings(rule: RecurrenceRule) -> SearchStrategy[RecurrenceRule]:
    """The rule with some end, or none."""
    until = st.none() | start_days | starts
    counts = st.none() | st.integers(1, 500)
    return st.builds(lambda end, count: replace(rule, until=end, count=count), until, counts)
