"""The drawings themselves."""

from datetime import date, timedelta
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest

from src.analytics.burnup import draw_burnup
from src.analytics.drawing import labelled_svg, text
from src.analytics.heatmap import draw_heatmap, level_of

SVG = "{http://www.w3.org/2000/svg}"


def parsed(svg: str) -> ET.Element:
    return ET.fromstring(svg)  # noqa: S314 - this is what the test has just drawn.


def cells(svg: str) -> dict[str, ET.Element]:
    days = [rect for rect in parsed(svg).iter(f"{SVG}rect") if rect.get("role") == "listitem"]
    return {rect.findtext(f"{SVG}title", ""): rect for rect in days}


def texts(svg: str) -> list[str]:
    return [element.text or "" for element in parsed(svg).iter(f"{SVG}text")]


@pytest.mark.parametrize(
    ("count", "level"), [(0, 0), (1, 1), (2, 2), (3, 2), (4, 3), (5, 3), (6, 4), (600, 4)]
)
def test_levels_are_those_of_the_contract(count: int, level: int) -> None:
    assert level_of(count) == level


def test_every_day_says_what_was_done_on_it() -> None:
    drawn = cells(draw_heatmap(2028, {date(2028, 2, 29): 5, date(2028, 3, 1): 1}, week_start=0))

    assert len(drawn) == 366
    assert drawn["Tuesday 29 February 2028: 5 tasks completed"].get("class") == "level-3"
    assert drawn["Wednesday 1 March 2028: 1 task completed"].get("class") == "level-1"
    assert drawn["Thursday 2 March 2028: no tasks completed"].get("class") == "level-0"


def test_a_heatmap_says_what_it_shows() -> None:
    svg = parsed(draw_heatmap(2026, {date(2026, 5, 1): 2, date(2025, 5, 1): 9}, week_start=0))

    assert svg.findtext(f"{SVG}title") == "Tasks completed in 2026"
    assert svg.findtext(f"{SVG}desc") == "2 tasks completed on 1 day of 2026."
    assert "prefers-color-scheme: dark" in svg.findtext(f"{SVG}style", "")


@pytest.mark.parametrize(
    ("week_start", "row_names"), [(0, ["Mon", "Wed", "Fri"]), (6, ["Sun", "Tue", "Thu"])]
)
def test_rows_begin_with_the_users_first_day_of_the_week(week_start: int, row_names: list[str]) -> None:
    svg = draw_heatmap(2026, {}, week_start=week_start)

    assert texts(svg)[1:4] == row_names
    top = min(int(rect.get("y", "")) for rect in cells(svg).values())
    first = [title for title, rect in cells(svg).items() if rect.get("y") == str(top)]
    assert {title[:3] for title in first} == {row_names[0]}


@pytest.mark.parametrize("year", range(2020, 2032))
def test_no_two_days_of_any_year_share_a_place_and_all_lie_within_the_picture(year: int) -> None:
    svg = draw_heatmap(year, {}, week_start=year % 7)

    places = {(int(rect.get("x", "")), int(rect.get("y", ""))) for rect in cells(svg).values()}
    assert len(places) == len(cells(svg))
    assert max(x for x, _ in places) + 12 <= int(parsed(svg).get("width", ""))


def test_a_burn_up_counts_from_the_first_day_on() -> None:
    start = date(2026, 11, 1)
    created = {start - timedelta(days=1): 50, start: 3, start + timedelta(days=2): 1}

    svg = draw_burnup(start, start + timedelta(days=3), created, {start + timedelta(days=1): 2})

    assert parsed(svg).findtext(f"{SVG}desc") == (
        "From 1 November 2026 to 4 November 2026: 4 created, 2 completed."
    )
    heights = {line.get("class", ""): rises(line) for line in parsed(svg).iter(f"{SVG}polyline")}
    assert heights == {"line created": [0, 3, 3, 4, 4], "line completed": [0, 0, 2, 2, 2]}


def rises(line: ET.Element) -> list[int]:
    """The heights of a line's points over its first, where a task is 55 high."""
    heights = [float(point.split(",")[1]) for point in line.get("points", "").split()]
    return [round((heights[0] - height) / 55) for height in heights]


@pytest.mark.parametrize("highest", [0, 1, 4, 5, 17, 244, 999, 12_345])
def test_the_scale_is_round_and_holds_the_line(highest: int) -> None:
    day = date(2026, 11, 21)

    svg = draw_burnup(day, day, {day: highest}, {})

    scale = [int(label) for label in texts(svg)[1:6]]
    assert scale[0] == 0
    assert scale[-1] >= highest
    assert {after - before for before, after in pairwise(scale)} == {scale[1]}
    assert len(str(scale[1]).rstrip("0")) == 1


def test_two_centuries_stay_a_small_picture() -> None:
    svg = draw_burnup(date(1900, 1, 1), date(2200, 12, 31), {date(2026, 1, 1): 1}, {})

    assert len(svg) < 25_000


def test_text_is_escaped() -> None:
    svg = labelled_svg(10, 10, "<script>", '"&"')
    text(svg, 0, 0, "</svg><b>")

    written = ET.tostring(svg, encoding="unicode")

    assert "<script>" not in written
    assert "<b>" not in written
    assert parsed(written).findtext(f"{SVG}text") == "</svg><b>"
