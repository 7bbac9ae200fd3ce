"""What a personal access token looks like."""

import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from src.personal_tokens.secret import hash_of, hint_of, is_well_formed, new_token

BASE62 = string.ascii_letters + string.digits
KNOWN = "todo_pat_000000000000000000000000000000014TvpP0"


def test_a_token_is_recognised_by_its_prefix_and_its_shape() -> None:
    token = new_token()

    assert re.fullmatch("todo_pat_[0-9A-Za-z]{38}", token)
    assert is_well_formed(token)


def test_no_two_tokens_are_alike() -> None:
    tokens = {new_token() for _ in range(200)}

    assert len(tokens) == len({hash_of(token) for token in tokens}) == 200
    assert len({token[9:13] for token in tokens}) > 190


def test_the_checksum_stays_what_it_was() -> None:
    assert is_well_formed(KNOWN)


@given(st.integers(9, 46), st.sampled_from(BASE62))
def test_one_wrong_character_anywhere_is_noticed(place: int, character: str) -> None:
    changed = KNOWN[:place] + character + KNOWN[place + 1 :]

    assert is_well_formed(changed) == (changed == KNOWN)


@pytest.mark.parametrize(
    "garbage",
    ["", "todo_pat_", KNOWN[:-1], KNOWN + "a", KNOWN + "\n", " " + KNOWN, KNOWN.upper(), KNOWN[:-1] + "é"],
)
def test_what_is_no_token_is_told_without_asking(garbage: str) -> None:
    assert not is_well_formed(garbage)


def test_a_hint_gives_only_the_end_away() -> None:
    assert hint_of(KNOWN) == "todo_pat_…vpP0"
