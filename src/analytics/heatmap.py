"""A year of completions as a calendar picture; pure, and valid SVG 1.1 by construction."""

from collections.abc import Mapping
from datetime import date, timedelta
from xml.etree.ElementTree import Element, SubElement, tostring

from src.analytics.drawing import labelled_svg, text

_CELL, _GAP = 12, 3
_STEP = _CELL + _GAP
_LEFT, _TOP = 38, 46
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_LEVEL_STARTS = (1, 2, 4, 6)


def level_of(count: int) -> int:
    """How strongly a day is coloured: 0, 1, 2, 4 and 6 completions begin the levels 0 to 4."""
    return sum(count >= start for start in _LEVEL_STARTS)


def days_of(year: int) -> list[date]:
    """Every day of a year, in order."""
    first = date(year, 1, 1)
    return [first + timedelta(days=n) for n in range((date(year + 1, 1, 1) - first).days)]


def draw_heatmap(year: int, counts: Mapping[date, int], *, week_start: int) -> str:
    """A year at a glance: a column a week, a row a weekday, with a text for every day.

    `counts` are completions by calendar day, days of other years are left out; `week_start` is the weekday
    of the first row, Monday 0.
    """
    days = days_of(year)
    offset = (days[0].weekday() - week_start) % 7
    weeks = (offset + len(days) + 6) // 7
    width, height = _LEFT + weeks * _STEP + 8, _TOP + 7 * _STEP + 34
    total = sum(counts.get(day, 0) for day in days)
    active = sum(counts.get(day, 0) > 0 for day in days)
    svg = labelled_svg(
        width,
        height,
        f"Tasks completed in {year}",
        f"{_tasks(total)} completed on {_days(active)} of {year}.",
    )
    text(svg, 8, 20, f"{_tasks(total)} completed in {year}", "heading")
    _label_axes(svg, days, offset, week_start)
    _fill(svg, days, counts, offset)
    _explain(svg, width, height)
    return tostring(svg, encoding="unicode")


def _label_axes(svg: Element, days: list[date], offset: int, week_start: int) -> None:
    for row in (0, 2, 4):
        text(svg, 8, _TOP + row * _STEP + _CELL - 2, _WEEKDAYS[(week_start + row) % 7])
    for place, day in enumerate(days):
        if day.day == 1:
            column = -(-(place + offset) // 7)  # The first whole week of the month.
            text(svg, _LEFT + column * _STEP, _TOP - 8, _MONTHS[day.month - 1])


def _fill(svg: Element, days: list[date], counts: Mapping[date, int], offset: int) -> None:
    group = SubElement(svg, "g", {"role": "list", "aria-label": "Days"})
    for place, day in enumerate(days, start=offset):
        count = counts.get(day, 0)
        cell = _cell(group, _LEFT + place // 7 * _STEP, _TOP + place % 7 * _STEP, level_of(count))
        cell.set("role", "listitem")
        SubElement(cell, "title").text = f"{day:%A} {day.day} {day:%B} {day.year}: {_tasks(count)} completed"


def _explain(svg: Element, width: int, height: int) -> None:
    """The legend: less to more, at the bottom right."""
    group = SubElement(svg, "g", {"aria-hidden": "true"})
    left, baseline = width - 8 - 5 * _STEP - 64, height - 12
    text(group, left, baseline, "Less")
    for level in range(5):
        _cell(group, left + 30 + level * _STEP, baseline - _CELL + 2, level)
    text(group, left + 34 + 5 * _STEP, baseline, "More")


def _cell(parent: Element, x: int, y: int, level: int) -> Element:
    place = {"x": str(x), "y": str(y), "width": str(_CELL), "height": str(_CELL), "rx": "2"}
    return SubElement(parent, "rect", place | {"class": f"level-{level}"})


def _tasks(count: int) -> str:
    return f"{count or 'no'} task{'' if count == 1 else 's'}"


def _days(count: int) -> str:
    return f"{count or 'no'} day{'' if count == 1 else 's'}"
