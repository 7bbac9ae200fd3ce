"""Which passwords are taken: length counts, and what is tried first is refused.

After NIST SP 800-63B (2017) §5.1.1.2. There are no rules about which characters a password must mix: they
make passwords that are harder to remember and hardly harder to guess (the same, appendix A).
"""

import unicodedata
from collections.abc import Iterable, Iterator

from src.accounts.common_passwords import common_passwords
from src.accounts.errors import WeakPassword

FEWEST_CHARACTERS = 8
MOST_CHARACTERS = 128
_MOST_BYTES = 512
_FEWEST_OF_ITS_OWN = 4
_SHORTEST_PERSONAL_WORD = 3
_LONGEST_REPEATED_PART = 4
_ROWS = (
    "abcdefghijklmnopqrstuvwxyz",
    "1234567890",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "qwertzuiop",
    "azertyuiop",
)
# Each goes on from its end at its beginning, for as long as a password may be.
_SEQUENCES = tuple(way * 20 for row in _ROWS for way in (row, row[::-1]))


def normalised_password(password: str) -> str:
    """The form in which a password is hashed, whichever keyboard it was typed on (NFKC)."""
    return unicodedata.normalize("NFKC", password)


def require_strong(password: str, *, email: str, name: str | None, field: str = "password") -> None:
    """Refuse a password that would be guessed; `email` and `name` are those of its owner.

    Raises:
        WeakPassword: naming the field, and the first reason.
    """
    reason = next(_weaknesses(normalised_password(password), email, name), None)
    if reason is not None:
        raise WeakPassword(field, reason)


def _weaknesses(password: str, email: str, name: str | None) -> Iterator[str]:
    if len(password) < FEWEST_CHARACTERS:
        yield f"A password has at least {FEWEST_CHARACTERS} characters."
    if len(password) > MOST_CHARACTERS or len(password.encode()) > _MOST_BYTES:
        yield f"A password has at most {MOST_CHARACTERS} characters."
    plain = password.casefold()
    if _is_repetition(plain):
        yield "This password only repeats itself."
    if any(plain in sequence for sequence in _SEQUENCES):
        yield "This password is a sequence of neighbouring keys, letters or digits."
    if plain in common_passwords():
        yield "This password is one of those that are tried first."
    if any(_is_made_of(plain, word) for word in _personal_words(email, name)):
        yield "This password is little more than your own email or name."


def _is_repetition(text: str) -> bool:
    """Whether a text is one part of up to four characters, again and again."""
    return any(
        (text[:size] * len(text))[: len(text)] == text for size in range(1, _LONGEST_REPEATED_PART + 1)
    )


def _is_made_of(password: str, word: str) -> bool:
    return len(password) - len(word) * password.count(word) < _FEWEST_OF_ITS_OWN


def _personal_words(email: str, name: str | None) -> Iterable[str]:
    local, _, domain = email.casefold().partition("@")
    plain_name = normalised_password(name or "").casefold()
    words = {email.casefold(), local, domain, plain_name, plain_name.replace(" ", ""), *plain_name.split()}
    return (word for word in words if len(word) >= _SHORTEST_PERSONAL_WORD)
