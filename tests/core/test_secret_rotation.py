"""Secrets in rotation, as Better Auth writes them."""

import pytest
from pydantic import SecretStr

from src.core.config import Settings
from src.core.secret_rotation import InvalidRotation, parse_rotation
from src.core.startup import development_secret


@pytest.mark.parametrize(
    ("text", "secrets"),
    [
        ("1:only", ("only",)),
        ("2:new,1:old", ("new", "old")),
        (" 2 : new , 1:old ", ("new", "old")),
        ("1:first,2:second", ("first", "second")),
        ("1:with:colons=", ("with:colons=",)),
    ],
)
def test_secrets_are_read_in_their_order(text: str, secrets: tuple[str, ...]) -> None:
    assert parse_rotation(text) == secrets


@pytest.mark.parametrize(
    "text", ["", "hunter2", "1:", "1: ", ":hunter2", "a:hunter2", "-1:hunter2", "1:hunter2,"]
)
def test_what_is_no_list_of_numbered_secrets_is_refused_unquoted(text: str) -> None:
    with pytest.raises(InvalidRotation) as refusal:
        parse_rotation(text)

    assert "hunter2" not in str(refusal.value)


def test_a_number_is_given_once() -> None:
    with pytest.raises(InvalidRotation):
        parse_rotation("1:a,01:b")


def test_the_first_of_them_signs() -> None:
    settings = Settings(
        _env_file=None, better_auth_secrets=SecretStr("2:new,1:old"), better_auth_secret=SecretStr("alone")
    )

    assert development_secret(settings).get_secret_value() == "new"
