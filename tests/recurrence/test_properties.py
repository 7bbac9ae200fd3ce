"""What holds for every rule."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from itertools import islice, pairwise, takewhile

from dateutil.rrule import rrulestr
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DataObject

from src.recurrence.occurrences import occurrences
from src.recurrence.rfc5545 import format_rrule, parse_rrule
from src.recurrence.rule import CatchUp, Frequency, InvalidRule, RecurrenceRule, Skip
from src.recurrence.successor import next_occurrence
from tests.recurrence.strategies import endings, rules, simple_rules, start_days, starts

slow = settings(deadline=None)  # The machine may pause; the work is bounded in test_limits.


@slow
@given(rules(), starts | start_days)
def test_dates_strictly_increase_from_the_start(rule: RecurrenceRule, start: date) -> None:
    dates = occurrences(rule, start, limit=20)

    assert all(earlier < later for earlier, later in pairwise(dates))
    assert all(day >= start for day in dates)
    assert all(type(day) is type(start) for day in dates)


@slow
@given(st.data(), rules(), starts)
def test_asking_from_the_middle_gives_the_rest_of_the_same_dates(
    data: DataObject, rule: RecurrenceRule, start: datetime
) -> None:
    rule = data.draw(endings(rule))
    dates = occurrences(rule, start, limit=12)
    assume(len(dates) > 3)
    middle = dates[2]

    later = occurrences(rule, start, after=middle, limit=9)
    from_middle = occurrences(rule, start, after=middle, inclusive=True, limit=10)

    assert later == dates[3:]
    assert from_middle == dates[2:]


@slow
@given(rules(), starts, st.integers(-1000, 100_000))
def test_no_date_lies_before_what_was_asked_for(rule: RecurrenceRule, start: datetime, days: int) -> None:
    after = start + timedelta(days=days)

    assert all(day > after for day in occurrences(rule, start, after=after, limit=5))
    assert all(day >= after for day in occurrences(rule, start, after=after, inclusive=True, limit=5))


@slow
@given(st.data(), rules())
def test_a_rule_written_and_read_again_is_the_same(data: DataObject, rule: RecurrenceRule) -> None:
    rule = data.draw(endings(rule))

    text = format_rrule(rule)

    assert parse_rrule(text) == rule
    assert parse_rrule(f"rrule:{text.lower()};") == rule


rule_like = st.lists(
    st.tuples(
        st.sampled_from(["FREQ", "UNTIL", "BYDAY", "INTERVAL", "BYSETPOS", "BYMONTHDAY", "COUNT", "WKST"]),
        st.sampled_from(["DAILY", "MONTHLY", "1MO", "-1", "31,32", "20260230", "2026-12-31T25:00:00Z"])
        | st.text(max_size=9),
    ).map("=".join),
    max_size=5,
).map(";".join)


@slow
@given(st.text() | rule_like)
def test_any_text_is_a_rule_or_refused(text: str) -> None:
    try:
        rule = parse_rrule(text)
    except InvalidRule:
        return

    assert parse_rrule(format_rrule(rule)) == rule


@slow
@given(simple_rules(), starts | start_days)
def test_completing_each_occurrence_on_time_walks_along_the_rules_own_dates(
    rule: RecurrenceRule, start: date
) -> None:
    dates = occurrences(rule, start, limit=15)

    walked = [dates[0]]
    for number in range(1, 15):
        due = walked[-1]
        finished_at = due if isinstance(due, datetime) else datetime.combine(due, time(12))
        successor = next_occurrence(rule, start, number=number, due=due, finished_at=finished_at)
        assert (successor.number, successor.missed) == (number + 1, ())
        assert successor.due is not None
        walked.append(successor.due)

    assert tuple(walked) == dates


@slow
@given(st.data(), rules(), starts, st.integers(0, 2000), st.sampled_from(CatchUp))
def test_missed_dates_and_the_next_one_are_the_series_without_a_hole(
    data: DataObject, rule: RecurrenceRule, start: datetime, late_by: int, catch_up: CatchUp
) -> None:
    rule = replace(data.draw(endings(rule)), catch_up=catch_up)
    dates = occurrences(rule, start, limit=1000)
    assume(dates)
    finished_at = dates[0] + timedelta(days=late_by)

    successor = next_occurrence(rule, start, number=1, due=dates[0], finished_at=finished_at)

    walked = (*successor.missed, *([] if successor.due is None else [successor.due]))
    assert walked[:999] == dates[1 : 1 + len(walked)]
    assert successor.number == 1 + len(walked)
    assert successor.due is None or catch_up is CatchUp.EVERY or successor.due > finished_at


def dateutil_is_right_about(rule: RecurrenceRule) -> bool:
    """Not where LANGUAGE.md's traps lie, where a week's day is the start's, or in weeks two years share."""
    ordinals = {day.ordinal is None for day in rule.weekdays}
    weeks_at_the_turn_of_the_year = {1, 52, 53, -1, -52, -53}
    return not (
        len(ordinals) > 1
        or (rule.frequency is Frequency.WEEKLY and rule.set_position)
        or (rule.week_numbers and (False in ordinals or not rule.weekdays))
        or weeks_at_the_turn_of_the_year & set(rule.week_numbers)
    )


@slow
@given(rules(skips=st.just(Skip.OMIT)).filter(dateutil_is_right_about), starts)
def test_dates_are_those_of_dateutil_where_it_is_right(rule: RecurrenceRule, start: datetime) -> None:
    horizon = start + timedelta(days=365 * 30)
    text = format_rrule(rule).removeprefix("RSCALE=GREGORIAN;").removesuffix(";SKIP=OMIT")
    text += f";UNTIL={horizon:%Y%m%dT%H%M%S}"

    expected = tuple(islice(rrulestr(text, dtstart=start), 12))

    assert tuple(takewhile(lambda day: day <= horizon, occurrences(rule, start, limit=12))) == expected
