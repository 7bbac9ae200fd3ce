"""Recurrence as clients write and read it."""

from dataclasses import replace
from datetime import date, datetime, time
from typing import Annotated, Any, Self
from zoneinfo import ZoneInfo

from pydantic import (
    BaseModel,
    BeforeValidator,
    Discriminator,
    Field,
    StringConstraints,
    Tag,
    model_validator,
)

from src.core.errors import FieldError
from src.core.schemas import DayOrInstant, Instant, RequestModel, Written, day_of
from src.preferences.schemas import TimezoneName
from src.recurrence.rfc5545 import format_rrule, parse_rrule
from src.recurrence.rule import (
    Basis,
    CatchUp,
    Frequency,
    InvalidRule,
    RecurrenceRule,
    Weekday,
    WeekdayPosition,
)
from src.recurrence.sentence import describe
from src.recurrence.wall_time import to_wall
from src.tasks.pattern import Pattern


def _lowered(value: Any) -> Any:
    return value.strip().lower() if isinstance(value, str) else value


def _weekday(value: Any) -> Any:
    """`mon`, `Monday` and RFC 5545's `MO` are one day."""
    if not isinstance(value, str):
        return value
    folded = value.strip().lower()
    return next((day for day in Weekday if len(folded) > 1 and folded in _names(day)), folded)


def _names(day: Weekday) -> set[str]:
    full = {"mon": "monday", "tue": "tuesday", "wed": "wednesday", "thu": "thursday"}
    full |= {"fri": "friday", "sat": "saturday", "sun": "sunday"}
    return {day.value, day.value[:2], full[day.value]}


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, int | str) else value


AnyCaseFrequency = Annotated[Frequency, BeforeValidator(_lowered)]
AnyWeekday = Annotated[Weekday, BeforeValidator(_weekday)]
RuleText = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]


class RuleFields(RequestModel):
    """A rule by its fields, or by RFC 5545 text."""

    frequency: AnyCaseFrequency | None = Field(default=None, examples=["monthly"])
    interval: int = 1
    weekdays: list[AnyWeekday] = Field(default=[])
    month_days: list[int] = Field(default=[])
    months: list[int] = Field(default=[])
    set_position: Annotated[list[int], BeforeValidator(_listed)] = Field(default=[])
    until: Annotated[datetime | date | None, Written] = Field(default=None, union_mode="left_to_right")
    rule: RuleText | None = Field(default=None, examples=["FREQ=MONTHLY;BYMONTHDAY=1"])
    basis: Annotated[Basis, BeforeValidator(_lowered)] = Basis.DUE_DATE
    catch_up: Annotated[CatchUp, BeforeValidator(_lowered)] = CatchUp.NEXT_FUTURE

    def to_rule(self, zone: ZoneInfo, *, count: int | None = None) -> RecurrenceRule:
        """The rule in the zone of its series.

        Raises:
            InvalidRule: nothing, or nothing that can be followed, is said.
        """
        if self.rule is not None:
            parsed = parse_rrule(self.rule, zone)
            return replace(parsed, basis=self.basis, catch_up=self.catch_up)
        if self.frequency is None:
            message = "Give `frequency` (daily, weekly, monthly, yearly) or an RFC 5545 `rule`."
            raise InvalidRule([FieldError("recurrence", message)])
        return RecurrenceRule(
            self.frequency,
            interval=self.interval,
            weekdays=tuple(WeekdayPosition(day) for day in self.weekdays),
            month_days=tuple(self.month_days),
            months=tuple(self.months),
            set_position=tuple(self.set_position),
            until=_on_the_wall(self.until, zone),
            count=count,
            basis=self.basis,
            catch_up=self.catch_up,
        )


def _on_the_wall(until: date | None, zone: ZoneInfo) -> date | None:
    """An end given as an instant, on the wall of the series' zone; midnight alone is the whole day."""
    if isinstance(until, datetime):
        wall = to_wall(until, zone) if until.tzinfo else until
        return wall if wall.time() != time.min else wall.date()
    return until


class RecurrenceFields(RuleFields):
    """How a task repeats."""

    count: int | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        said = self.model_fields_set - {"basis", "catch_up"}
        if self.rule is not None and said != {"rule"}:
            raise ValueError("`rule` says it all; leave the other fields out, but for basis and catch_up.")
        return self


def _way(said: Any) -> str:
    return "in_words" if isinstance(said, str) else "in_fields"


Recurrence = Annotated[
    Annotated[RecurrenceFields, Tag("in_fields")] | Annotated[RuleText, Tag("in_words")],
    Discriminator(_way),
    Field(
        description='Fields, `{"rule": "FREQ=…"}`, or a sentence such as `every 2 weeks on friday`.',
        examples=["every 2 weeks on friday"],
    ),
]


class RecurrenceRead(BaseModel):
    """The pattern of a series."""

    frequency: Frequency
    interval: int
    weekdays: list[str]
    month_days: list[int]
    months: list[int]
    set_position: list[int] | int | None
    until: Annotated[date | datetime, BeforeValidator(day_of)] | None
    count: int | None
    basis: Basis
    catch_up: CatchUp
    rule: str = Field(description="RFC 5545.", examples=["FREQ=WEEKLY;INTERVAL=2;BYDAY=FR"])
    text: str = Field(description="The same in English.", examples=["every 2 weeks on Friday"])
    timezone: str
    starts_at: DayOrInstant


def read_pattern(pattern: Pattern) -> RecurrenceRead:
    rule = pattern.rule
    positions = list(rule.set_position)
    return RecurrenceRead(
        frequency=rule.frequency,
        interval=rule.interval,
        weekdays=[_position_text(position) for position in rule.weekdays],
        month_days=list(rule.month_days),
        months=list(rule.months),
        set_position=positions[0] if len(positions) == 1 else positions or None,
        until=rule.until,
        count=rule.count,
        basis=rule.basis,
        catch_up=rule.catch_up,
        rule=format_rrule(rule),
        text=describe(rule, pattern.start),
        timezone=pattern.zone.key,
        starts_at=pattern.due(pattern.start).value,
    )


def _position_text(position: WeekdayPosition) -> str:
    return f"{position.ordinal or ''}{position.weekday.value}"


class OccurrenceDate(BaseModel):
    """A date of a series."""

    number: int
    due_date: Instant | date
    due_text: str


class Occurrences(BaseModel):
    """The next dates of a task's series."""

    task_id: int
    series_id: int
    recurrence: RecurrenceRead
    occurrences: list[OccurrenceDate]


class PreviewRequest(RuleFields):
    """A rule to look at before anything is stored: a sentence, fields or RFC 5545 text."""

    text: RuleText | None = Field(default=None, examples=["every 3rd friday at 5pm"])
    start: Annotated[str, StringConstraints(max_length=200)] | None = Field(
        default=None, examples=["2026-12-01T09:00:00"]
    )
    timezone: TimezoneName | None = None
    count: Annotated[int, Field(ge=1, le=100)] = Field(default=10, description="How many dates to show.")

    def rule_fields(self) -> RecurrenceFields:
        """The rule that the fields say."""
        given = {name: getattr(self, name) for name in self.model_fields_set & set(RuleFields.model_fields)}
        return RecurrenceFields.of(**given)


class Preview(BaseModel):
    """What a rule means."""

    text: str
    rule: str
    recurrence: RecurrenceRead
    dates: list[Instant | date]
