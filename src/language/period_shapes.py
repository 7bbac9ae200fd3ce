"""The shapes of calendar stretches and of days told by them, in the order in which they are tried."""

from src.language.days import bare_weekday
from src.language.items import Item
from src.language.periods import (
    after_next,
    day_of,
    end_of,
    first_span,
    month,
    nth_in,
    piece_of_day,
    piece_of_days,
    piece_of_unit,
    quarter,
    season,
    span_after_moment,
    span_beside,
    unit,
    week_with,
    weekend,
    year,
    years,
)
from src.language.shapes import Shape, Table
from src.language.values import Day, Env, Moment

_STRETCHES: Table = Table(
    [
        Shape("endof", "day", end_of),
        Shape(
            "(by|at)? the? fraction of? (the|this|a)? (unit|quarter) (?!of|after|unknown)",
            "day",
            piece_of_unit,
        ),
        Shape("the? (ordinal|second) quarter (?!of the? (this|next|last|coming)) (YEAR)?", "days", quarter),
        Shape("yearly_quarter (YEAR)?", "days", quarter),
        Shape("year (dash|hyphen|of)? yearly_quarter", "days", quarter),
        Shape(
            "the? this? (this|next|last|coming) adjective? (unit|quarter) (?!after|of|in the? "
            "(month|this|next|last|coming|year))",
            "days",
            unit,
        ),
        Shape("the? (unit|weekend) after next", "days", after_next),
        Shape(
            "(this|the|on|at|for)? (this|next|last|coming|the)? (last|coming)? weekend (?!of)",
            "days",
            weekend,
        ),
        Shape("(this|next|last|coming) month", "days", month),
        Shape("month (comma|of|hyphen|dash|slash|in)? year", "days", month),
        Shape("month number (?!clock|meridiem|of|unit|oclock)", "days", month),
        Shape("month", "days", month),
        Shape("(in the?|this|next|last|coming) season ((of|in)? year)?", "days", season),
        Shape("season ((of|in)? year)?", "days", season),
        Shape("(from|between|in) year (TO|and) year", "days", years),
        Shape("year dash year", "days", lambda found: years(found) if found.items[1].text == "~" else None),
        Shape(
            "(?<!year|repeat) (in|by|since|until|before|after|from|between|to) the? unit? year "
            "(?!unit|unknown|number)",
            "days",
            year,
        ),
        Shape("(?<=until) year", "days", year),
        Shape("hence in? (the|this) unit", "day", piece_of_unit),
        Shape("ago this unit", "day", piece_of_unit),
        Shape("(in|for) the (unit) (?!of|unknown|after|before)", "days", unit),
    ]
)
_PIECES: Table = Table(
    [
        Shape("(at|in|by|on)? the? fraction (of|in|hyphen)? around? the? (days|year)", "day", piece_of_days),
        Shape("(at|in|by)? the? fraction of the? day", "day", piece_of_day),
        Shape(
            "on? the? NTH (to the)? last? (WEEKDAY|unit|quarter) (of|in|from|comma) the? (days|year)",
            "day",
            nth_in,
        ),
        Shape("the? (last|ordinal) span (of|in) the? (days|year)", "days", first_span),
        Shape("on? the? DATE (of|in) the? days", "day", day_of),
        Shape("on? WEEKDAY (of|in|from|comma)? the? days", "day", day_of),
        Shape("days (comma|dash|on)? the? WEEKDAY", "day", day_of),
        Shape("the? (unit|weekend) of the? day", "days", week_with),
        Shape("week_of the? day", "days", week_with),
        Shape("weekday (?!(of|in) the? (ordinal|second|last) (unit|of))", "day", bare_weekday),
        Shape(
            "unit number (of days|of? year)?",
            "days",
            lambda found: (
                week_with(found) if found.get("unit") == "week" and found.has("days", "year") else None
            ),
        ),
    ]
)
_BESIDE: Table = Table(
    [
        Shape("(in|on)? (a|the)? span (after|before|from|hence) the? (day|days)", "day", span_beside),
        Shape("the? unit (after|before) the? day", "day", span_beside),
        Shape("span (after|before|from) moment", "moment", span_after_moment),
    ]
)


def fold_stretches(items: list[Item], env: Env) -> list[Item]:
    """The line with every week, month, quarter, season and year as one item."""
    return _STRETCHES.fold(items, env)


def fold_pieces(items: list[Item], env: Env) -> list[Item]:
    """The line with every day that is told by a stretch or by another day as one item."""
    pieces = [_by_value(item) for item in _PIECES.fold(items, env)]
    pieces = [_by_value(item) for item in _PIECES.fold(pieces, env)]
    return [_by_value(item) for item in _BESIDE.fold(pieces, env)]


def _by_value(item: Item) -> Item:
    if (
        isinstance(item.value, Day)
        and item.value.last
        and item.kind == "day"
        and item.value.last != item.value.on
    ):
        return item._replace(kind="days")
    return item._replace(kind="moment") if isinstance(item.value, Moment) else item
