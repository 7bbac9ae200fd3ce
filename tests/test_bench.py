"""What the bench makes of what it measures."""

import pytest

from bench.beside import Comparison, Figures, shape_of
from bench.load import percentiles
from bench.report import Check, Section, as_json, verdicts
from bench.requests import chat_request, request


def figures() -> Figures:
    return Figures(throughput=900, p50=0.016, p99=0.030, cpu_us=400, postgres_us=100)


def compared(ratio: float, cpu_ratio: float) -> Comparison:
    return Comparison("list", figures(), figures(), ratio=ratio, cpu_ratio=cpu_ratio, target=0.9)


@pytest.mark.parametrize(("ratio", "cpu_ratio", "holds"), [(0.9, 0.6, True), (0.89, 0.6, False)])
def test_an_operation_reaches_its_share_or_not(ratio: float, cpu_ratio: float, holds: bool) -> None:
    throughput, cpu = compared(ratio, cpu_ratio).checks()

    assert (throughput.holds, cpu.holds) == (holds, True)


def test_no_share_of_the_processor_may_be_too_small() -> None:
    throughput, cpu = compared(1.0, 0.59).checks()

    assert (throughput.holds, cpu.holds) == (True, False)


def test_an_operation_without_a_limit_has_no_bounds_and_a_row_as_wide_as_the_others() -> None:
    alone = Comparison("mcp", figures())

    assert list(alone.checks()) == []
    assert len(alone.row()) == len(compared(1, 1).row())


def test_a_bound_says_whether_it_holds() -> None:
    assert str(Check("an idle stream", 34, 40, unit=" KiB")) == "holds   an idle stream: 34 KiB (<= 40 KiB)"
    assert str(Check("list", 0.5, 0.9, is_least=True)) == "MISSED  list: 0.5 (>= 0.9)"


def test_a_section_is_a_table_whose_columns_stand_under_each_other() -> None:
    section = Section("Growth", ["", "100", "1,000"], [["list", "1.0", "12.0"], ["get", "0.5", "0.5"]])

    assert str(section) == "\nGrowth\n      100  1,000\nlist  1.0   12.0\nget   0.5    0.5"


def test_the_json_and_the_verdicts_hold_every_bound() -> None:
    section = Section("Growth", [""], [], [Check("growth of list", 2, 1.5)], {"list": 2})

    assert b'"holds": false' in as_json({"cores": 2}, [section])
    assert "MISSED  growth of list" in verdicts([section])


def test_answers_of_one_shape_have_the_same_names_and_types() -> None:
    answer = {"id": 7, "tags": ["home"], "due_date": None}

    assert shape_of(answer) == shape_of({"id": 8, "tags": ["work"], "due_date": None})
    assert shape_of(answer) != shape_of({"id": 8, "tags": ["work"], "due_date": "2026-11-21"})


def test_percentiles_of_few_and_of_many() -> None:
    assert percentiles([0.5]) == (0.5, 0.5)
    assert percentiles([each / 100 for each in range(101)]) == pytest.approx((0.5, 0.99))


def test_a_request_says_how_long_its_body_is() -> None:
    head, _, body = request("PATCH", "/api/me/tasks/1", "token", {"title": "Ähnlich"}).partition(b"\r\n\r\n")

    assert head.startswith(b"PATCH /api/me/tasks/1 HTTP/1.1\r\n")
    assert f"Content-Length: {len(body)}".encode() in head
    assert b"text/event-stream" in chat_request("token", "Hello", is_streamed=True)
