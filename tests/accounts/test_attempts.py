"""How often passwords may be tried, and accounts be made."""

from datetime import timedelta

import pytest

from src.accounts.attempts import Attempts
from src.accounts.errors import InvalidCredentials, PasswordsBusy
from src.core.database import Database
from src.core.shared_limits import RateLimitExceeded
from tests.factories import NOW


@pytest.fixture
def attempts(database: Database) -> Attempts:
    return Attempts(database)


async def is_wrong(attempts: Attempts, email: str, address: str, minutes: float = 0) -> bool:
    """Try a wrong password; False where it was not even looked at."""
    try:
        async with attempts.password(email, address, NOW + timedelta(minutes=minutes)):
            raise InvalidCredentials  # noqa: TRY301 - as whoever checks a password does.
    except InvalidCredentials:
        return True
    except RateLimitExceeded:
        return False


async def test_one_address_has_five_tries_in_a_quarter_of_an_hour_at_one_account(
    attempts: Attempts, email: str, address: str
) -> None:
    tries = [await is_wrong(attempts, email, address, minute) for minute in (0, 1, 2, 3, 4, 5, 14.9, 15)]

    assert tries == [True] * 5 + [False, False, True]


async def test_others_may_still_sign_in_to_an_account_that_one_address_guesses_at(
    attempts: Attempts, email: str, address: str
) -> None:
    for _ in range(20):
        await is_wrong(attempts, email, address)

    assert await is_wrong(attempts, email, f"{address}.elsewhere")


async def test_an_account_guessed_at_from_everywhere_is_closed_after_fifty_in_an_hour(
    attempts: Attempts, email: str, address: str
) -> None:
    tries = [await is_wrong(attempts, email, f"{address}.{number}") for number in range(52)]

    assert (tries.count(True), tries[-2:]) == (50, [False, False])
    assert await is_wrong(attempts, email, f"{address}.later", 60)


async def test_an_address_that_guesses_at_everybody_is_closed_after_a_hundred_in_an_hour(
    attempts: Attempts, email: str, address: str
) -> None:
    tries = [await is_wrong(attempts, f"{number}{email}", address) for number in range(102)]

    assert (tries.count(True), tries[-2:]) == (100, [False, False])


async def test_whoever_is_refused_uses_nothing_up(attempts: Attempts, email: str, address: str) -> None:
    for _ in range(60):
        await is_wrong(attempts, email, address)

    elsewhere = [await is_wrong(attempts, email, f"{address}.{number}") for number in range(46)]

    assert elsewhere == [True] * 45 + [False]


async def test_a_right_password_forgives_the_wrong_ones_of_its_address_alone(
    attempts: Attempts, email: str, address: str
) -> None:
    for _ in range(4):
        await is_wrong(attempts, email, address)
    for number in range(45):
        await is_wrong(attempts, email, f"{address}.{number}")

    for _ in range(3):
        async with attempts.password(email, address, NOW):
            pass

    assert [await is_wrong(attempts, email, address) for _ in range(2)] == [True, False]


async def test_what_could_not_be_checked_does_not_count(attempts: Attempts, email: str, address: str) -> None:
    for _ in range(10):
        with pytest.raises(PasswordsBusy):
            async with attempts.password(email, address, NOW):
                raise PasswordsBusy

    assert await is_wrong(attempts, email, address)


@pytest.mark.parametrize(
    ("one", "other", "are_one"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("fe80::1%eth0", "fe80::2%eth1", True),
        ("::ffff:192.0.2.7", "192.0.2.7", True),
        ("192.0.2.7", "192.0.2.8", False),
        ("", "192.0.2.7", False),
    ],
)
async def test_the_addresses_of_one_ipv6_site_are_one(
    attempts: Attempts, email: str, one: str, other: str, are_one: bool
) -> None:
    for _ in range(5):
        await is_wrong(attempts, email, one)

    assert await is_wrong(attempts, email, other) is not are_one


async def test_an_address_signs_up_thirty_in_a_minute(attempts: Attempts, address: str) -> None:
    for _ in range(30):
        await attempts.sign_up(address, NOW)

    with pytest.raises(RateLimitExceeded) as refused:
        await attempts.sign_up(address, NOW)

    assert refused.value.retry_after == 60
    await attempts.sign_up(f"{address}.elsewhere", NOW)
