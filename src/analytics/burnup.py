"""Created against completed, day by day, as a line chart; pure, and valid SVG 1.1 by construction."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from itertools import accumulate
from math import ceil
from xml.etree.ElementTree import Element, SubElement, tostring

from src.analytics.drawing import labelled_svg, text

_WIDTH, _HEIGHT = 760, 300
_LEFT, _RIGHT, _TOP, _BOTTOM = 48, 96, 44, 36
_GRID_LINES = 4
_ROUND_STEPS = (1, 2, 3, 4, 5, 6, 8, 10)
_DATES = 6
_MIN_NAME_DISTANCE = 14
_MAX_POINTS = 400


def draw_burnup(start: date, end: date, created: Mapping[date, int], completed: Mapping[date, int]) -> str:
    """How many tasks were created and completed since the first day, both counted from nothing.

    The mappings are counts by calendar day; days outside `start` to `end`, both inclusive, are left out.
    """
    days = [start + timedelta(days=n) for n in range((end - start).days + 1)]
    lines = [
        list(accumulate((counts.get(day, 0) for day in days), initial=0)) for counts in (created, completed)
    ]
    svg = labelled_svg(
        _WIDTH,
        _HEIGHT,
        "Tasks created and completed",
        f"From {_spoken(start)} to {_spoken(end)}: {lines[0][-1]} created, {lines[1][-1]} completed.",
    )
    text(svg, 12, 24, f"{lines[0][-1]} created, {lines[1][-1]} completed", "heading")
    top = _round_scale(max(lines[0][-1], lines[1][-1]))
    _rule(svg, top)
    _date(svg, days)
    for name, counts in zip(("created", "completed"), lines, strict=True):
        _draw_line(svg, name, counts, top)
    _name_lines(svg, lines, top)
    return tostring(svg, encoding="unicode")


def _round_scale(highest: int) -> int:
    """The scale's end: a number that the grid lines divide into round steps."""
    step = ceil(highest / _GRID_LINES)
    unit = 1
    while step > 10 * unit:
        unit *= 10
    return _GRID_LINES * unit * next(digit for digit in _ROUND_STEPS if digit * unit >= step)


def _rule(svg: Element, top: int) -> None:
    for line in range(_GRID_LINES + 1):
        count = top * line // _GRID_LINES
        y = f"{_y(count, top):.1f}"
        SubElement(
            svg, "line", {"class": "grid", "x1": str(_LEFT), "x2": str(_WIDTH - _RIGHT), "y1": y, "y2": y}
        )
        text(svg, _LEFT - 8, _y(count, top) + 4, str(count), anchor="end")


def _date(svg: Element, days: Sequence[date]) -> None:
    marks = min(_DATES, len(days))
    for mark in range(marks):
        place = (len(days) - 1) * mark // max(1, marks - 1)
        day = days[place]
        text(svg, _x(place + 1, len(days)), _HEIGHT - 12, f"{day.day} {day:%b} {day.year}", anchor="middle")


def _draw_line(svg: Element, name: str, counts: Sequence[int], top: int) -> None:
    stride = ceil(len(counts) / _MAX_POINTS)
    places = sorted({*range(0, len(counts), stride), len(counts) - 1})
    points = " ".join(f"{_x(place, len(counts) - 1):.1f},{_y(counts[place], top):.1f}" for place in places)
    line = SubElement(svg, "polyline", {"class": f"line {name}", "points": points})
    SubElement(line, "title").text = f"{counts[-1]} {name}"


def _name_lines(svg: Element, lines: Sequence[Sequence[int]], top: int) -> None:
    """Each line is named at its end, above or below the other where they meet."""
    created, completed = (_y(counts[-1], top) + 4 for counts in lines)
    distance = _MIN_NAME_DISTANCE - abs(completed - created)
    if distance > 0:
        direction = 1 if completed >= created else -1
        created -= direction * distance / 2
        completed += direction * distance / 2
    text(svg, _WIDTH - _RIGHT + 8, created, "Created", "created-name")
    text(svg, _WIDTH - _RIGHT + 8, completed, "Completed", "completed-name")


def _x(place: int, days: int) -> float:
    """Place 0 is the beginning of the first day, every other the end of one."""
    return _LEFT + (_WIDTH - _RIGHT - _LEFT) * place / days


def _y(count: int, top: int) -> float:
    return _HEIGHT - _BOTTOM - (_HEIGHT - _BOTTOM - _TOP) * count / top


def _spoken(day: date) -> str:
    return f"{day.day} {day:%B} {day.year}"
