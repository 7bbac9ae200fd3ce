"""Which passwords are taken, and for which reason the others are not."""

import pytest

from src.accounts.common_passwords import common_passwords
from src.accounts.errors import WeakPassword
from src.accounts.password_rules import normalised_password, require_strong

EMAIL, NAME = "lovelace@analytical.example", "Ada Byron King"


def reason_against(password: str) -> str | None:
    try:
        require_strong(password, email=EMAIL, name=NAME)
    except WeakPassword as weak:
        return weak.message
    return None


@pytest.mark.parametrize(
    "password",
    [
        "a quiet harbour",
        "onlyletters",
        "29035017",
        "        x",
        "pässwörter sind gut",
        "🐘🦒🐢🐝🦊🐼🐨🐯",
        "x9" * 8 + "y",
        "a" * 64 + "b" * 64,
        "lovelace and more of it",
        "ada12345678x",
    ],
)
def test_long_and_unusual_is_enough(password: str) -> None:
    assert reason_against(password) is None


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("", "at least 8"),
        ("sh0rt!?", "at least 8"),
        ("ﬀ" * 3, "at least 8"),
        ("x" * 65 + "y" * 64, "at most 128"),
        ("ﬃ" * 50, "at most 128"),
        ("aaaaaaaa", "repeats itself"),
        ("        ", "repeats itself"),
        ("abababab", "repeats itself"),
        ("xyzxyzxyzx", "repeats itself"),
        ("Test" * 3, "repeats itself"),
        ("12345678", "sequence"),
        ("87654321", "sequence"),
        ("67890123", "sequence"),
        ("abcdefgh", "sequence"),
        ("XYZABCDE", "sequence"),
        ("qwertyui", "sequence"),
        ("lkjhgfdsa", "sequence"),
        ("abcdefghijklmnopqrstuvwxyz" * 3, "sequence"),
        ("password", "tried first"),
        ("PassWord123", "tried first"),
        ("\uff50\uff41\uff53\uff53\uff57\uff4f\uff52\uff44\uff11", "tried first"),
        ("iloveyou", "tried first"),
        (EMAIL, "your own email or name"),
        ("Lovelace", "your own email or name"),
        ("lovelace!!1", "your own email or name"),
        ("Ada Byron King", "your own email or name"),
        ("adabyronking", "your own email or name"),
        ("analytical.example", "your own email or name"),
    ],
)
def test_what_is_guessed_first_is_refused_with_its_reason(password: str, reason: str) -> None:
    assert reason in (reason_against(password) or "taken")


def test_the_field_that_is_named_is_the_one_it_came_in() -> None:
    with pytest.raises(WeakPassword) as weak:
        require_strong("short", email=EMAIL, name=None, field="new_password")

    assert [error.field for error in weak.value.errors] == ["new_password"]


def test_without_a_name_nothing_is_compared_with_it() -> None:
    require_strong("adabyronking", email=EMAIL, name=None)


def test_two_ways_to_type_a_password_are_one() -> None:
    assert normalised_password("ﬁnä") == normalised_password("fina\u0308")


def test_the_list_holds_what_other_rules_let_through_in_the_form_it_is_compared_in() -> None:
    words = common_passwords()

    assert len(words) > 400
    assert [word for word in words if len(word) < 8 or word != normalised_password(word).casefold()] == []
