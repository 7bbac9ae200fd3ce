"""Schemas small enough for a model's context: a client that lists the tools pays for every character."""

from collections.abc import Iterator
from typing import Any, TypeAlias

Schema: TypeAlias = dict[str, Any]

_DEFINITIONS = "#/$defs/"
_NULL = {"type": "null"}
# Bounds are left to the errors, which name them.
_INPUT_KEYS = frozenset({"anyOf", "default", "description", "enum", "items", "properties", "type"})
_OUTPUT_KEYS = frozenset({"items", "properties", "type", "anyOf"})
# They come back with every task, but no tool takes them: whose it is, the zone of its time, its version.
_UNTOLD = frozenset({"user_id", "due_timezone", "version"})


def compact_input(schema: Schema) -> Schema:
    """What may be sent: closed to unknown arguments; what is optional is left out, not sent as null."""
    definitions = schema.get("$defs", {})
    properties = {
        name: _without_null(_reduced(inner, definitions, _INPUT_KEYS))
        for name, inner in schema.get("properties", {}).items()
    }
    compact = {"type": "object", "properties": properties, "additionalProperties": False}
    return compact | ({"required": schema["required"]} if schema.get("required") else {})


def compact_output(schema: Schema) -> Schema:
    """What comes back, two levels deep and types only: a model reads the values, which say the rest."""
    definitions = schema.get("$defs", {})
    used = {name: definitions[name] for name in _references(schema) if _is_object(definitions[name])}
    compact = _reduced(schema, definitions, _OUTPUT_KEYS, kept=frozenset(used))
    if used:
        compact["$defs"] = {
            name: _told(_reduced(inner, definitions, _OUTPUT_KEYS)) for name, inner in used.items()
        }
    return compact | ({"required": schema["required"]} if schema.get("required") else {})


def _told(schema: Schema) -> Schema:
    properties = schema.get("properties", {})
    return schema | {"properties": {name: properties[name] for name in properties if name not in _UNTOLD}}


def _references(node: Any) -> Iterator[str]:
    """The definitions that a schema names itself, not those that they name."""
    if isinstance(node, list):
        for inner in node:
            yield from _references(inner)
    elif isinstance(node, dict):
        if "$ref" in node:
            yield node["$ref"].removeprefix(_DEFINITIONS)
        for key, inner in node.items():
            if key != "$defs":
                yield from _references(inner)


def _reduced(
    node: Schema, definitions: Schema, keys: frozenset[str], *, kept: frozenset[str] = frozenset()
) -> Schema:
    if "$ref" in node:
        return _resolved(node, definitions, keys, kept)
    reduced = {key: value for key, value in node.items() if key in keys}
    if "properties" in reduced:
        reduced["properties"] = {
            name: _reduced(inner, definitions, keys, kept=kept)
            for name, inner in reduced["properties"].items()
        }
    if "items" in reduced:
        reduced["items"] = _reduced(reduced["items"], definitions, keys, kept=kept)
    if "anyOf" in reduced:
        options = [_reduced(option, definitions, keys, kept=kept) for option in reduced.pop("anyOf")]
        reduced |= _one_of(options)
    return reduced


def _resolved(node: Schema, definitions: Schema, keys: frozenset[str], kept: frozenset[str]) -> Schema:
    """Small definitions stand where they are used; an object that is not kept is only called one."""
    name = node["$ref"].removeprefix(_DEFINITIONS)
    beside = {key: value for key, value in node.items() if key in keys}
    if name in kept:
        return {"$ref": node["$ref"]}
    if _is_object(definitions[name]):
        return {"type": "object"} | beside
    named = {key: value for key, value in definitions[name].items() if key != "description"}
    return _reduced(named, definitions, keys) | beside


def _is_object(schema: Schema) -> bool:
    return schema.get("type") == "object"


def _one_of(options: list[Schema]) -> Schema:
    """`anyOf` plain types as one list of types."""
    if all(set(option) == {"type"} for option in options):
        types = list(dict.fromkeys(option["type"] for option in options))
        return {"type": types if len(types) > 1 else types[0]}
    others = [option for option in options if option != _NULL]
    if len(others) == 1 and isinstance(others[0].get("type"), str) and "enum" not in others[0]:
        return others[0] | {"type": [others[0]["type"], "null"]}
    return {"anyOf": options}


def _without_null(schema: Schema) -> Schema:
    """An argument that may be left out need not say that it may be null too."""
    if "default" not in schema or schema["default"] is not None:
        return schema
    kept = {key: value for key, value in schema.items() if key not in ("default", "anyOf")}
    if isinstance(kept.get("type"), list):
        types = [name for name in kept["type"] if name != "null"]
        return kept | {"type": types[0] if len(types) == 1 else types}
    options = [option for option in schema.get("anyOf", []) if option != _NULL]
    return kept | (options[0] if len(options) == 1 else {"anyOf": options} if options else {})
