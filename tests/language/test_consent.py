"""Yes, no, and neither."""

# ruff: noqa: RUF001 - words of other alphabets are what is tested.

import pytest
from hypothesis import given
from hypothesis import strategies as st

from src.language.consent import Consent, read_consent

YES = """
yes
Yes please
Yes!!
yes.
do it
Go ahead
ok do it
sure, delete them all
yes, all of them
Yes, delete all 10
yes delete everything
yes, mark them all as done
please do
I’m sure
ok
y
that's right, go ahead
Of course!
👍
sí
Ja, bitte
vas-y
D’accord
да
haan
はい。
好的
نعم
"""
NO = """
no
No thanks
nope
no, go ahead
don't
don’t delete them
never mind
not now
wait
stop
cancel that
leave it
yes but keep the first
yes, but not the rent
yes except milk
sure, only the first two
ok, without the dentist
no yes
nein
нет
いいえ
"""
NEITHER = """
yesterday
what?
yes?
yes, delete the first three
delete the first
delete them all
ok show me
yes add milk
done
all
right now show
I do need milk
continue to show
stop repeating the gym
cancel the dentist
leave at 5pm every day
wait for the parcel
skip yoga
nothing is due
"""


def lines(table: str) -> list[str]:
    return [line for line in table.splitlines() if line]


@pytest.mark.parametrize("said", lines(YES))
def test_a_plain_yes_is_one(said: str) -> None:
    assert read_consent(said) is Consent.YES


@pytest.mark.parametrize("said", lines(NO))
def test_a_no_and_a_yes_with_a_but_are_a_no(said: str) -> None:
    assert read_consent(said) is Consent.NO


@pytest.mark.parametrize("said", ["", " ", "?", "yes " * 100, *lines(NEITHER)])
def test_whatever_else_is_said_is_neither(said: str) -> None:
    assert read_consent(said) is Consent.NEITHER


@given(st.text())
def test_anything_can_be_read(said: str) -> None:
    assert read_consent(said) in Consent


@given(st.text(alphabet="yesoknadlth ,.", max_size=200))
def test_a_yes_stays_one_in_capitals_and_with_an_exclamation_mark(said: str) -> None:
    assert read_consent(f"{said.upper()}!") is read_consent(said)
