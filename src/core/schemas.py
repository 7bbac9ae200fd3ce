"""What every input and output schema shares."""

import difflib
import re
from datetime import UTC, date, datetime
from typing import Annotated, Any, ClassVar, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    PlainSerializer,
    ValidationError,
    model_validator,
)
from pydantic_core import PydanticCustomError

from src.core.errors import FieldError, InvalidInput

# NUL cannot be stored by PostgreSQL, and a lone surrogate is no character in any encoding.
_UNSTORABLE = re.compile(r"[\x00\ud800-\udfff]")


def _rfc3339(instant: datetime) -> str:
    """Without the zeros at the end of a fraction, as PostgreSQL writes it."""
    text = instant.astimezone(UTC).isoformat().removesuffix("+00:00")
    return f"{text.rstrip('0') if instant.microsecond else text}Z"


Instant = Annotated[datetime, PlainSerializer(_rfc3339, return_type=str, when_used="json")]
"""An aware datetime, written as RFC 3339 in UTC with `Z`."""


def day_of(value: Any) -> Any:
    """Text of a date alone as that date, which pydantic would take for its midnight."""
    return date.fromisoformat(value) if isinstance(value, str) and len(value) == _DATE_LENGTH else value


def _written(value: Any) -> Any:
    if isinstance(value, int | float) or (isinstance(value, str) and not _BEGINS_WITH_DAY.match(value)):
        raise ValueError("Write it as in 2026-11-21 or 2026-11-21T17:30:00Z.")
    return value


_DATE_LENGTH = len("2026-11-21")
_BEGINS_WITH_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
Written = BeforeValidator(_written)
"""Dates and instants written as such: pydantic takes numbers too, for seconds since 1970."""
DayOrInstant = Annotated[Instant | date, BeforeValidator(day_of)]
"""A calendar date, or an instant where a time of day was given."""


def nearest(name: str, known: list[str]) -> str:
    """The ending of a sentence that refuses an unknown name: the nearest known one, or all of them."""
    matches = difflib.get_close_matches(name.lower(), known, n=1, cutoff=0.5)
    if matches:
        return f"did you mean '{matches[0]}'?"
    return f"known are {', '.join(known)}." if known else "none is known here."


class RequestModel(BaseModel):
    """An input: refuses names it does not know, naming the nearest, and text that cannot be stored."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=False)
    _known: ClassVar[frozenset[str]] = frozenset()
    """The names of the fields, and those by which clients know them."""

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        cls._known = frozenset(cls.model_fields).union(cls._names_for_clients())

    @classmethod
    def _names_for_clients(cls) -> list[str]:
        return [field.alias or name for name, field in cls.model_fields.items()]

    @model_validator(mode="before")
    @classmethod
    def _known_and_storable(cls, given: Any) -> Any:
        if isinstance(given, dict):
            if not cls._known.issuperset(given):
                cls._refuse_unknown(given)
            for name, value in given.items():
                _refuse_unstorable(name, value)
        return given

    @classmethod
    def _refuse_unknown(cls, given: dict[Any, Any]) -> None:
        name = next(str(name) for name in given if name not in cls._known)
        message = "Unknown field '{field}': {hint}"
        context = {"field": name, "hint": nearest(name, cls._names_for_clients())}
        raise PydanticCustomError("unknown_field", message, context)

    def given(self) -> dict[str, Any]:
        """Only the fields that were sent."""
        return {name: getattr(self, name) for name in self.model_fields_set}

    @classmethod
    def of(cls, **values: Any) -> Self:
        """Validate values that are named in code.

        Raises:
            InvalidInput: a value does not fit its field.
        """
        try:
            return cls.model_validate(values)
        except ValidationError as error:
            fields = [field_error(detail) for detail in error.errors(include_url=False)]
            raise InvalidInput(fields[0].field, fields[0].message, *fields[1:]) from error


def _refuse_unstorable(name: Any, value: Any) -> None:
    """Look through a value and what it holds; what is wrong is told by the innermost name."""
    if isinstance(value, str):
        if _UNSTORABLE.search(value):
            message = "'{field}' holds a NUL or half a character, which no text can."
            raise PydanticCustomError("unstorable_text", message, {"field": str(name)})
    elif isinstance(value, dict):
        for key, inner in value.items():
            _refuse_unstorable(name, str(key))
            _refuse_unstorable(key, inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            _refuse_unstorable(name, inner)


def field_error(detail: Any) -> FieldError:
    """Pydantic's error detail as a field and a sentence."""
    if detail["type"] == "json_invalid":
        return FieldError("body", f"This is no JSON: {detail['ctx']['error']}.")
    if detail["type"] in ("model_attributes_type", "dict_type") and len(detail["loc"]) == 1:
        return FieldError("body", "Send a JSON object, with `Content-Type: application/json`.")
    path = [str(part) for part in detail["loc"] if part not in _NO_FIELDS]
    named = str(detail.get("ctx", {}).get("field", "")) if detail["type"] in _NAMES_ITS_FIELD else ""
    if named and named not in path:
        path.append(named)
    return FieldError(".".join(path) or "body", detail["msg"].removeprefix("Value error, "))


# Places of a value, and the two ways to write a recurrence: steps of pydantic's path that name no field.
_NO_FIELDS = {"body", "query", "path", "header", "in_fields", "in_words"}
_NAMES_ITS_FIELD = {"unknown_field", "unstorable_text"}
