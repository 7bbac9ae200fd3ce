"""Rules in English."""

from dataclasses import replace
from datetime import date, datetime

import pytest

from src.recurrence.rfc5545 import parse_rrule
from src.recurrence.rule import Basis
from src.recurrence.sentence import describe


@pytest.mark.parametrize(
    ("rule", "sentence"),
    [
        ("FREQ=DAILY", "every day"),
        ("FREQ=DAILY;INTERVAL=3", "every 3 days"),
        ("FREQ=DAILY;BYMONTH=1,3", "every day in January and March"),
        ("FREQ=DAILY;BYHOUR=8,20", "every day at 08:00 and 20:00"),
        ("FREQ=DAILY;COUNT=10", "every day, 10 times"),
        ("FREQ=DAILY;COUNT=1", "every day, once"),
        ("FREQ=WEEKLY", "every week"),
        ("FREQ=WEEKLY;BYDAY=FR", "every Friday"),
        ("FREQ=WEEKLY;BYDAY=MO,WE,FR", "every Monday, Wednesday and Friday"),
        ("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "every weekday"),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=FR", "every 2 weeks on Friday"),
        (
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,FR;UNTIL=20261231",
            "every 2 weeks on Monday and Friday until 31 December 2026",
        ),
        ("FREQ=WEEKLY;BYDAY=MO;BYMONTH=6", "every Monday in June"),
        ("FREQ=DAILY;UNTIL=20260131T183000", "every day until 31 January 2026 18:30"),
        ("FREQ=MONTHLY", "every month"),
        ("FREQ=MONTHLY;BYMONTHDAY=31", "every month on the 31st"),
        ("FREQ=MONTHLY;BYMONTHDAY=1,15", "every month on the 1st and 15th"),
        ("FREQ=MONTHLY;BYMONTHDAY=2,3,11,12,13,22", "every month on the 2nd, 3rd, 11th, 12th, 13th and 22nd"),
        ("FREQ=MONTHLY;BYMONTHDAY=-1", "every last day of the month"),
        ("FREQ=MONTHLY;INTERVAL=2;BYMONTHDAY=-1", "every 2 months on the last day"),
        ("FREQ=MONTHLY;BYMONTHDAY=-2", "every month on the 2nd to last day"),
        ("FREQ=MONTHLY;BYMONTHDAY=15;BYMONTH=1,7", "every month on the 15th in January and July"),
        ("FREQ=MONTHLY;BYDAY=3FR", "every 3rd Friday of the month"),
        ("FREQ=MONTHLY;BYDAY=-1MO", "every last Monday of the month"),
        ("FREQ=MONTHLY;BYDAY=2TU,4TU", "every month on the 2nd Tuesday and 4th Tuesday"),
        ("FREQ=MONTHLY;INTERVAL=3;BYDAY=1MO", "every 3 months on the 1st Monday"),
        ("FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13", "every month on Friday the 13th"),
        ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", "every last workday of the month"),
        ("FREQ=MONTHLY;BYDAY=SA,SU;BYSETPOS=1", "every 1st Saturday or Sunday of the month"),
        ("FREQ=MONTHLY;INTERVAL=2;BYDAY=MO,TU,WE,TH,FR,SA,SU;BYSETPOS=2", "every 2 months on the 2nd day"),
        (
            "FREQ=MONTHLY;BYMONTHDAY=28,29;BYSETPOS=-1",
            "every month on the last of the 28th and 29th",
        ),
        ("FREQ=YEARLY", "every year"),
        ("FREQ=YEARLY;BYMONTH=1;BYMONTHDAY=5", "every year on 5 January"),
        ("FREQ=YEARLY;BYMONTH=1,7;BYMONTHDAY=5", "every year on 5 January and 5 July"),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=-1", "every year on the last day of February"),
        ("FREQ=YEARLY;INTERVAL=2;BYMONTH=11;BYDAY=4TH", "every 2 years on the 4th Thursday of November"),
        ("FREQ=YEARLY;BYDAY=-1FR", "every year on the last Friday of the year"),
        ("FREQ=YEARLY;BYYEARDAY=100,-1", "every year on the last and 100th day of the year"),
        ("FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO", "every year on Monday in week 20"),
        (
            "RSCALE=GREGORIAN;FREQ=MONTHLY;BYMONTHDAY=31;SKIP=OMIT",
            "every month on the 31st, skipping months without that day",
        ),
    ],
)
def test_a_rule_is_said_in_english(rule: str, sentence: str) -> None:
    assert describe(parse_rrule(rule)) == sentence


@pytest.mark.parametrize(
    ("rule", "start", "sentence"),
    [
        ("FREQ=WEEKLY", date(2026, 11, 20), "every Friday"),
        ("FREQ=WEEKLY;INTERVAL=2", date(2026, 11, 20), "every 2 weeks on Friday"),
        ("FREQ=MONTHLY", date(2026, 1, 31), "every month on the 31st"),
        ("FREQ=YEARLY", date(2026, 1, 5), "every year on 5 January"),
        ("FREQ=YEARLY;BYMONTH=2,8", date(2026, 2, 5), "every year on 5 February and 5 August"),
        ("FREQ=DAILY", date(2026, 1, 5), "every day"),
        (
            "FREQ=DAILY;BYMINUTE=0,30",
            datetime.fromisoformat("2026-01-05T09:15"),
            "every day at 09:00 and 09:30",
        ),
    ],
)
def test_what_a_rule_leaves_open_is_said_from_its_start(rule: str, start: date, sentence: str) -> None:
    assert describe(parse_rrule(rule), start) == sentence


@pytest.mark.parametrize(
    ("rule", "sentence"),
    [
        ("FREQ=DAILY;INTERVAL=3", "every 3 days after completion"),
        ("FREQ=WEEKLY;UNTIL=20261231", "every week after completion until 31 December 2026"),
        ("FREQ=MONTHLY;COUNT=4", "every month after completion, 4 times"),
    ],
)
def test_counting_from_completion_is_said_and_the_start_means_nothing_then(rule: str, sentence: str) -> None:
    by_completion = replace(parse_rrule(rule), basis=Basis.COMPLETION)

    assert describe(by_completion, date(2026, 1, 31)) == sentence
