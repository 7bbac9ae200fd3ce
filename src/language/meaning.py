"""Folded items to answers: the date a clock falls on, the first occurrence of a rule, the explanation."""

import dataclasses
from datetime import date, datetime, timedelta

from src.core.errors import DomainError
from src.language.calendar import shift
from src.language.values import Clock, Day, Env, Moment, Repeat, Span, wall
from src.language.when import Span as Piece
from src.language.when import When, WhenKind
from src.language.wording import long_date, long_moment, long_range
from src.recurrence.occurrences import occurrences
from src.recurrence.rule import RecurrenceRule
from src.recurrence.sentence import describe

Spans = tuple[Piece, ...]
Value = Clock | Day | Moment | Repeat


def mean(value: Value, spans: Spans, env: Env) -> When | None:
    """What a folded item says, or None where it leads beyond the calendar."""
    try:
        if isinstance(value, Clock):
            return _clock(value, spans, env)
        if isinstance(value, Day):
            return _day(value, spans, env)
        if isinstance(value, Moment):
            return _moment(value, spans)
        return _repeat(value, spans, env)
    except (OverflowError, DomainError):
        return None


def _clock(clock: Clock, spans: Spans, env: Env) -> When:
    """A time alone is today if it is still ahead, else tomorrow."""
    clock = clock.settle()
    start = wall(env.today, clock)
    days = 0 if start > env.now else 1
    if clock.end and wall(env.today, clock.end) > env.now:
        days = 0
    end = wall(env.today + timedelta(days=days), clock.end) if clock.end else None
    return _moment(Moment(start + timedelta(days=days), end), spans)


def _moment(moment: Moment, spans: Spans) -> When:
    on, at = moment.at.date(), moment.at.time()
    if moment.last is None:
        return When(WhenKind.DATETIME, on, at, spans, long_moment(on, at))
    said = long_range(moment.at, moment.last)
    return When(WhenKind.RANGE, on, at, spans, said, start=moment.at, end=moment.last)


def _day(day: Day, spans: Spans, env: Env) -> When:
    if day.clock is not None:
        moment = wall(day.on, day.clock.settle())
        return _moment(Moment(moment), spans)
    if day.last is None or day.last == day.on:
        return When(WhenKind.DATE, day.on, None, spans, long_date(day.on))
    on = env.today if day.on < env.today <= day.last else day.on
    said = long_range(day.on, day.last)
    return When(WhenKind.RANGE, on, None, spans, said, start=day.on, end=day.last)


def _repeat(repeat: Repeat, spans: Spans, env: Env) -> When | None:
    clock = repeat.clock.settle() if repeat.clock else None
    at = clock.at if clock else None
    start = repeat.start or env.today
    if repeat.start is None and at is not None and datetime.combine(start, at) < env.now:
        start += timedelta(days=1)
    rule = _rule(repeat, start)
    every_one = rule if repeat.start else dataclasses.replace(rule, interval=1)
    first = next(iter(occurrences(every_one, start, limit=1)), None)
    if first is None:
        return None
    on = first.date() if isinstance(first, datetime) else first
    said = f"{describe(rule)}, from {long_moment(on, at)}"
    return When(WhenKind.RECURRENCE, on, at, spans, said, rule=rule)


def _rule(repeat: Repeat, start: date) -> RecurrenceRule:
    until = repeat.until
    if repeat.lasting is not None:
        until = _end_of(start, repeat.lasting)
    elif until is not None and until < start:
        until = shift(until, months=12)
    return RecurrenceRule(
        repeat.frequency,
        repeat.interval,
        weekdays=repeat.weekdays,
        month_days=repeat.month_days,
        months=repeat.months,
        set_position=repeat.set_position,
        year_days=repeat.year_days,
        week_numbers=repeat.week_numbers,
        until=until,
        count=repeat.count,
        basis=repeat.basis,
    )


def _end_of(start: date, lasting: Span) -> date | None:
    after = shift(start, months=lasting.months, days=lasting.days)
    return after - timedelta(days=1) if after else None
