import pytest

from src.assistant.local_model.references import (
    Reference,
    at_place,
    matching,
    nearest,
    place_of,
    read_reference,
)

TASKS = [
    {"id": 4, "title": "Call Anna"},
    {"id": 9, "title": "Call Ben"},
    {"id": 12, "title": "Water the plants"},
]


@pytest.mark.parametrize(
    ("phrase", "reference"),
    [
        ("3 and 7", Reference(numbers=(3, 7))),
        ("task #12", Reference(numbers=(12,))),
        ("number two", Reference(numbers=(2,))),
        ("the second one", Reference(places=(2,))),
        ("the first and the third", Reference(places=(1, 3))),
        ("the last one", Reference(places=(-1,))),
        ("it", Reference(is_pronoun=True)),
        ("everything", Reference(is_everything=True)),
        ("all my tasks", Reference(is_everything=True)),
        ("all meetings", Reference(is_everything=True, words="meetings")),
        ("call Anna", Reference(words="call Anna")),
        ("one more thing", Reference(words="one more thing")),
    ],
)
def test_a_phrase_points(phrase: str, reference: Reference) -> None:
    assert read_reference(phrase) == reference


def test_the_last_place_and_a_place_too_far() -> None:
    assert at_place(TASKS, -1) == TASKS[2]
    assert at_place(TASKS, 4) is None


def test_words_match_titles_in_other_forms() -> None:
    assert matching(TASKS, "watering plants") == [TASKS[2]]


def test_several_titles_may_hold_the_words() -> None:
    assert matching(TASKS, "call") == TASKS[:2]


def test_the_very_title_wins() -> None:
    longer = {"id": 20, "title": "Call Anna back"}

    assert matching([*TASKS, longer], "call anna") == [TASKS[0]]


def test_the_nearest_titles_come_closest_first() -> None:
    assert nearest(TASKS, "water the flowers")[0] == TASKS[2]
    assert nearest(TASKS, "xyzzy") == []


LISTED = (
    "Which one do you mean?\n1. Finish report B — tomorrow, Sun 22 Nov\n2. Finish report A\n3. 2\n4. a\n5. A"
)


@pytest.mark.parametrize(
    ("said", "place"),
    [
        ("1. Finish report B — tomorrow, Sun 22 Nov", 1),
        ("finish report  B", 1),
        ("Finish report A", 2),
        ("2. Finish report A", 2),
        ("2", None),
        ("a", None),
        ("report", None),
        ("", None),
    ],
)
def test_a_line_of_a_list_is_known_whole_or_by_its_title(said: str, place: int | None) -> None:
    assert place_of(said, LISTED) == place
