"""Schemas made small say less, and nothing wrong."""

from typing import Annotated, Any

import pytest
from pydantic import BaseModel, Field

from mcp_server.compact import compact_input, compact_output


class Inner(BaseModel):
    """Deep."""

    number: int


class Leaf(BaseModel):
    """One level down."""

    name: Annotated[str, Field(description="A name.", examples=["x"])]
    inner: Inner | None = None


class Answer(BaseModel):
    """The top."""

    leaf: Leaf
    leaves: list[Leaf] = []
    total: int | None = None


def test_an_answer_is_told_two_levels_deep() -> None:
    compact = compact_output(Answer.model_json_schema())

    assert compact == {
        "type": "object",
        "properties": {
            "leaf": {"$ref": "#/$defs/Leaf"},
            "leaves": {"type": "array", "items": {"$ref": "#/$defs/Leaf"}},
            "total": {"type": ["integer", "null"]},
        },
        "required": ["leaf"],
        "$defs": {
            "Leaf": {
                "type": "object",
                "properties": {"name": {"type": "string"}, "inner": {"type": ["object", "null"]}},
            }
        },
    }


def test_what_no_tool_takes_is_not_told_of_a_task() -> None:
    untold = {name: {"type": "string"} for name in ("user_id", "due_timezone", "version")}
    task = {"type": "object", "properties": {"title": {"type": "string"}} | untold}
    schema = {"type": "object", "properties": {"task": {"$ref": "#/$defs/Task"}}, "$defs": {"Task": task}}

    compact = compact_output(schema)

    assert compact["$defs"]["Task"]["properties"] == {"title": {"type": "string"}}


def test_a_property_may_be_called_like_a_keyword_of_schemas() -> None:
    properties = {"title": {"title": "Title", "type": "string"}, "default": {"type": "integer"}}

    compact = compact_input({"type": "object", "properties": properties, "required": ["title"]})

    assert compact["properties"] == {"title": {"type": "string"}, "default": {"type": "integer"}}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"anyOf": [{"type": "string"}, {"type": "null"}], "default": None}, {"type": "string"}),
        (
            {"anyOf": [{"$ref": "#/$defs/E"}, {"type": "null"}], "default": None},
            {"enum": ["a"], "type": "string"},
        ),
        (
            {"anyOf": [{"type": "string"}, {"type": "integer"}, {"type": "null"}], "default": None},
            {"type": ["string", "integer"]},
        ),
        (
            {"anyOf": [{"type": "array", "items": {"$ref": "#/$defs/E"}}, {"type": "null"}], "default": None},
            {"type": "array", "items": {"enum": ["a"], "type": "string"}},
        ),
        ({"type": "integer", "default": 50, "minimum": 1}, {"type": "integer", "default": 50}),
        ({"$ref": "#/$defs/E", "default": "a"}, {"enum": ["a"], "type": "string", "default": "a"}),
        (
            {"anyOf": [{"type": "string"}, {"type": "null"}], "description": "Or nothing."},
            {"type": ["string", "null"], "description": "Or nothing."},
        ),
    ],
)
def test_an_argument_keeps_what_a_model_needs(given: dict[str, Any], expected: dict[str, Any]) -> None:
    definitions = {"E": {"enum": ["a"], "type": "string", "title": "E", "description": "Letters."}}

    compact = compact_input({"properties": {"argument": given}, "$defs": definitions})

    assert compact["properties"]["argument"] == expected
