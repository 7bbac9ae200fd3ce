"""Cursors: sealed positions."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from src.core.pagination import InvalidCursor, decode_cursor, encode_cursor, instant_from_cursor

KEY = b"k" * 32
POSITIONS = st.lists(st.text() | st.integers(-(2**53), 2**53) | st.none(), max_size=4)


@given(POSITIONS, st.text(max_size=30))
def test_a_cursor_gives_back_what_went_in(position: list[object], order: str) -> None:
    cursor = encode_cursor(KEY, order, position)

    assert decode_cursor(KEY, order, cursor) == position
    assert cursor.isascii()
    assert not set(cursor) & set("+/=")


@given(POSITIONS, st.integers(min_value=0), st.integers(1, 63))
def test_no_character_of_a_cursor_can_be_changed(position: list[object], place: int, step: int) -> None:
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    cursor = encode_cursor(KEY, "title:asc", position)
    place %= len(cursor) - 1  # The last one may hold bits that say nothing.
    other = alphabet[(alphabet.index(cursor[place]) + step) % 64]

    with pytest.raises(InvalidCursor):
        decode_cursor(KEY, "title:asc", cursor[:place] + other + cursor[place + 1 :])


@given(st.text())
def test_what_was_made_up_is_refused(cursor: str) -> None:
    with pytest.raises(InvalidCursor):
        decode_cursor(KEY, "title:asc", cursor)


@pytest.mark.parametrize(("key", "order"), [(b"x" * 32, "title:asc"), (KEY, "title:desc")])
def test_a_cursor_of_another_user_or_order_is_refused(key: bytes, order: str) -> None:
    cursor = encode_cursor(KEY, "title:asc", ["a", 1])

    with pytest.raises(InvalidCursor):
        decode_cursor(key, order, cursor)


def test_an_instant_survives_the_cursor_to_the_microsecond() -> None:
    instant = datetime(2026, 11, 21, 10, 0, 0, 123456, tzinfo=UTC)

    (value,) = decode_cursor(KEY, "o", encode_cursor(KEY, "o", [instant]))

    assert instant_from_cursor(value) == instant
